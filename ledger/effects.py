"""What a saved record does to others: a visit states an institution's facts anew, a petition that
comes again tells on the one before it.

`write` is the way into the database for everything that has effects; without any it is
`ledger.saving.write`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, update

from ledger import saving
from ledger.access import Actor
from ledger.casework.returns import refresh_returns, touched_by
from ledger.casework.visits import last_visits
from ledger.columns import Ledger
from ledger.ledgers.inspections import CHECKLIST_KEYS
from ledger.ledgers.institutions import INSTITUTIONS
from ledger.saving import Draft, arrange
from ledger.storage.tables import institutions
from ledger.surroundings import Surroundings


def write(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    drafts: Sequence[Draft],
    surroundings: Surroundings,
    *,
    batch: str,
    reason: str | None = None,
) -> list[int]:
    """Write arranged drafts and everything that follows from them, as one save."""
    ids = saving.write(connection, actor, ledger, drafts, surroundings, batch=batch, reason=reason)
    follow = _EFFECTS.get(ledger.key)
    if follow is not None:
        follow(connection, actor, drafts, surroundings, batch)
    return ids


def _state_facts(
    connection: Connection,
    actor: Actor,
    drafts: Sequence[Draft],
    surroundings: Surroundings,
    batch: str,
) -> None:
    """Give every inspected institution the facts of its visits, each "as of" its day.

    A fact is taken over if the visit stated it and no later visit had stated it already. When a
    place was last inspected is read from all its visits, so that one that is corrected, refused or
    moved to another institution counts no longer.
    """
    visited = [
        str(state["institution"])
        for draft in drafts
        for state in (draft.after, draft.current or {})
        if state.get("institution")
    ]
    numbers = sorted(set(visited))
    places = _institutions(connection, numbers)
    last = last_visits(connection, numbers)
    changed = {
        number: Draft({"last_inspected_on": last.get(number)}, place)
        for number, place in places.items()
    }
    as_of: dict[str, dict[str, Any]] = {}
    for draft in sorted(drafts, key=lambda item: item.after["inspected_on"]):
        number = str(draft.after["institution"])
        place = places.get(number)
        if place is None:
            continue
        day: date = draft.after["inspected_on"]
        target = changed[number]
        dates = as_of.setdefault(number, dict(place["facts_as_of"] or {}))
        for key in CHECKLIST_KEYS:
            if draft.after.get(key) is None or dates.get(key, {}).get("on", "") > day.isoformat():
                continue
            target.values[key] = draft.after[key]
            dates[key] = {"on": day.isoformat(), "inspection": draft.after["number"]}
    targets = list(changed.values())
    arrange(INSTITUTIONS, targets, surroundings.atlas)
    saving.write(
        connection, actor, INSTITUTIONS, targets, surroundings, batch=batch, reason="排查走访"
    )
    for number, dates in as_of.items():
        connection.execute(
            update(institutions).where(institutions.c.number == number).values(facts_as_of=dates)
        )


def _tell_earlier(
    connection: Connection,
    _actor: Actor,
    drafts: Sequence[Draft],
    _surroundings: Surroundings,
    _batch: str,
) -> None:
    """Note on answered petitions when their matter came back."""
    refresh_returns(connection, touched_by(drafts))


def _institutions(connection: Connection, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(numbers), 500):
        query = select(institutions).where(institutions.c.number.in_(numbers[start : start + 500]))
        found |= {row["number"]: dict(row) for row in connection.execute(query).mappings()}
    return found


Effect = Callable[[Connection, Actor, Sequence[Draft], Surroundings, str], None]
_EFFECTS: Mapping[str, Effect] = {"inspections": _state_facts, "petitions": _tell_earlier}
