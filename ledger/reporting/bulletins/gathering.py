"""What every section of a bulletin is gathered from: one question, and words for its records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, select

from geo.atlas import Atlas
from ledger.domain.access import ROOT_PATH, Actor, under
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import ledger_named
from ledger.domain.masks import is_sealed
from ledger.domain.timing.periods import Period, moments_of
from ledger.records.query import Selection, matching
from ledger.reporting.bulletins.counted_rows import CountedRows
from ledger.reporting.bulletins.kinds import BulletinKind
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES

TIER_WORDS: Mapping[str | None, str] = {
    "4": "四类",
    "3": "三类",
    "2": "二类",
    "1": "一类",
    None: "待研判",
}
TITLE_LENGTH = 48
# Phones, ID and account numbers, whatever separates their digits.
_NUMBERS = re.compile(r"\d(?:[ \-]?[\dXx]){6,}")
_HIDDEN = "某某"


@dataclass(frozen=True)
class Question:
    """Which bulletin is asked for: its kind, its days, its area, and who asks.

    ``actor`` sees no more than the bulletin's own area, whatever they may see besides. What its
    numbers count is collected in ``counted``.
    """

    store: Store
    actor: Actor
    atlas: Atlas
    kind: BulletinKind
    period: Period
    scope_code: str
    scope_path: str
    scope_name: str
    counted: CountedRows = field(default_factory=CountedRows, compare=False)

    @property
    def code(self) -> str | None:
        """The area's code; None for the whole tree."""
        return None if self.scope_path == ROOT_PATH else self.scope_code

    @property
    def begins(self) -> datetime:
        """The first moment of the period."""
        return moments_of(self.period)[0].astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after the period."""
        return moments_of(self.period)[1].astimezone(UTC)

    def inside(self, table: Table) -> ColumnElement[bool]:
        """What stands in a ledger under the bulletin's area."""
        return and_(table.c.deleted.is_(False), under(table.c.area_path, self.scope_path))

    def count(self, label: str, ledger: str, ids: Iterable[int]) -> int:
        """Keep which records a number counted; returns its place (`CountedRows.add`)."""
        return self.counted.add(label, {ledger: ids})

    def selected(self, ledger: str, selection: Selection) -> list[int]:
        """The ids of the records of a selection."""
        table = LEDGER_TABLES[ledger]
        query = select(table.c.id).where(matching(self.actor, ledger_named(ledger), selection))
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def place_of(self, code: str | None) -> str:
        """Where a record lies, down to its village, without the bulletin's area and those above.

        Grids are left out: they mean nothing to readers who do not work in them.
        """
        area = self.atlas.get(code)
        if area is None:
            return code or ""
        own = self.atlas.get(self.code)
        chain = [
            one
            for one in (*self.atlas.ancestors(area.code), area)
            if one.level in ("township", "village") and one != own
        ]
        below = [one.name for one in chain if one.path.startswith(self.scope_path)]
        return "".join(below) or area.name

    def words(self, ledger: Ledger, key: str, row: Mapping[str, Any]) -> str:
        """A cell in words."""
        return ledger.by_key[key].format(row[key])

    def told(self, ledger: Ledger, row: Mapping[str, Any]) -> str:
        """What a record is called, without anybody in it: `without_people`, cut to one line."""
        parts = [str(row.get(ledger.title) or row["number"])]
        if ledger.key == "dispositions":
            parts.append(self.words(ledger, "measure", row))
        text = " · ".join(parts)
        return clipped(without_people(text, self._people(ledger, row)), TITLE_LENGTH)

    def _people(self, ledger: Ledger, row: Mapping[str, Any]) -> list[str]:
        """The record's own protected texts in plain, to find them in what was typed freely."""
        return [
            self.store.sealer.open(row[column.key])
            for column in ledger.columns
            if column.rule.masked and is_sealed(row.get(column.key))
        ]


def without_people(text: str, known: list[str]) -> str:
    """A free text without the persons that are known of it, and without long numbers.

    Names that are in no protected column stay; the person who issues a bulletin reads it before.
    """
    text = _NUMBERS.sub("****", text)
    for name in sorted(known, key=len, reverse=True):
        if name.strip():
            text = text.replace(name.strip(), _HIDDEN)
    return text


def clipped(text: str, length: int) -> str:
    """One line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def iso(day: date | None) -> str | None:
    """A day as it is kept in a bulletin."""
    return None if day is None else day.isoformat()
