"""What visits say about institutions: which facts the visit that stated them states no longer.

A visit sets the facts that it states (`ledger.casework.visit_facts`). One that goes to the bin, is
corrected, or names another institution takes nothing back by itself: the fact is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.ledgers.inspections import CHECKLIST_KEYS
from ledger.storage.tables import inspections

VISIT_FACTS = tuple(one.key for one in INSTITUTIONS.facts if one.key in CHECKLIST_KEYS)
Row = Mapping[str, Any]
_AT_ONCE = 400


def states(visit: Row | None, home: Row, fact: str) -> bool:
    """Whether a visit stands and states the fact of the institution as it is."""
    if visit is None or visit["deleted"] or visit["institution"] != home["number"]:
        return False
    return bool(visit[fact] == home[fact])


def no_longer_stated(connection: Connection, homes: Iterable[Row]) -> list[tuple[Row, str]]:
    """Known facts whose last visit does not state them any more, with their institutions.

    Somebody may have written the fact by hand since: its origin tells.
    """
    known = [
        (home, fact, (home["facts_as_of"] or {})[fact]["inspection"])
        for home in homes
        for fact in VISIT_FACTS
        if home[fact] is not None and fact in (home["facts_as_of"] or {})
    ]
    numbers = sorted({number for _, _, number in known})
    visits = {row["number"]: row for row in _visits(connection, inspections.c.number, numbers)}
    return [
        (home, fact) for home, fact, named in known if not states(visits.get(named), home, fact)
    ]


def visits_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Row]:
    """Visits by their ids, those in the bin too."""
    rows = _visits(connection, inspections.c.id, sorted(set(ids)))
    return {row["id"]: row for row in rows}


def stated_since(
    connection: Connection, asked: Sequence[tuple[Row, str, date]]
) -> set[tuple[str, str]]:
    """Those (编号, fact) of institutions that a visit of the given day, or a later one, states."""
    numbers = sorted({home["number"] for home, _, _ in asked})
    by_home: dict[str, list[Row]] = {}
    for row in _visits(connection, inspections.c.institution, numbers):
        by_home.setdefault(row["institution"], []).append(row)
    return {
        (home["number"], fact)
        for home, fact, day in asked
        if fact in VISIT_FACTS
        and any(
            states(visit, home, fact) and visit["inspected_on"] >= day
            for visit in by_home.get(home["number"], ())
        )
    }


def _visits(
    connection: Connection, column: ColumnElement[Any], values: Sequence[Any]
) -> Iterator[Row]:
    keys = ("id", "number", "institution", "inspected_on", "deleted", *VISIT_FACTS)
    query = select(*(inspections.c[key] for key in keys))
    for start in range(0, len(values), _AT_ONCE):
        wanted = column.in_(values[start : start + _AT_ONCE])
        for row in connection.execute(query.where(wanted)).mappings():
            yield dict(row)
