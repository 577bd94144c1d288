"""How tiers look on maps, areas and points; and the one legend under every map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geo.layers import PointClass, ValueClass
from ledger.casework.map_overview import TierCounts
from ledger.domain.colours import TIERS
from pages._text import safe
from pages._ui.badges import LOOKS
from pages._views.map_view import WORST

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
POINT_CLASSES = {
    **{tier: PointClass(one.colour, tier, one.word, ink=one.ink) for tier, one in TIERS.items()},
    "": PointClass("#FFFFFF", "?", "待研判", ink="#20262E", hatch=True, ring=_HATCH),
}
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


def legend(look: Look, present: Iterable[str], *, points: bool) -> str:
    """The legend as HTML: every class with its colour and word; those not on the map are paler."""
    used = set(present)
    items = [
        _item(style, key in used)
        for key, style in look.classes.items()
        if key in used or key not in look.seldom
    ]
    text = f'<p class="map-legend"><b>区域颜色：{look.title}</b> {"".join(items)}'
    if points:
        text += '<span class="map-key-note">圆点为机构，圆内为等级；数字圈为密集处的家数</span>'
    return text + "</p>"


def _item(style: ValueClass, used: bool) -> str:
    ground = f"background:{style.fill}"
    if style.hatch:
        ground = f"background:repeating-linear-gradient(135deg,#FFF 0 3px,{style.fill} 3px 5px)"
    faded = "" if used else " map-key-unused"
    swatch = f'<i class="map-key-swatch" style="{ground}"></i>'
    return f'<span class="map-key{faded}">{swatch}{safe(style.word)}</span>'
