"""Clocks whose outcome is stored in the record, so that figures can count a million records.

A share such as 及时受理率 counts, of all matters whose last day is in a period, those done in time.
That needs holidays, extensions and conditions, so it is computed once, when the record is
saved, and again when clocks or holidays change (`ledger.records.office_calendar`). Two computed
columns of the record hold it:

- the last day of the clock, blank while it has not started or does not apply;
- whether it was kept: yes, no, or blank while it is open. An open clock whose last day is over is
  late, but nothing is written then, because nobody saves the record on that day.

If holidays that are not announced yet could move one of these days, `NOTE` names it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.timing.calendar import PROVISIONAL, office_day
from ledger.domain.timing.deadline import Deadline, State


@dataclass(frozen=True)
class Kept:
    """One clock of a ledger and the columns that store its last day and its outcome."""

    ledger: str
    clock: str
    due: str
    in_time: str


KEPT = (
    Kept("petitions", "petition_acceptance", "acceptance_due_on", "accepted_in_time"),
    Kept("petitions", "petition_finish", "reply_due_on", "replied_in_time"),
    Kept("dispositions", "disposition_close", "close_due_on", "closed_in_time"),
)
NOTE = "due_note"
_OUTCOMES = {State.DONE_IN_TIME: True, State.DONE_LATE: False}


def keeps(ledger: str) -> bool:
    """Whether records of the ledger store the outcome of any clock."""
    return any(kept.ledger == ledger for kept in KEPT)


def kept_fields(ledger: str, deadlines: Iterable[Deadline]) -> dict[str, Any]:
    """The computed columns of a record, by key, from the present state of its clocks."""
    by_key = {deadline.key: deadline for deadline in deadlines}
    fields: dict[str, Any] = {}
    for kept in KEPT:
        if kept.ledger != ledger:
            continue
        found = by_key.get(kept.clock)
        due = None if found is None else found.due
        fields[kept.due] = None if due is None else office_day(due)
        fields[kept.in_time] = None if found is None else _OUTCOMES.get(found.state)
    return fields


def kept_note(ledger: Ledger, deadlines: Iterable[Deadline]) -> str | None:
    """Names the stored days that holidays not announced yet could move; None if there are none."""
    open_days = {deadline.key for deadline in deadlines if deadline.provisional}
    named = [
        ledger.label_of(kept.due)
        for kept in KEPT
        if kept.ledger == ledger.key and kept.clock in open_days
    ]
    return f"{PROVISIONAL}：{'、'.join(named)}" if named else None
