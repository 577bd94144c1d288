"""What a record carries of its clocks: the next duty, and how the clocks of the figures went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import marked, office_day
from ledger.domain.timing.deadline import Deadline
from ledger.domain.timing.deadlines import deadlines_of, next_deadline
from ledger.domain.workflows import WORKFLOWS
from ledger.records.clock_outcomes import NOTE, keeps, kept_fields, kept_note
from ledger.records.surroundings import Surroundings

LEGAL = "legal_due_on"


def duties_of(
    ledger: Ledger, record: Mapping[str, Any], surroundings: Surroundings
) -> tuple[Deadline, ...]:
    """Every clock that applies to a record, as of now."""
    return deadlines_of(
        ledger.key, record, surroundings.clocks, surroundings.calendar, on=clock.now()
    )


def due_fields(
    ledger: Ledger, record: Mapping[str, Any], surroundings: Surroundings
) -> dict[str, Any]:
    """What is written into the record: ``due_on`` and ``due_label`` of its next open duty, for
    ledgers under the law ``legal_due_on`` of the next one that a law sets, and what figures count
    by (:mod:`ledger.records.clock_outcomes`).

    A record in a final state has no duty, whatever its clocks say. A day that an arrangement of
    holidays still to come could move carries the mark of `ledger.domain.timing.calendar.marked`.
    """
    if "due_on" not in ledger.by_key:
        return {}
    workflow = WORKFLOWS.get(ledger.key)
    final = workflow is not None and record.get("state") in workflow.final
    if final and not keeps(ledger.key):
        return _NO_DUTY
    duties = duties_of(ledger, record, surroundings)
    fields = kept_fields(ledger.key, duties)
    if keeps(ledger.key):
        fields[NOTE] = kept_note(ledger, duties)
    fields["due_on"], fields["due_label"] = _stored(None if final else next_deadline(duties))
    if LEGAL in ledger.by_key:
        legal = None if final else next_deadline(one for one in duties if not one.local)
        fields[LEGAL], _ = _stored(legal)
    return fields


def _stored(duty: Deadline | None) -> tuple[date | None, str | None]:
    """The last day of a duty and what it is called, with the mark of a day that may move."""
    if duty is None or duty.due is None:
        return None, None
    return office_day(duty.due), named(duty)


def named(duty: Deadline) -> str:
    """What a deadline is called, with the mark of a day that may move."""
    return marked(duty.label, duty.provisional)


_NO_DUTY: dict[str, Any] = {"due_on": None, "due_label": None}
