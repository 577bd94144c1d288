"""The steps a record can take, as the declaration of its ledger says, and what each demands.

What a step is says :mod:`ledger.domain.workflow.flow`; the steps of one ledger stand in a module
of their own beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.domain.access import Actor, Role, roles_with
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.workflow.flow import Step, Workflow
from ledger.domain.workflow.measure_flow import CORRECTION

WORKFLOWS: Mapping[str, Workflow] = {
    ledger.key: ledger.workflow for ledger in LEDGERS.values() if ledger.workflow
}

# What closing a measure demands besides a date and a note: the paper or figure that proves it.
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "notify": ("document_number",),
    "warn": ("document_number",),
    "rectify": ("document_number",),
    "refund": ("refund_due", "refunded"),
    "resettle": ("people_resettled",),
    "crackdown": ("police_unit",),
    "transfer": ("police_transfer_on", "police_unit"),
}


def steps_open_to(workflow: Workflow, state: str, actor: Actor) -> tuple[Step, ...]:
    """The steps that somebody may take from a state."""
    return tuple(step for step in workflow.onward(state) if actor.may_any(step.by, workflow.ledger))


def roles_of(workflow: Workflow, step: Step) -> frozenset[Role]:
    """The roles that may take a step."""
    return frozenset().union(*(roles_with(action, workflow.ledger) for action in step.by))


def fills(ledger_key: str, step: Step) -> tuple[str, ...]:
    """The columns that hold a value once a step is taken; of measures, those of a correction."""
    further = CORRECTION.get(step.key, ()) if ledger_key == "measures" else ()
    return (*step.fills, *further)


def missing(ledger: Ledger, step: Step, record: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels of what a step still demands of a record (its own values merged in)."""
    demanded = list(step.demands)
    if ledger.key == "dispositions" and step.key in ("submit", "close"):
        demanded += EVIDENCE.get(str(record.get("measure")), ())
    if ledger.key == "leads" and step.key == "answer" and record.get("finding") != "false":
        # A lead that holds true goes to the principal before anybody is answered.
        demanded.append("reported_at")
    if ledger.key == "measures" and record.get("kind") == "correction":
        demanded += CORRECTION.get(step.key, ())
    return tuple(
        ledger.label_of(key)
        for key in dict.fromkeys(demanded)
        if record.get(key) is None or record.get(key) == ""
    )
