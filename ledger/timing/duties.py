"""The deadline that a record carries with it: the next duty, its day and its legal basis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.casework.workflow import WORKFLOWS
from ledger.columns import Ledger
from ledger.surroundings import Surroundings
from ledger.timing import clock
from ledger.timing.calendar import office_day
from ledger.timing.deadlines import Deadline, deadlines_of, next_deadline


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
    """What is written into the record: ``due_on`` and ``due_label`` of its next open duty.

    A record in a final state has none, whatever its clocks say.
    """
    if "due_on" not in ledger.by_key:
        return {}
    workflow = WORKFLOWS.get(ledger.key)
    if workflow is not None and record.get("state") in workflow.final:
        return {"due_on": None, "due_label": None}
    duty = next_deadline(duties_of(ledger, record, surroundings))
    if duty is None or duty.due is None:
        return {"due_on": None, "due_label": None}
    note = "(节假日安排未公布)" if duty.provisional else ""
    return {"due_on": office_day(duty.due), "due_label": f"{duty.label}{note}"}
