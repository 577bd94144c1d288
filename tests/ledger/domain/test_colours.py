"""The colours that mean something are told apart by everybody, and never stand alone."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from ledger.domain.colours import COLD, HOT, INK, PAPER, TIERS, UNDETERMINED, css_variables
from ledger.domain.tiers.model import COLOURS
from tests.house.sources import product_files

LOOKS = {**TIERS, "none": UNDETERMINED}
# Linear RGB as seen by people without red, green or blue cones (Machado, Oliveira and Fernandes,
# IEEE TVCG 15 (2009), severity 1.0).
SEEN = {
    "everybody": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
JUST_TOLD_APART = 10.0  # ΔE*ab; 2.3 is the least that people see


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, two: str) -> float:
    """WCAG 2.2, 1.4.3: from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, eye: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour as an eye sees it."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(eye @ linear(colour), 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, two: str, eye: np.ndarray) -> float:
    return float(np.linalg.norm(lab(one, eye) - lab(two, eye)))


def test_offices_say_green_yellow_orange_red() -> None:
    assert "".join(TIERS[tier].spoken for tier in "1234") == "绿黄橙红"
    assert [TIERS[tier].colour for tier in "1234"] == ["#2E9E6B", "#E0A800", "#E36C0A", "#C9302C"]
    assert COLOURS == ("green", "yellow", "orange", "red")


@pytest.mark.parametrize("eye", SEEN)
def test_tiers_and_spots_are_told_apart_by_every_eye(eye: str) -> None:
    close = {
        (one.word, two.word): round(apart(one.colour, two.colour, SEEN[eye]), 1)
        for some in (LOOKS.values(), (HOT, COLD))
        for one, two in combinations(some, 2)
        if apart(one.colour, two.colour, SEEN[eye]) < JUST_TOLD_APART
    }
    assert close == {}


def test_words_are_read_on_tints_and_signs_on_colours() -> None:
    for look in (*LOOKS.values(), HOT, COLD):
        assert contrast(INK, look.tint) >= 7, look.word
        assert contrast(look.ink, look.colour) >= 4, look.word  # large and bold: 3 is asked for


def test_red_and_orange_edges_stand_out_from_the_page() -> None:
    for tier in ("1", "3", "4"):
        assert contrast(TIERS[tier].colour, PAPER) >= 3, tier


def test_no_two_share_a_shape_a_word_or_a_pattern() -> None:
    for some in (list(LOOKS.values()), [HOT, COLD]):
        for told in ("word", "shape", "spoken", "hatch"):
            values = [getattr(look, told) for look in some]
            assert len(set(values)) == len(values), told


def test_the_colours_are_written_down_once() -> None:
    """Style sheets and pages take them by name."""
    own = {look.colour.lower() for look in (*LOOKS.values(), HOT, COLD)} - {
        UNDETERMINED.colour.lower()
    }
    found = []
    for suffix in (".py", ".css", ".js"):
        for file in product_files(suffix):
            if Path(file).name != "colours.py" and "pages" in Path(file).parts:
                text = Path(file).read_text(encoding="utf-8").lower()
                found += [
                    (Path(file).name, one)
                    for one in re.findall(r"#[0-9a-f]{6}", text)
                    if one in own
                ]
    assert found == []
    assert "--tier-1:#2E9E6B" in css_variables()
