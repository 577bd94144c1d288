"""Classes: what survives the false-discovery-rate control, and what it is called."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.strategies import floats, just, lists, sampled_from
from scipy.stats import false_discovery_control

from geo.hotspot_classes import (
    HotspotClass,
    MoranClass,
    Null,
    discoveries,
    hotspot_classes,
    moran_classes,
)


def flags(text):
    return np.array([letter == "x" for letter in text])


def test_labels_are_chinese_and_keys_are_stored():
    assert [(str(one), one.label) for one in HotspotClass] == [
        ("hot", "热点"),
        ("cold", "冷点"),
        ("none", "不显著"),
        ("few", "数据太少"),
    ]
    assert MoranClass("high-low").label == "高-低"
    assert Null("population") is Null.POPULATION


def test_discoveries_of_the_paper():
    """The example of Benjamini and Hochberg (1995), sec. 3.2: four of fifteen at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert discoveries(np.array(p), 0.05).sum() == 4
    assert discoveries(np.array(p)[::-1], 0.05)[-4:].all()


@given(lists(floats(0, 1) | just(float("nan")), max_size=40), sampled_from((0.01, 0.05, 0.1)))
def test_discoveries_are_those_of_scipy(p, level):
    values = np.array(p)
    tested = ~np.isnan(values)
    expected = np.zeros(len(values), dtype=bool)
    if tested.any():
        expected[tested] = false_discovery_control(values[tested], method="bh") <= level
    assert discoveries(values, level).tolist() == expected.tolist()


def test_what_was_not_tested_does_not_count():
    p = np.array([0.04, np.nan, np.nan])
    assert discoveries(p, 0.05).tolist() == [True, False, False]
    assert discoveries(np.full(3, np.nan), 0.05).tolist() == [False] * 3


def test_hotspot_classes():
    classes = hotspot_classes(flags("xx.x"), flags("x.xx"), flags("...x"))
    assert classes.tolist() == ["hot", "cold", "none", "few"]


@pytest.mark.parametrize(
    ("own", "near", "expected"),
    [
        ("x", "x", "high-high"),
        (".", ".", "low-low"),
        ("x", ".", "high-low"),
        (".", "x", "low-high"),
    ],
)
def test_moran_classes(own, near, expected):
    assert moran_classes(flags("x"), flags(own), flags(near), flags(".")).tolist() == [expected]
    assert moran_classes(flags("."), flags(own), flags(near), flags(".")).tolist() == ["none"]
    assert moran_classes(flags("x"), flags(own), flags(near), flags("x")).tolist() == ["few"]
