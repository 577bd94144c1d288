"""Which clocks leave their outcome in the record, so that figures can count a million of them.

A share such as 及时受理率 asks, of every matter whose last day lies in a period, whether the office
kept it. Working that out takes holidays, extensions and conditions; so it is done once, when the
record is saved, and again when clocks or holidays change (`ledger.records.office_calendar`). It
stands in two computed columns of the record:

- the last day of the clock, blank while it has not started or where it does not apply;
- whether it was kept: yes, no, or blank while it is open. An open clock whose last day is over is
  late, but nothing is written for that: the days go by without anybody saving.

Where an arrangement of holidays still to come could move one of these days, `NOTE` says which.
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
    """One clock of a ledger and the columns that keep its last day and its outcome."""

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
    """Whether records of the ledger keep the outcome of any clock."""
    return any(kept.ledger == ledger for kept in KEPT)


def kept_fields(ledger: str, deadlines: Iterable[Deadline]) -> dict[str, Any]:
    """The computed columns of a record, from where its clocks stand."""
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
    """Which of the kept days an arrangement of holidays still to come could move; None: none."""
    open_days = {deadline.key for deadline in deadlines if deadline.provisional}
    named = [
        ledger.label_of(kept.due)
        for kept in KEPT
        if kept.ledger == ledger.key and kept.clock in open_days
    ]
    return f"{PROVISIONAL}：{'、'.join(named)}" if named else None
