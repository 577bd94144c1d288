"""总体情况, the institutions: how many were of each tier on the last day, and where, with a map."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from ledger.domain.colours import TIERS, UNDETERMINED
from ledger.records.tiers_held import tiers_held
from ledger.reporting.bulletins.clusters import borders_of
from ledger.reporting.bulletins.gathering import TIER_WORDS, Question
from ledger.reporting.bulletins.model import Block, Cell, Field, Picture, Table, Text
from ledger.reporting.bulletins.movements import tier_text
from ledger.reporting.bulletins.paragraphs import Number, enumerated, paragraph
from ledger.reporting.bulletins.pictures import MAP_WIDTH, Class, Shape, map_picture
from ledger.storage.tables import institutions

MAP = "tiers"
# As on the risk map: these colours mean tiers and nothing else.
CLASSES: Mapping[str, Class] = {
    **{tier: Class(look.word, look.colour, look.hatch) for tier, look in TIERS.items()},
    "undetermined": Class(UNDETERMINED.word, UNDETERMINED.tint, UNDETERMINED.hatch),
    "none": Class("无机构", "#FFFFFF"),
}
_ORDER = ("4", "3", "2", "1", None)
_SUM = "合计"
_BELOW = {"county": "township", "township": "village", "village": "grid"}
# Of each tier the ids of its institutions.
Standing = dict[str | None, list[int]]


def blocks(question: Question) -> tuple[list[Block], dict[str, bytes]]:
    """Sentences, the table by area, and the map of the worst tier in each area."""
    by_path = _by_path(question)
    here: Standing = {}
    for standing in by_path.values():
        _add(here, standing)
    if not _all(here):
        return [Text("辖区内没有登记养老服务机构(场所)。")], {}
    parts = [(TIER_WORDS[tier], _number(question, here, tier)) for tier in _ORDER if here.get(tier)]
    day = f"{question.period.end.month}月{question.period.end.day}日"
    whole = Number(f"{len(_all(here))}家", _count(question, "全部", "机构数", _all(here)))
    said = f"截至{day}，在册养老服务机构(场所)共", whole, "，其中", *enumerated(parts), "。"
    found: list[Block] = [paragraph(said)]
    picture = _map(question, by_path)
    if picture:
        found.append(Picture(MAP, "各地最高风险等级分布", MAP_WIDTH))
    level = _level(question)
    if level:
        found.append(_table(question, by_path, here, level))
    return found, {MAP: picture} if picture else {}


def _by_path(question: Question) -> dict[str | None, Standing]:
    """Institutions by path and by the tier that held at the end of the last day."""
    found: dict[str | None, Standing] = {}
    held = tiers_held(question.period.end).subquery()
    query = (
        select(institutions.c.id, institutions.c.area_path, held.c.tier)
        .join(held, held.c.record_id == institutions.c.id)
        .where(question.inside(institutions))
    )
    with question.store.reading() as connection:
        for key, path, tier in connection.execute(query):
            _add(found.setdefault(path, {}), {tier_text(tier): [key]})
    return found


def _add(whole: Standing, part: Standing) -> None:
    for tier, ids in part.items():
        whole.setdefault(tier, []).extend(ids)


def _all(standing: Standing) -> list[int]:
    return [one for ids in standing.values() for one in ids]


def _number(question: Question, here: Standing, tier: str | None) -> Number:
    ids = here[tier]
    return Number(f"{len(ids)}家", _count(question, "全部", TIER_WORDS[tier], ids))


def _count(question: Question, area: str, what: str, ids: list[int]) -> int:
    return question.count(f"在册机构：{area}·{what}", "institutions", ids)


def _rolled_up(
    by_path: Mapping[str | None, Standing], codes: set[str]
) -> dict[str | None, Standing]:
    """By the code of the area each path lies in; None for what lies in none of them."""
    found: dict[str | None, Standing] = {}
    for path, standing in by_path.items():
        code = next((step for step in (path or "").split("/") if step in codes), None)
        _add(found.setdefault(code, {}), standing)
    return found


def _level(question: Question) -> str | None:
    """The level below the bulletin's area; None below a grid."""
    own = question.atlas.get(question.code)
    wanted = _BELOW.get(own.level) if own is not None else "township"
    return wanted if wanted in question.atlas.levels else None


def _table(
    question: Question, by_path: Mapping[str | None, Standing], here: Standing, level: str
) -> Table:
    """One row an area of the level below, the most serious first, and the sum of all."""
    frame = question.atlas.frame(level, question.code)
    names = {str(code): str(name) for code, name in zip(frame["code"], frame["name"], strict=True)}
    by_area = _rolled_up(by_path, set(names))
    lines = [(names[code], by_area[code]) for code in names if code in by_area]
    lines.sort(key=lambda line: [-len(line[1].get(tier, ())) for tier in _ORDER])
    if None in by_area:
        lines.append(("未落到下级区域", by_area[None]))
    lines.append((_SUM, here))
    fields = (
        Field("区域", width=14),
        Field("机构数", "count", width=8),
        *(Field(TIER_WORDS[tier], "count", width=8) for tier in _ORDER),
    )
    cells = [[_all(one), *(one.get(tier, []) for tier in _ORDER)] for _, one in lines]
    rows: list[tuple[Cell, ...]] = []
    counted = []
    for at, ((name, _), sets) in enumerate(zip(lines, cells, strict=True)):
        rows.append((name, *map(len, sets)))
        area = "全部" if name == _SUM else name
        for column, ids in enumerate(sets, start=1):
            counted.append((at, column, _count(question, area, fields[column].header, ids)))
    return Table("standing", "各地机构风险等级", fields, tuple(rows), None, tuple(counted))


def _map(question: Question, by_path: Mapping[str | None, Standing]) -> bytes | None:
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


def _worst(standing: Standing) -> str:
    for tier in _ORDER[:-1]:
        if tier is not None and standing.get(tier):
            return tier
    return "undetermined" if standing.get(None) else "none"
