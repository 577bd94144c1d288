"""The effects of a visit on its institution: its facts, and the day of its last visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.access import Actor
from ledger.domain.ledgers.inspections import CHECKLIST_KEYS
from ledger.domain.ledgers.institutions import INSTITUTIONS
from ledger.records import saving
from ledger.records.drafting import Draft
from ledger.records.surroundings import Surroundings
from ledger.records.visits import last_visits
from ledger.storage.tables import institutions

_AT_ONCE = 500


def state_facts(
    connection: Connection,
    actor: Actor,
    drafts: Sequence[Draft],
    surroundings: Surroundings,
    batch: str,
) -> None:
    """Give every inspected institution the facts of its visits, each "as of" its day.

    Rules:

    1. A fact is taken over if this save states it and no later visit has stated it.
    2. The last visit is read from all of them (`visits.last_visits`): one that is deleted, or
       gets another day or institution, no longer counts.
    3. The day of a fact that the visit stated before this save and states otherwise now is
       forgotten, so that a visit of an earlier day can state it. The fact stays as it is, its
       earlier values are not known; it is asked about (`ledger.casework.fact_questions`).
    """
    numbers = sorted({number for draft in drafts for number in _institutions_of(draft)})
    places = _institutions(connection, numbers)
    latest = last_visits(connection, numbers)
    targets = {
        number: Draft.unmoved(
            place,
            last_inspected_on=latest.get(number),
            facts_as_of=dict(place["facts_as_of"] or {}),
        )
        for number, place in places.items()
    }
    for draft in drafts:
        for number in () if draft.is_new else _institutions_of(draft) & targets.keys():
            _forget_days(targets[number].after["facts_as_of"], draft)
    for draft in sorted(drafts, key=lambda item: item.after["inspected_on"]):
        target = targets.get(str(draft.after["institution"]))
        if target is None or draft.after.get("deleted"):
            continue
        day: date = draft.after["inspected_on"]
        dates = target.after["facts_as_of"]
        stated = {key: draft.after[key] for key in _stated(draft)}
        for key, value in taken_over(target.after, stated, day).items():
            target.after[key] = value
            dates[key] = {"on": day.isoformat(), "inspection": draft.after["number"]}
    for target in targets.values():
        target.after["facts_as_of"] = target.after["facts_as_of"] or None
    saving.write(
        connection,
        actor,
        INSTITUTIONS,
        list(targets.values()),
        surroundings,
        batch=batch,
        reason="排查走访",
    )


def taken_over(place: Mapping[str, Any], stated: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The facts that an institution takes over from a visit on ``day``, of those ``stated``."""
    dates = place.get("facts_as_of") or {}
    return {
        key: stated[key]
        for key in CHECKLIST_KEYS
        if stated.get(key) is not None and dates.get(key, {}).get("on", "") <= day.isoformat()
    }


def _institutions_of(draft: Draft) -> set[str]:
    """The institution visited, and the one that the visit named before the change."""
    named = {draft.after["institution"], (draft.current or {}).get("institution")}
    return {str(number) for number in named if number is not None}


def _forget_days(dates: dict[str, Any], draft: Draft) -> None:
    """Rule 3: the visit keeps its name beside the fact, for the question, but not its day."""
    number = draft.after["number"]
    for key in _changed(draft) & set(dates):
        if dates[key].get("inspection") == number:
            dates[key] = {"inspection": number}


def _stated(draft: Draft) -> list[str]:
    """The facts that this save states, without those that the record had already."""
    changed = _changed(draft)
    return [key for key in CHECKLIST_KEYS if key in changed and draft.after.get(key) is not None]


def _changed(draft: Draft) -> set[str]:
    """The facts that this save states otherwise; all, if it moves the visit."""
    before = draft.current or {}
    moved = any(
        draft.after[key] != before.get(key) for key in ("institution", "inspected_on", "deleted")
    )
    return {key for key in CHECKLIST_KEYS if moved or draft.after.get(key) != before.get(key)}


def _institutions(connection: Connection, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        query = select(institutions).where(
            institutions.c.number.in_(numbers[start : start + _AT_ONCE])
        )
        found |= {row["number"]: dict(row) for row in connection.execute(query).mappings()}
    return found
