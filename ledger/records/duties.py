"""What a record stores of its clocks: the next duty, and the outcomes that figures count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import marked, office_day
from ledger.domain.timing.deadline import Deadline, State
from ledger.domain.timing.deadlines import deadlines_of, next_deadline
from ledger.domain.workflows import WORKFLOWS
from ledger.records.clock_outcomes import NOTE, keeps, kept_fields, kept_note
from ledger.records.historical import is_historical
from ledger.records.surroundings import Surroundings

LEGAL = "legal_due_on"
_DONE = (State.DONE_IN_TIME, State.DONE_LATE)


def duties_of(
    ledger: Ledger,
    record: Mapping[str, Any],
    surroundings: Surroundings,
    at: datetime | None = None,
) -> tuple[Deadline, ...]:
    """The state of every clock that applies to a record, at a moment, otherwise now; of a
    historical one, those whose end its own days say: what was done in time or late, not what
    still runs. Records that are judged at the same moment share what they have in common."""
    found = deadlines_of(
        ledger.key, record, surroundings.clocks, surroundings.calendar, on=at or clock.now()
    )
    if is_historical(record):
        return tuple(one for one in found if one.state in _DONE)
    return found


def due_fields(
    ledger: Ledger,
    record: Mapping[str, Any],
    surroundings: Surroundings,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The record's columns about time: ``due_on`` and ``due_label`` of its next open duty,
    ``legal_due_on`` of the next one that a law sets (if the ledger has that column), and the
    outcomes that figures count (:mod:`ledger.records.clock_outcomes`).

    A record in a final state has no duty, whatever its clocks say. The label of a day that
    holidays not announced yet could move has the mark of `ledger.domain.timing.calendar.marked`.
    Empty for a ledger without ``due_on``.
    """
    if "due_on" not in ledger.by_key:
        return {}
    workflow = WORKFLOWS.get(ledger.key)
    final = workflow is not None and record.get("state") in workflow.final
    if final and not keeps(ledger.key):
        return _NO_DUTY
    duties = duties_of(ledger, record, surroundings, at)
    fields = kept_fields(ledger.key, duties)
    if keeps(ledger.key):
        fields[NOTE] = kept_note(ledger, duties)
    fields["due_on"], fields["due_label"] = _stored(None if final else next_deadline(duties))
    if LEGAL in ledger.by_key:
        legal = None if final else next_deadline(one for one in duties if not one.local)
        fields[LEGAL], _ = _stored(legal)
    return fields


def _stored(duty: Deadline | None) -> tuple[date | None, str | None]:
    """The last day of a duty and its name, marked if the day may move; two None without one."""
    if duty is None or duty.due is None:
        return None, None
    return office_day(duty.due), named(duty)


def named(duty: Deadline) -> str:
    """The name of a deadline, marked if its day may move."""
    return marked(duty.label, duty.provisional)


_NO_DUTY: dict[str, Any] = {"due_on": None, "due_label": None}
