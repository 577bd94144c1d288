"""The day of the first repeat petition on a matter after its answer.

一次性化解率 counts the matters that had no further petition after the answer. A petition names the
earlier one (前次事项编号), which may name another: all of them are one matter. ``returned_on`` of a
petition is the earliest registration day, on or after the day of its answer, of the petitions that
follow it on the same matter and are not in the bin. It is blank if there is none, or no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from ledger.domain.access import Actor
from ledger.domain.ledgers.petitions import PETITIONS
from ledger.records import saving
from ledger.records.drafting import Draft
from ledger.records.surroundings import Surroundings
from ledger.storage.tables import petitions

_AT_ONCE = 500
_BEARS = ("earlier", "finished_on", "registered_on", "deleted")


def note_returns(
    connection: Connection,
    actor: Actor,
    drafts: Sequence[Draft],
    surroundings: Surroundings,
    batch: str,
) -> None:
    """Compute ``returned_on`` again for saved petitions and for the earlier ones they follow."""
    rows = _and_before(connection, _touched(drafts))
    after = _after(connection, rows)
    moved = {}
    for number, row in rows.items():
        days = _days_below(number, after)
        finished = row["finished_on"]
        back = min((day for day in days if finished and day >= finished), default=None)
        if back != row["returned_on"]:
            moved[number] = back
    if moved:
        whole = _where(connection, "number", sorted(moved), [column.key for column in petitions.c])
        targets = [Draft.unmoved(row, returned_on=moved[row["number"]]) for row in whole]
        saving.write(connection, actor, PETITIONS, targets, surroundings, batch=batch)


def _touched(drafts: Iterable[Draft]) -> list[str]:
    """The numbers of petitions whose matter may have changed by this save."""
    found = []
    for draft in drafts:
        before = draft.current or {}
        if any(draft.after.get(key) != before.get(key) for key in _BEARS) and (
            draft.after.get("earlier") or before
        ):
            found.append(str(draft.after["number"]))
            # The matter it belonged to before may have no repeat petition any more.
            found += [before["earlier"]] if before.get("earlier") else []
    return found


def _and_before(connection: Connection, numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The petitions of these numbers and all earlier ones that they follow, by number."""
    found: dict[str, dict[str, Any]] = {}
    waiting = sorted(set(numbers))
    while waiting:
        keys = ("number", "earlier", "finished_on", "returned_on")
        rows = _where(connection, "number", waiting, keys)
        found |= {row["number"]: row for row in rows}
        above = {row["earlier"] for row in rows if row["earlier"]}
        waiting = sorted(above - found.keys())
    return found


def _after(connection: Connection, numbers: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """All petitions that follow any of these, directly or not, by the number they follow."""
    found: dict[str, list[dict[str, Any]]] = {}
    seen, waiting = set(numbers), sorted(numbers)
    while waiting:
        keys = ("number", "earlier", "registered_on", "deleted")
        rows = _where(connection, "earlier", waiting, keys)
        for row in rows:
            found.setdefault(row["earlier"], []).append(row)
        below = {row["number"] for row in rows} - seen
        seen |= below
        waiting = sorted(below)
    return found


def _days_below(number: str, after: dict[str, list[dict[str, Any]]]) -> list[date]:
    # Two petitions may name each other as the earlier one, so each is visited only once.
    seen, waiting, days = {number}, [number], list[date]()
    while waiting:
        for row in after.get(waiting.pop(), ()):
            if row["number"] not in seen:
                seen.add(row["number"])
                waiting.append(row["number"])
                days += [] if row["deleted"] else [row["registered_on"]]
    return days


def _where(
    connection: Connection, key: str, values: Sequence[str], keys: Sequence[str]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    query = _those(key, tuple(keys))
    for start in range(0, len(values), _AT_ONCE):
        some = {"some": values[start : start + _AT_ONCE]}
        rows += [dict(zip(keys, row, strict=True)) for row in connection.execute(query, some)]
    return rows


@cache
def _those(key: str, keys: tuple[str, ...]) -> Select[Any]:
    """Columns of the petitions that have ``some`` of the values; built once for each caller."""
    query = select(*(petitions.c[one] for one in keys))
    return query.where(petitions.c[key].in_(bindparam("some", expanding=True)))
