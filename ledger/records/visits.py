"""The day of an institution's last inspection that was not refused.

A refused visit (拒绝检查) counts neither for coverage nor as the day from which the next visit is
due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, Row, Select, func, select

from ledger.storage.tables import inspections

REFUSED = "refused"
_AT_ONCE = 500


def last_visits(connection: Connection, numbers: Sequence[str] | None = None) -> dict[str, date]:
    """The day of each institution's last visit, by its number; only of those that had one.

    Parameters
    ----------
    numbers : sequence of str, optional
        The numbers of the institutions; default all.
    """
    found: dict[str, date] = {}
    for query in _queries(numbers):
        rows: Sequence[Row[str, date]] = connection.execute(query).all()
        found.update((number, day) for number, day in rows)
    return found


def _queries(numbers: Sequence[str] | None) -> Iterator[Select[str, date]]:
    query = (
        select(inspections.c.institution, func.max(inspections.c.inspected_on))
        .where(inspections.c.deleted.is_(False), inspections.c.result != REFUSED)
        .group_by(inspections.c.institution)
    )
    if numbers is None:
        yield query
        return
    for start in range(0, len(numbers), _AT_ONCE):
        yield query.where(inspections.c.institution.in_(numbers[start : start + _AT_ONCE]))
