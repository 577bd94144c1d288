"""等级变动: which institutions came into another tier within the period, and which were judged
for the first time.

The history of assessments decides: the tier that held at the end of the day before against the
one that held at the end of the last day, an override of a leader included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ledger.bulletins.gathering import TIER_WORDS, Question, clipped, iso
from ledger.bulletins.model import Block, Field, Section, Table, Text
from ledger.storage.tables import assessments, institutions
from ledger.timing.clock import OFFICE

_SERIOUSNESS = {"4": 4, "3": 3, "2": 2, "1": 1, None: 0}
_MOST = 30
FIELDS = (
    Field("编号", width=10),
    Field("机构名称", width=15),
    Field("所属区域", width=12),
    Field("原等级", width=7),
    Field("现等级", width=7),
    Field("变动日期", "date", width=11),
)


@dataclass(frozen=True)
class Movement:
    """An institution whose tier changed; ``before`` is ``new`` if it was never judged before."""

    number: str
    name: str
    area_code: str | None
    before: str | None
    after: str | None
    on: date

    @property
    def is_new(self) -> bool:
        return self.before == "new"

    @property
    def rise(self) -> int:
        """Tiers up (positive) or down; 待研判 lies below all."""
        return _SERIOUSNESS[self.after] - _SERIOUSNESS.get(self.before, 0)


def movements(question: Question) -> list[Movement]:
    """Every institution of the area whose tier changed within the period, the worst first."""
    with question.store.reading() as connection:
        before = _standing(connection, question, question.begins)
        after = _standing(connection, question, question.ends)
    found = [
        Movement(
            row["number"],
            row["name"],
            row["area_code"],
            _tier(before[key]) if key in before else "new",
            _tier(row),
            row["at"].astimezone(OFFICE).date(),
        )
        for key, row in after.items()
        if key not in before or _tier(before[key]) != _tier(row)
    ]
    return sorted(found, key=lambda one: (-_SERIOUSNESS[one.after], -one.rise, one.number))


def section(question: Question) -> Section:
    """The section 等级变动."""
    found = movements(question)
    up = sum(one.rise > 0 and not one.is_new for one in found)
    down = sum(one.rise < 0 and not one.is_new for one in found)
    new = sum(one.is_new for one in found)
    if not found:
        said = f"{question.kind.this}没有机构的风险等级发生变动。"
    else:
        said = (
            f"{question.kind.this}共有{len(found)}家机构的风险等级有变动，其中升高{up}家，"
            f"降低{down}家，首次判定{new}家。{_serious(found)}"
        )
    blocks: list[Block] = [Text(said)]
    if found:
        rows = tuple(
            (
                one.number,
                clipped(one.name, 24),
                question.place_of(one.area_code),
                "首次判定" if one.is_new else TIER_WORDS[one.before],
                TIER_WORDS[one.after],
                iso(one.on),
            )
            for one in found
        )
        blocks.append(Table("movements", "风险等级变动情况", FIELDS, rows, _MOST))
    return Section("movements", "风险等级变动情况", tuple(blocks))


def _serious(found: list[Movement]) -> str:
    counts = {tier: sum(one.after == tier for one in found) for tier in ("4", "3")}
    parts = [f"升入或新列{TIER_WORDS[tier]}的{n}家" for tier, n in counts.items() if n]
    return f"其中{'，'.join(parts)}。" if parts else ""


def _standing(
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
            assessments.c.tier,
            assessments.c.override,
            assessments.c.at,
        )
        .join(assessments, assessments.c.record_id == institutions.c.id)
        .where(assessments.c.id.in_(newest), question.inside(institutions))
    )
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _tier(row: Mapping[str, Any]) -> str | None:
    """The tier that holds: the leader's if one was set, else the rules'."""
    found = row["override"] if row["override"] is not None else row["tier"]
    return None if found is None else str(found)
