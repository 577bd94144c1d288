"""Lines of a to-do list: records of several ledgers put in one order, and how they read.

Everything asks the database for counts and the first few; nothing reads a whole ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Table,
    and_,
    func,
    literal_column,
    select,
    true,
)

from geo.atlas import Atlas
from ledger.casework.awaiting import LEDGERS_OF, Group, colour_of, due_words, open_states
from ledger.casework.coverage import name_of
from ledger.domain.access import Actor, Role
from ledger.domain.acts import Act, act_of, who_acts
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import is_marked, marked, office_day
from ledger.domain.timing.deadline import Deadline
from ledger.domain.timing.deadlines import next_deadline
from ledger.domain.workflows import WORKFLOWS
from ledger.records.duties import LEGAL, duties_of, named
from ledger.records.history import audit
from ledger.records.person_names import names_in
from ledger.records.surroundings import Surroundings
from ledger.storage.tables import LEDGER_TABLES, changes

_TITLE_LENGTH = 60
# Records looked up with one statement; databases bound the number of parameters.
_AT_ONCE = 500


@dataclass(frozen=True)
class Item:
    """One line of the list, with all that a link to the record needs.

    ``what`` says what to do or what happened; ``words`` where the deadline stands, in ``colour``
    (``red``, ``amber`` or empty). ``act`` is what its reader can press for that deadline; where
    others have to act, ``others`` says who. ``provisional``: holidays still to come could move the
    day, and ``what`` does not say so. ``link`` are the parameters of the ledger page's
    address that open the record.
    """

    ledger: str
    record_id: int
    number: str
    title: str
    area_name: str
    what: str
    due_on: date | None
    words: str
    colour: str
    act: Act | None = None
    others: str = ""
    provisional: bool = False

    @property
    def day(self) -> str:
        """``due_on`` as text, with the mark of a day that may move; empty without a day."""
        return marked(self.due_on.isoformat(), self.provisional) if self.due_on else ""

    @property
    def link(self) -> dict[str, str]:
        return {"record": str(self.record_id)}


@dataclass(frozen=True)
class Listed:
    """One group: its first items and how many there are in all."""

    group: Group
    items: tuple[Item, ...]
    total: int


@dataclass(frozen=True)
class Asked:
    """The actor whose list it is, and what the list is computed from."""

    connection: Connection
    actor: Actor
    role: Role
    atlas: Atlas
    surroundings: Surroundings
    today: date
    since: datetime
    limit: int

    @property
    def ledgers(self) -> tuple[str, ...]:
        return LEDGERS_OF[self.role]

    def mine(self, table: Table) -> ColumnElement[bool]:
        """The condition for records of a ledger in the actor's scope."""
        return and_(table.c.deleted.is_(False), self.actor.scope_condition(table.c.area_path))


def still_open(ledger_key: str) -> ColumnElement[bool]:
    """The condition for records that are not done; all records of a ledger without a workflow."""
    workflow = WORKFLOWS.get(ledger_key)
    return LEDGER_TABLES[ledger_key].c.state.in_(open_states(workflow)) if workflow else true()


def listed(
    asked: Asked,
    group: Group,
    conditions: Mapping[str, ColumnElement[bool]],
    what: Callable[[str, Mapping[str, Any]], str],
    *,
    legal: bool = False,
) -> Listed:
    """The records of several ledgers that meet ``conditions``, by next deadline, earliest first.

    ``what`` says what is to be done with a record, "" if that is what the deadline is called.
    With ``legal``, it is the next deadline that a law sets.
    """
    day = LEGAL if legal else "due_on"
    total = 0
    found: list[tuple[date, str, Mapping[str, Any]]] = []
    for key, condition in conditions.items():
        table = LEDGER_TABLES[key]
        where = and_(asked.mine(table), condition)
        due = [table.c[day].asc().nulls_last()] if day in table.c else []
        rows = rows_of(asked, table, where, *due, table.c.id)
        total += len(rows) if len(rows) < asked.limit else total_of(asked, table, where)
        found += [(row.get(day) or date.max, key, row) for row in rows]
    found.sort(key=lambda one: one[0])
    items = [_dated(asked, key, row, what(key, row), day) for _, key, row in found[: asked.limit]]
    return Listed(group, tuple(items), total)


def _dated(asked: Asked, key: str, row: Mapping[str, Any], what: str, day: str) -> Item:
    """The line of a record with its next deadline, and what can be done about it."""
    duty = _duty(asked, key, row, day)
    said = what or (str(row.get("due_label") or "") if duty is None else named(duty))
    line = item_of(asked, key, row, said, *standing(asked, duty, row.get(day)))
    # Where the line is called as its deadline is, that name carries the mark.
    unmarked = is_marked(row.get("due_label")) if duty is None else duty.provisional
    line = replace(line, due_on=row.get(day), provisional=bool(what) and unmarked)
    if duty is None:
        return line
    clock_ = asked.surroundings.clocks.by_key[duty.key]
    act = act_of(asked.actor, key, clock_, row)
    return replace(line, act=act, others="" if act else who_acts(key, clock_, row))


def logged(
    asked: Asked,
    group: Group,
    entries: ColumnElement[bool],
    conditions: Mapping[str, ColumnElement[bool]],
    what: Callable[[audit.Entry, str], str],
) -> Listed:
    """Records with entries in the log, each with its newest one, the newest first.

    ``what`` says what an entry tells, given the name of who made it.
    """
    newest = [
        (entry_id, key, record_id)
        for key, latest in _latest(asked, entries).items()
        if key in conditions
        for record_id, entry_id in _kept(asked, key, latest, conditions[key])
    ]
    newest.sort(reverse=True)
    shown = newest[: asked.limit]
    records = _records(asked, shown)
    told = audit.entries(asked.connection, [entry_id for entry_id, _, _ in shown])
    names = names_in(asked.connection, [one.actor for one in told.values()])
    items = []
    for entry_id, key, record_id in shown:
        entry = told[entry_id]
        at, said = clock.local_text(entry.at), what(entry, names[entry.actor])
        items.append(item_of(asked, key, records[key, record_id], said, at, ""))
    return Listed(group, tuple(items), len(newest))


def _records(
    asked: Asked, shown: Sequence[tuple[int, str, int]]
) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The records of lines of the log, with one statement a ledger."""
    wanted: dict[str, list[int]] = {}
    for _, key, record_id in shown:
        wanted.setdefault(key, []).append(record_id)
    return {
        (key, row["id"]): row
        for key, ids in wanted.items()
        for row in rows_of(asked, LEDGER_TABLES[key], LEDGER_TABLES[key].c.id.in_(ids))
    }


def _latest(asked: Asked, entries: ColumnElement[bool]) -> dict[str, dict[int, int]]:
    """Per ledger, the records that have such entries, each with the id of its newest one.

    One pass over the log for all ledgers: asked one by one, each would walk through its whole
    history.
    """
    # Not the bare column: its index would be walked whole to group, instead of the newest ids.
    # A literal, for PostgreSQL takes two parameters for two different expressions.
    ledger = changes.c.ledger.concat(literal_column("''"))
    query = (
        select(ledger, changes.c.record_id, func.max(changes.c.id))
        .where(entries, changes.c.record_id.is_not(None))
        .group_by(ledger, changes.c.record_id)
    )
    found: dict[str, dict[int, int]] = {}
    for key, record_id, entry_id in asked.connection.execute(query):
        found.setdefault(key, {})[record_id] = entry_id
    return found


def _kept(
    asked: Asked, key: str, latest: Mapping[int, int], condition: ColumnElement[bool]
) -> Iterator[tuple[int, int]]:
    """Those of the records that meet the condition."""
    table = LEDGER_TABLES[key]
    ids = sorted(latest)
    for start in range(0, len(ids), _AT_ONCE):
        query = select(table.c.id).where(table.c.id.in_(ids[start : start + _AT_ONCE]), condition)
        yield from ((one, latest[one]) for one in asked.connection.execute(query).scalars())


def total_of(asked: Asked, table: FromClause, where: ColumnElement[bool]) -> int:
    """How many rows there are in all."""
    query = select(func.count()).select_from(table).where(where)
    return asked.connection.execute(query).scalar_one()


def rows_of(
    asked: Asked, table: Table, where: ColumnElement[bool], *order: ColumnElement[Any]
) -> list[Mapping[str, Any]]:
    """The first rows, as many as the list shows."""
    if not asked.limit:
        return []
    query = select(table).where(where).order_by(*order).limit(asked.limit)
    return [dict(row) for row in asked.connection.execute(query).mappings()]


def _duty(asked: Asked, key: str, row: Mapping[str, Any], day: str) -> Deadline | None:
    """The deadline that stands in the record's column of that name, if it still does."""
    if row.get(day) is None:
        return None
    duties = duties_of(LEDGERS[key], row, asked.surroundings)
    found = next_deadline(one for one in duties if day != LEGAL or not one.local)
    return found if found and found.due and office_day(found.due) == row[day] else None


def standing(asked: Asked, duty: Deadline | None, due_on: date | None) -> tuple[str, str]:
    """The present state of a deadline as words and colour."""
    if due_on is None:
        return "", ""
    if duty is None:
        # Saved under other clocks or another calendar: the day that was promised still counts.
        return due_words(due_on, asked.today), colour_of(None, due_on, asked.today)
    return duty.text, colour_of(duty, due_on, asked.today)


def item_of(
    asked: Asked, key: str, row: Mapping[str, Any], what: str, words: str, colour: str
) -> Item:
    """One line of the list for a record, with its area's name and its link."""
    return Item(
        key,
        row["id"],
        row["number"],
        title_of(key, row),
        name_of(asked.atlas, row.get("area_code")),
        what,
        row.get("due_on"),
        words,
        colour,
        provisional=is_marked(row.get("due_label")),
    )


def title_of(ledger_key: str, row: Mapping[str, Any]) -> str:
    """What a record is called in a list: its title, with the measure of a disposition."""
    ledger = LEDGERS[ledger_key]
    parts = [str(row[ledger.title])] if row.get(ledger.title) else []
    if ledger_key == "dispositions":
        parts.append(ledger.by_key["measure"].format(row["measure"]))
    text = " ".join(" · ".join(parts or [str(row["number"])]).split())
    return text if len(text) <= _TITLE_LENGTH else text[: _TITLE_LENGTH - 1] + "…"
