"""How tiers look on maps, areas and points; and the one legend under every map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from geo.atlas import Atlas
from geo.layers import PointClass, ValueClass
from ledger.casework.map_overview import WITHOUT_POSITION, TierCounts
from ledger.domain.colours import TIERS
from ledger.records.query import Condition
from pages._text import attribute, markup
from pages._ui.badges import LOOKS
from pages._ui.shared_answers import Asked, found_by_each
from pages._views.map_view import WORST
from pages._views.rows_link import area_rows, number_link, rows_address

NONE, OPEN = "none", "open"
_HATCH = "#9AA3AE"
_EMPTY = ValueClass("#FFFFFF", "无机构", opacity=0.35)

WORST_CLASSES = {
    **{tier: ValueClass(LOOKS[tier].colour, LOOKS[tier].word) for tier in ("4", "3", "2", "1")},
    OPEN: ValueClass(_HATCH, "待研判", hatch=True),
    NONE: _EMPTY,
}
# From few to many in one hue: these are numbers, so the four tier colours are not used.
SERIOUS_CLASSES = {
    "0": ValueClass("#EEF1F5", "0 家"),
    "1": ValueClass("#C9D3E0", "1 家"),
    "2": ValueClass("#9FB2CB", "2–3 家"),
    "4": ValueClass("#6685AE", "4–6 家"),
    "7": ValueClass("#1F4E8C", "7 家及以上"),
    NONE: _EMPTY,
}
# A point is a plate with the word of its tier, a cluster a ring with a number of homes.
POINT_CLASSES = {
    **{
        tier: PointClass(one.colour, one.word, one.word, ink=one.ink) for tier, one in TIERS.items()
    },
    "": PointClass("#FFFFFF", "待研判", "待研判", ink="#20262E", hatch=True, ring=_HATCH),
}
POINTS_SAID = "方牌为一家机构，写着等级；圆圈为密集处，写着家数和其中最高的等级"
POINT_ORDER = ("4", "3", "2", "", "1")
_STEPS = (("7", 7), ("4", 4), ("2", 2), ("1", 1), ("0", 0))


@dataclass(frozen=True)
class Look:
    """How the areas of a layer look: its classes in the order of the legend, and their title.

    ``fallback`` is the class of areas that no number is known of; classes that are ``seldom`` drawn
    stand in the legend only when they are.
    """

    title: str
    classes: Mapping[str, ValueClass]
    fallback: str = NONE
    seldom: frozenset[str] = frozenset()


_WORST = Look("最高风险等级", WORST_CLASSES)
_SERIOUS = Look("三、四类机构数量", SERIOUS_CLASSES)


def look_of(layer: str) -> Look:
    """The look of a layer of tiers."""
    return _WORST if layer == WORST else _SERIOUS


def class_of(layer: str, counts: TierCounts) -> str:
    """The class of an area with these counts."""
    if not counts.total:
        return NONE
    if layer == WORST:
        return counts.worst or OPEN
    return next(key for key, least in _STEPS if counts.serious >= least)


def sign_of(layer: str, counts: TierCounts) -> str:
    """The words written on the map under an area's name."""
    if not counts.total:
        return ""
    if layer == WORST:
        tier = counts.worst
        number = counts.of(tier)
        return f"{LOOKS[tier].word} {number} 家"
    return f"三四类 {counts.serious} 家" if counts.serious else "无三四类"


def note_of(counts: TierCounts) -> list[str]:
    """The lines of an area's tooltip."""
    if not counts.total:
        return ["无机构"]
    parts = [f"{LOOKS[tier].word} {number} 家" for tier, number in counts.present()]
    return [f"机构 {counts.total} 家", "、".join(parts)]


def not_drawn(now: Asked, atlas: Atlas, under: str | None, tiers: Sequence[str] = ()) -> Markup:
    """How many of the institutions under an area, of some tiers or of all, are no points on the map
    for want of coordinates, as HTML that opens them; empty where there are none."""
    shown = tuple(None if tier == "none" else tier for tier in tiers)
    by_tier = (Condition("tier", "in", shown),) if shown else ()
    rows = area_rows(atlas, under, (*by_tier, WITHOUT_POSITION))
    (number,) = found_by_each(now, "institutions", (rows,))
    if not number:
        return Markup()
    words = f"另有 {number:,} 家没有坐标"
    return markup(
        "{}，地图上没有点", number_link(words, rows_address("institutions", rows), number)
    )


def legend(
    look: Look, present: Iterable[str], *, points: bool, left_out: Markup | None = None
) -> str:
    """The legend as HTML: every class with its colour and word; those not on the map are paler.

    ``left_out`` says below it what the map does not draw.
    """
    used = set(present)
    items = [
        _item(style, key in used)
        for key, style in look.classes.items()
        if key in used or key not in look.seldom
    ]
    text = f'<p class="map-legend"><b>区域颜色：{look.title}</b> {"".join(items)}'
    if points:
        text += f'<span class="map-key-note">{POINTS_SAID}</span>'
    below = f'<p class="map-left-out">{left_out}</p>' if left_out else ""
    return f"{text}</p>{below}"


def _item(style: ValueClass, used: bool) -> str:
    ground = f"background:{style.fill}"
    if style.hatch:
        ground = f"background:repeating-linear-gradient(135deg,#FFF 0 3px,{style.fill} 3px 5px)"
    faded = "" if used else " map-key-unused"
    swatch = f'<i style="{ground}"></i>'
    return f'<span class="map-key{faded}">{swatch}{attribute(style.word)}</span>'
