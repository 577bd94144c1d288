"""How cases by area look on both maps: classes, colours and words of each measure, tooltips.

The four tier colours mean tiers and nothing else: hot is purple, cold blue, and numbers go from
light to dark blue-grey.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from geo.hotspot_classes import HotKind, HotspotClass
from geo.layers import ValueClass
from ledger.domain.colours import COLD, HOT
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.wording import class_words
from pages._ui.map_legend import Look
from pages._views.case_measures import COUNT, MEASURES, SIGNIFICANCE, SMOOTHED

NO_DATA = "nodata"
OWN = "own"  # on the map a class of its own: hot, and its surroundings are not
_HATCH = "#9AA3AE"
_ORDER = (HotspotClass.HOT, HotspotClass.NONE, HotspotClass.COLD, HotspotClass.FEW)
_STEPS = ("#EEF1F5", "#C9D3E0", "#9FB2CB", "#6685AE", "#1F4E8C")
_KINDS = {
    HotspotClass.HOT: ValueClass(HOT.colour, "热点：成片偏多(自身也多的在内)"),
    OWN: ValueClass(HOT.colour, "热点：只是自身偏多", hatch=True),
    HotspotClass.COLD: ValueClass(COLD.colour, "冷点：明显少"),
    HotspotClass.NONE: ValueClass("#EEF1F5", "不显著：可能只是偶然"),
    HotspotClass.FEW: ValueClass(_HATCH, "数据太少，无法判断", hatch=True),
}
_TITLES = {
    SIGNIFICANCE: "自身和连同相邻区域的判断",
    COUNT: "件数",
    SMOOTHED: "每千人件数(平滑后)",
}


Classes = Mapping[str, str]


def measured(measure: str, table: pd.DataFrame) -> tuple[Look, Classes]:
    """How the areas of an answer look by one measure, and the class of each by code."""
    if measure == SIGNIFICANCE:
        alone = table["hot_kind"] == HotKind.OWN
        found = table["gi_class"].mask(alone, OWN)
        classes = {str(code): str(kind) for code, kind in found.items()}
        styles = {str(kind): style for kind, style in _KINDS.items()}
        return Look(_TITLES[measure], styles, str(HotspotClass.FEW)), classes
    values = table[measure].astype("Float64").astype(float)
    title = _TITLES.get(measure, f"每千人件数({MEASURES[measure]})")
    styles, classes = _binned(values, whole=measure == COUNT)
    return Look(title, styles, NO_DATA, seldom=frozenset({NO_DATA})), classes


def _binned(values: pd.Series[Any], *, whole: bool) -> tuple[dict[str, ValueClass], dict[str, str]]:
    """Five classes with about as many areas in each, from few to many."""
    there = values.dropna()
    borders = np.unique(np.quantile(there, (0.2, 0.4, 0.6, 0.8))) if len(there) else np.zeros(0)
    decimals = 2 if len(there) and there.max() >= 1 else 3
    borders = np.unique(np.ceil(borders) if whole else np.round(borders, decimals))
    borders = borders[borders > (there.min() if len(there) else 0)]
    place = np.searchsorted(borders, values.fillna(0).to_numpy(), side="right")
    classes = {
        str(code): NO_DATA if np.isnan(value) else str(at)
        for code, value, at in zip(values.index, values, place, strict=True)
    }
    words = _words(borders, there, whole=whole)
    colours = _STEPS[-len(words) :] if len(words) > 1 else _STEPS[1:2]
    styles = {
        str(at): ValueClass(colour, word)
        for at, (colour, word) in enumerate(zip(colours, words, strict=True))
    }
    styles[NO_DATA] = ValueClass(_HATCH, "没有人口数", hatch=True)
    return styles, classes


def _words(borders: np.ndarray, there: pd.Series[Any], *, whole: bool) -> list[str]:
    """``3–5件``, ``0.5–1.2``: each class with its bounds."""
    if not len(there):
        return ["没有数据"]
    if whole:
        lows = [int(there.min()), *(int(border) for border in borders)]
        highs = [*(low - 1 for low in lows[1:]), int(there.max())]
        return [
            f"{low}件" if low >= high else f"{low}–{high}件"
            for low, high in zip(lows, highs, strict=True)
        ]
    if not len(borders):
        return [rate_text(there.max())]
    ends = [rate_text(border) for border in borders]
    between = [f"{low}–{high}" for low, high in pairwise(ends)]
    return [f"{ends[0]}以下", *between, f"{ends[-1]}及以上"]


def note_of(row: Mapping[Any, Any]) -> list[str]:
    """The lines of an area's tooltip."""
    lines = [f"{row['count']:,}件"]
    if not pd.isna(row["expected"]):
        lines[0] += f"，按人口应为{expected_words(row['expected'])}"
    if not pd.isna(row["rate"]):
        lines.append(f"每千人{rate_text(row['rate'])}件，平滑后{rate_text(row['eb_rate'])}件")
    lines.append(class_words(row))
    return lines


def sign_of(measure: str, row: Mapping[Any, Any]) -> str:
    """The word written on the map under an area's name."""
    if measure == SIGNIFICANCE:
        kind = HotspotClass(str(row["gi_class"]))
        hot = HotKind(str(row["hot_kind"])).label
        return "" if kind is HotspotClass.NONE else hot or kind.label
    if measure == COUNT:
        return f"{row['count']:,}件"
    return "" if pd.isna(row[measure]) else rate_text(row[measure])


def rate_text(rate: float) -> str:
    """A rate per 1,000 with as many decimals as tell small ones apart."""
    return f"{rate:.2f}" if rate >= 1 else f"{rate:.3f}"


def rate_cells(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Rate and smoothed rate of an area in a table."""
    rates = (row["rate"], row["eb_rate"])
    return tuple("—" if pd.isna(one) else f"{rate_text(one)}‰" for one in rates)  # type: ignore[return-value]


def in_order(answer: Answer) -> list[str]:
    """The areas by class, the hot first and what is not judged last, then those with more cases."""
    rank = {str(kind): at for at, kind in enumerate(_ORDER)}
    rows = answer.rows
    return sorted(rows, key=lambda code: (rank[rows[code]["gi_class"]], -rows[code]["count"], code))


def expected_words(expected: float) -> str:
    """``7件左右``; less than one is not rounded to none."""
    return f"{expected:.0f}件左右" if expected >= 1 else "不到1件"
