"""信访热点: where petitions cluster, with a map; small counts are hidden as in every paper.

A day or a week has too few cases to tell a cluster from chance, so every kind of bulletin looks
at the `DAYS` days that end with it, and says so.
"""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from geo.hotspot_classes import HotspotClass
from ledger.domain.colours import COLD, HOT
from ledger.domain.comparing_words import listed
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.periods import Period
from ledger.records.query import Selection, within
from ledger.reporting.bulletins.gathering import Question
from ledger.reporting.bulletins.model import Block, Cell, Field, Picture, Section, Table, Text
from ledger.reporting.bulletins.paragraphs import Number, paragraph
from ledger.reporting.bulletins.pictures import MAP_WIDTH, Class, Shape, map_picture
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.papers import paper_answer
from ledger.reporting.statistics.requests import Request
from ledger.reporting.statistics.wording import (
    ABOUT,
    class_words,
    explain,
    found_words,
    notes,
    null_words,
)

DAYS = 90
HEADING = "信访热点"
MAP = "hotspots"
# Not the colours of tiers: those mean tiers and nothing else.
CLASSES = {
    HotspotClass.HOT: Class(HOT.word, HOT.colour, HOT.hatch),
    HotspotClass.COLD: Class(COLD.word, COLD.colour, COLD.hatch),
    HotspotClass.NONE: Class("不显著", "#FFFFFF"),
    HotspotClass.FEW: Class("数据太少", "#ECEEF1", "xxx"),
}
_MOST = 10
_MOST_EXPLAINED = 3
# Which columns hold counts, and what they are called in the annex.
_COUNTED = {"count": 1, "before": 4, "year_before": 5}
_BASES = {"count": "", "before": "（上期）", "year_before": "（去年同期）"}
_FIELDS = (
    Field("区域", width=16),
    Field("件数", "count", width=7),
    Field("按人口应为(件)", "number", width=9),
    Field("每千人件数", "number", width=9),
    Field("上期", "count", width=7),
    Field("去年同期", "count", width=8),
    Field("判断", width=11),
)


def section(question: Question) -> tuple[Section, dict[str, bytes]]:
    """The section 信访热点 and its map."""
    level = _level(question)
    end = question.period.end
    period = Period(end - timedelta(days=DAYS - 1), end)
    request = Request(period, "petitions", level, question.code)
    try:
        exact = hotspots(question.store, question.actor, request)
    except Invalid as error:
        # A level without areas, a period to come: nothing to look at, and why.
        return Section("hotspots", HEADING, (Text(f"本期未作热点分析：{error}。"),)), {}
    answer = paper_answer(exact)
    blocks: list[Block] = [Text(_said(question, answer))]
    table = _table(question, answer, exact)
    blocks += [_explained(question, answer, exact, code) for code in _hottest(answer)]
    picture = _map(question, answer, level)
    if picture:
        caption = f"信访热点分布（{period.label}）"
        blocks.append(Picture(MAP, caption, MAP_WIDTH))
    if table.rows:
        blocks.append(table)
    blocks += [Text(f"说明：{'；'.join(said)}。") for said in [notes(answer)] if said]
    return Section("hotspots", HEADING, tuple(blocks)), {MAP: picture} if picture else {}


def _level(question: Question) -> str:
    """Villages; grids within a village."""
    own = question.atlas.get(question.code)
    return "grid" if own is not None and own.level in ("village", "grid") else "village"


def _said(question: Question, answer: Answer) -> str:
    hot, cold = answer.of_class("hot"), answer.of_class("cold")
    judged = len(answer.table) - len(answer.of_class("few"))
    said = (
        f"截至{_day(question)}的近{DAYS}天，对{len(answer.table)}个区域的信访件数作统计检验"
        f"（{null_words(answer)}），可以判断的{judged}个。"
    )
    if not hot and not cold:
        return said + "没有发现超出随机波动的聚集，各地多少不同不宜解读为热点。"
    names = listed([_name(question, answer, code) for code in _hottest(answer)])
    more = "等" if len(hot) > _MOST_EXPLAINED else ""
    parts = [f"热点{len(hot)}个（{names}{more}）"] if hot else []
    parts += [f"冷点{len(cold)}个"] if cold else []
    return f"{said}发现{'，'.join(parts)}。{found_words(answer)}。{ABOUT if hot else ''}"


def _hottest(answer: Answer) -> list[str]:
    """The hot areas to be named one by one: those with the most cases."""
    counts = _told(answer)
    hot = answer.of_class("hot")
    return sorted(hot, key=lambda code: (-counts.get(code, 0), code))[:_MOST_EXPLAINED]


def _told(answer: Answer) -> dict[str, int]:
    """The counts that are told, by code."""
    counts = answer.table["count"].items()
    return {str(code): int(count) for code, count in counts if not isinstance(count, str)}


def _explained(question: Question, answer: Answer, exact: Answer, code: str) -> Text:
    """An area that is hot, in sentences; its own number opens its rows."""
    said = f"{_name(question, answer, code)}：{''.join(explain(answer, code)[:2])}"
    number = f"{_told(answer)[code]:,}件"
    before, found, after = said.partition(number)
    counted = _rows_of(question, exact, code, "count") if found else None
    return paragraph(before, Number(found, counted), after)


def _table(question: Question, answer: Answer, exact: Answer) -> Table:
    """The areas whose count may be told, the most cases first.

    The others are left out altogether.
    """
    counts = _told(answer)
    codes = sorted(counts, key=lambda code: (-counts[code], code))
    rows = tuple(
        (
            _name(question, answer, code),
            counts[code],
            _number(row["expected"]),
            _number(row["rate"], 2),
            _count(row["before"]),
            _count(row["year_before"]),
            class_words(row),
        )
        for code in codes
        for row in [answer.rows[code]]
    )
    found = [
        (at, column, _rows_of(question, exact, code, name))
        for at, code in enumerate(codes)
        for name, column in _COUNTED.items()
    ]
    counted = tuple((at, column, kept) for at, column, kept in found if kept is not None)
    caption = f"件数较多的区域（{answer.request.period.label}）"
    return Table("hotspots", caption, _FIELDS, rows, _MOST, counted)


def _rows_of(question: Question, exact: Answer, code: str, name: str) -> int | None:
    """The rows of a count of an area; None where there are no data, and where cases of an area
    split since were shared out, so that no rows are just these."""
    count = exact.rows[code][name]
    if pd.isna(count) or code not in question.atlas:
        return None
    bases, asked = exact.bases, exact.request
    period = {"count": asked.period, "before": bases.previous, "year_before": bases.year_before}
    day = ledger_named(asked.ledger).by_key["registered_on"]
    selection = Selection(conditions=within(day, period[name]), area_path=question.atlas[code].path)
    ids = question.selected(asked.ledger, selection)
    if len(ids) != int(count):
        return None
    label = f"信访热点：{_name(question, exact, code)}{_BASES[name]}"
    return question.count(label, asked.ledger, ids)


def _count(value: object) -> Cell:
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _number(value: float, digits: int = 0) -> Cell:
    return None if pd.isna(value) else round(float(value), digits)


def _name(question: Question, answer: Answer, code: str) -> str:
    return question.place_of(code) if code in question.atlas else answer.names[code]


def _day(question: Question) -> str:
    end = question.period.end
    return f"{end.month}月{end.day}日"


def _map(question: Question, answer: Answer, level: str) -> bytes | None:
    """The areas by class, under the outlines of the level above; None without shapes."""
    frame = answer.regions.frame
    classes = answer.table["gi_class"].reindex(frame["code"])
    shapes = [
        Shape(geometry, str(kind), str(name))
        for geometry, kind, name in zip(frame.geometry, classes, frame["name"], strict=True)
        if not geometry.is_empty
    ]
    if not shapes:
        return None
    looks = {str(kind): look for kind, look in CLASSES.items()}
    return map_picture(shapes, looks, borders_of(question, level))


def borders_of(question: Question, level: str) -> list[Shape]:
    """The outlines above the areas of a map: townships over villages; none over a single one."""
    if level != "village":
        return []
    frame = question.atlas.frame("township", question.code)
    shapes = [
        Shape(geometry, "", str(name))
        for geometry, name in zip(frame.geometry, frame["name"], strict=True)
        if not geometry.is_empty
    ]
    return shapes if len(shapes) > 1 else []
