"""等级变动: which institutions came into another tier within the period, and which were judged
for the first time.

The history of assessments decides: the tier that held at the end of the day before against the
one that held at the end of the last day, an override of a leader included. The kinds of movement
are those of the figures (``tier_rose`` … in ``data/rules/figures.toml``): to and from 待研判 is
neither up nor down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ledger.domain.comparing_words import listed
from ledger.domain.timing.clock import OFFICE
from ledger.reporting.bulletins.gathering import TIER_WORDS, Question, clipped, iso
from ledger.reporting.bulletins.model import Block, Field, Section, Table, Text
from ledger.storage.tables import assessments, institutions

NEW = "new"
KINDS: Mapping[str, str] = {
    "rose": "升高",
    "fell": "降低",
    "new": "首次评定",
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

    number: str
    name: str
    area_code: str | None
    before: str | None
    after: str | None
    on: date

    @property
    def kind(self) -> str:
        """new, decided, undecided, rose or fell."""
        if self.before == NEW:
            return "new"
        if self.before is None or self.after is None:
            return "decided" if self.after is not None else "undecided"
        return "rose" if int(self.after) > int(self.before) else "fell"


def movements(question: Question) -> list[Movement]:
    """Every institution of the area whose tier changed within the period, the worst first."""
    with question.store.reading() as connection:
        before = held_at(connection, question, question.begins)
        after = held_at(connection, question, question.ends)
    found = [
        Movement(
            row["number"],
            row["name"],
            row["area_code"],
            tier_of(before[key]) if key in before else NEW,
            tier_of(row),
            row["at"].astimezone(OFFICE).date(),
        )
        for key, row in after.items()
        if key not in before or tier_of(before[key]) != tier_of(row)
    ]
    return sorted(found, key=lambda one: (-int(one.after or 0), one.kind, one.number))


def section(question: Question) -> Section:
    """The section 等级变动."""
    found = movements(question)
    if found:
        counts = {kind: sum(one.kind == kind for one in found) for kind in KINDS}
        parts = [f"{KINDS[kind]}{n}家" for kind, n in counts.items() if n]
        said = (
            f"{question.kind.this}共有{len(found)}家机构的风险等级有变动，其中{listed(parts)}。"
            f"{_serious(found)}"
        )
    else:
        said = f"{question.kind.this}没有机构的风险等级发生变动。"
    blocks: list[Block] = [Text(said)]
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


def _serious(found: list[Movement]) -> str:
    counts = {tier: sum(one.after == tier for one in found) for tier in ("4", "3")}
    parts = [f"{TIER_WORDS[tier]}{n}家" for tier, n in counts.items() if n]
    return f"变动后为{listed(parts)}的，须按处置措施逐家落实。" if parts else ""


def held_at(
    connection: Connection, question: Question, moment: datetime
) -> dict[int, Mapping[str, Any]]:
    """The last assessment of every institution before a moment, by record id."""
    newest = (
        select(func.max(assessments.c.id))
        .where(assessments.c.ledger == "institutions", assessments.c.at < moment)
        .group_by(assessments.c.record_id)
    )
    query = (
        select(
            institutions.c.id,
            institutions.c.number,
            institutions.c.name,
            institutions.c.area_code,
            institutions.c.area_path,
            assessments.c.tier,
            assessments.c.override,
            assessments.c.at,
        )
        .join(assessments, assessments.c.record_id == institutions.c.id)
        .where(assessments.c.id.in_(newest), question.inside(institutions))
    )
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def tier_of(row: Mapping[str, Any]) -> str | None:
    """The tier that holds: the leader's if one was set, else the rules'."""
    found = row["override"] if row["override"] is not None else row["tier"]
    return None if found is None else str(found)
