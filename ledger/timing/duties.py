"""What a record carries of its clocks: the next duty, and how the clocks of the figures went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.casework.workflow import WORKFLOWS
from ledger.columns import Ledger
from ledger.surroundings import Surroundings
from ledger.timing import clock
from ledger.timing.calendar import office_day
from ledger.timing.deadlines import Deadline, deadlines_of, next_deadline
from ledger.timing.kept import keeps, kept_fields


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
    """What is written into the record: ``due_on`` and ``due_label`` of its next open duty, and
    what figures count by (:mod:`ledger.timing.kept`).

    A record in a final state has no duty, whatever its clocks say.
    """
    if "due_on" not in ledger.by_key:
        return {}
    workflow = WORKFLOWS.get(ledger.key)
    final = workflow is not None and record.get("state") in workflow.final
    if final and not keeps(ledger.key):
        return _NO_DUTY
    duties = duties_of(ledger, record, surroundings)
    kept = kept_fields(ledger.key, duties)
    duty = None if final else next_deadline(duties)
    if duty is None or duty.due is None:
        return {**_NO_DUTY, **kept}
    note = "(节假日安排未公布)" if duty.provisional else ""
    return {"due_on": office_day(duty.due), "due_label": f"{duty.label}{note}", **kept}


_NO_DUTY: dict[str, Any] = {"due_on": None, "due_label": None}
