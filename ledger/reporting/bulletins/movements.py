"""等级变动: which institutions came into another tier within the period, and which were judged
for the first time.

They are those of `ledger.records.tiers_held.tier_moves`, as in the figures (``tier_rose`` … in
``data/rules/figures.toml``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ledger.domain.timing.clock import OFFICE
from ledger.records.tiers_held import NEW, tier_moves
from ledger.reporting.bulletins.gathering import TIER_WORDS, Question, clipped, iso
from ledger.reporting.bulletins.model import Block, Field, Section, Table, Text
from ledger.reporting.bulletins.paragraphs import Number, Part, enumerated, paragraph
from ledger.storage.tables import institutions

KINDS: Mapping[str, str] = {
    "rose": "升高",
    "fell": "降低",
    NEW: "首次评定",
    "decided": "由待研判转为已评定",
    "undecided": "转为待研判",
}
_MOST = 30
FIELDS = (
    Field("编号", width=12),
    Field("机构名称", width=15),
    Field("所属区域", width=12),
    Field("原等级", width=7),
    Field("现等级", width=7),
    Field("变动日期", "date", width=12),
)


@dataclass(frozen=True)
class Movement:
    """An institution whose tier changed; ``before`` is `NEW` if it was never judged before."""

    id: int
    number: str
    name: str
    area_code: str | None
    before: str | None
    after: str | None
    on: date
    kind: str


def movements(question: Question) -> list[Movement]:
    """Every institution of the area whose tier changed within the period, the worst first."""
    moves = tier_moves(question.period).subquery()
    keys = (institutions.c.number, institutions.c.name, institutions.c.area_code)
    query = (
        select(institutions.c.id, *keys, moves.c.before, moves.c.after, moves.c.at, moves.c.kind)
        .join(moves, moves.c.record_id == institutions.c.id)
        .where(question.inside(institutions))
    )
    with question.store.reading() as connection:
        found = [
            Movement(
                *(row.id, row.number, row.name, row.area_code),
                before=NEW if row.kind == NEW else tier_text(row.before),
                after=tier_text(row.after),
                on=row.at.astimezone(OFFICE).date(),
                kind=row.kind,
            )
            for row in connection.execute(query)
        ]
    return sorted(found, key=lambda one: (-int(one.after or 0), one.kind, one.number))


def section(question: Question) -> Section:
    """The section 等级变动."""
    found = movements(question)
    if found:
        by_kind = {kind: [one for one in found if one.kind == kind] for kind in KINDS}
        parts = [
            (KINDS[kind], _number(question, KINDS[kind], of)) for kind, of in by_kind.items() if of
        ]
        whole = _number(question, "全部", found)
        said = paragraph(
            (f"{question.kind.this}共有", whole, "机构的风险等级有变动，其中"),
            enumerated(parts),
            "。",
            _serious(question, found),
        )
    else:
        said = Text(f"{question.kind.this}没有机构的风险等级发生变动。")
    blocks: list[Block] = [said]
    if found:
        rows = tuple(
            (
                one.number,
                clipped(one.name, 24),
                question.place_of(one.area_code),
                "首次评定" if one.before == NEW else TIER_WORDS[one.before],
                TIER_WORDS[one.after],
                iso(one.on),
            )
            for one in found
        )
        blocks.append(Table("movements", "风险等级变动情况", FIELDS, rows, _MOST))
    return Section("movements", "风险等级变动情况", tuple(blocks))


def _serious(question: Question, found: list[Movement]) -> list[Part]:
    by_tier = {tier: [one for one in found if one.after == tier] for tier in ("4", "3")}
    parts = [
        (TIER_WORDS[tier], _number(question, f"变动后为{TIER_WORDS[tier]}", of))
        for tier, of in by_tier.items()
        if of
    ]
    return ["变动后为", *enumerated(parts), "的，须按处置措施逐家落实。"] if parts else []


def _number(question: Question, what: str, found: list[Movement]) -> Number:
    label = f"等级变动：{what}"
    ids = [one.id for one in found]
    return Number(f"{len(found)}家", question.count(label, "institutions", ids))


def tier_text(tier: int | None) -> str | None:
    """A tier as its stored key; None is 待研判."""
    return None if tier is None else str(tier)
