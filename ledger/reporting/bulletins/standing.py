"""总体情况, the institutions: how many were of each tier on the last day, and where, with a map."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.colours import TIERS, UNDETERMINED
from ledger.domain.comparing_words import listed
from ledger.reporting.bulletins.clusters import borders_of
from ledger.reporting.bulletins.gathering import TIER_WORDS, Question
from ledger.reporting.bulletins.model import Block, Cell, Field, Picture, Table, Text
from ledger.reporting.bulletins.movements import held_at, tier_of
from ledger.reporting.bulletins.pictures import MAP_WIDTH, Class, Shape, map_picture

MAP = "tiers"
# As on the risk map: these colours mean tiers and nothing else.
CLASSES: Mapping[str, Class] = {
    **{tier: Class(look.word, look.colour, look.hatch) for tier, look in TIERS.items()},
    "undetermined": Class(UNDETERMINED.word, UNDETERMINED.tint, UNDETERMINED.hatch),
    "none": Class("无机构", "#FFFFFF"),
}
_ORDER = ("4", "3", "2", "1", None)
_BELOW = {"county": "township", "township": "village", "village": "grid"}
Counts = dict[str | None, int]


def blocks(question: Question) -> tuple[list[Block], dict[str, bytes]]:
    """Sentences, the table by area, and the map of the worst tier in each area."""
    by_path = _counts(question)
    here: Counts = {}
    for counts in by_path.values():
        _add(here, counts)
    total = sum(here.values())
    if not total:
        return [Text("辖区内没有登记养老服务机构(场所)。")], {}
    parts = [f"{TIER_WORDS[tier]}{here[tier]}家" for tier in _ORDER if here.get(tier)]
    day = f"{question.period.end.month}月{question.period.end.day}日"
    said = f"截至{day}，在册养老服务机构(场所)共{total}家，其中{listed(parts)}。"
    found: list[Block] = [Text(said)]
    picture = _map(question, by_path)
    if picture:
        found.append(Picture(MAP, "各地最高风险等级分布", MAP_WIDTH))
    level = _level(question)
    if level:
        found.append(_table(question, by_path, here, level))
    return found, {MAP: picture} if picture else {}


def _counts(question: Question) -> dict[str | None, Counts]:
    """Institutions by path and by the tier that held at the end of the last day."""
    found: dict[str | None, Counts] = {}
    with question.store.reading() as connection:
        for row in held_at(connection, question, question.ends).values():
            _add(found.setdefault(row["area_path"], {}), {tier_of(row): 1})
    return found


def _add(whole: Counts, part: Counts) -> None:
    for tier, number in part.items():
        whole[tier] = whole.get(tier, 0) + number


def _rolled_up(by_path: Mapping[str | None, Counts], codes: set[str]) -> dict[str | None, Counts]:
    """By the code of the area each path lies in; None for what lies in none of them."""
    found: dict[str | None, Counts] = {}
    for path, counts in by_path.items():
        code = next((step for step in (path or "").split("/") if step in codes), None)
        _add(found.setdefault(code, {}), counts)
    return found


def _level(question: Question) -> str | None:
    """The level below the bulletin's area; None below a grid."""
    own = question.atlas.get(question.code)
    wanted = _BELOW.get(own.level) if own is not None else "township"
    return wanted if wanted in question.atlas.levels else None


def _table(
    question: Question, by_path: Mapping[str | None, Counts], here: Counts, level: str
) -> Table:
    """One row an area of the level below, the most serious first, and the sum of all."""
    frame = question.atlas.frame(level, question.code)
    names = {str(code): str(name) for code, name in zip(frame["code"], frame["name"], strict=True)}
    by_area = _rolled_up(by_path, set(names))
    rows = [(names[code], by_area[code]) for code in names if code in by_area]
    rows.sort(key=lambda item: [-item[1].get(tier, 0) for tier in _ORDER])
    if None in by_area:
        rows.append(("未落到下级区域", by_area[None]))
    rows.append(("合计", here))
    fields = (
        Field("区域", width=14),
        Field("机构数", "count", width=8),
        *(Field(TIER_WORDS[tier], "count", width=8) for tier in _ORDER),
    )
    return Table("standing", "各地机构风险等级", fields, tuple(map(_row, rows)), most=None)


def _row(item: tuple[str, Counts]) -> tuple[Cell, ...]:
    name, counts = item
    return (name, sum(counts.values()), *(counts.get(tier, 0) for tier in _ORDER))


def _map(question: Question, by_path: Mapping[str | None, Counts]) -> bytes | None:
    """Villages by their worst tier (grids within a village); None without shapes."""
    own = question.atlas.get(question.code)
    level = "grid" if own is not None and own.level in ("village", "grid") else "village"
    frame = question.atlas.frame(level, question.code)
    by_area = _rolled_up(by_path, set(frame["code"]))
    shapes = [
        Shape(geometry, _worst(by_area.get(str(code), {})), str(name))
        for geometry, code, name in zip(frame.geometry, frame["code"], frame["name"], strict=True)
        if not geometry.is_empty
    ]
    return map_picture(shapes, CLASSES, borders_of(question, level)) if shapes else None


def _worst(counts: Counts) -> str:
    for tier in _ORDER[:-1]:
        if tier is not None and counts.get(tier):
            return tier
    return "undetermined" if counts.get(None) else "none"
