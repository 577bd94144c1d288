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

WORKFLOWS: Mapping[str, Workflow] = {
    ledger.key: ledger.workflow for ledger in LEDGERS.values() if ledger.workflow
}


def steps_open_to(workflow: Workflow, state: str, actor: Actor) -> tuple[Step, ...]:
    """The steps that the actor may take from a state."""
    return tuple(step for step in workflow.onward(state) if actor.may_any(step.by, workflow.ledger))


def roles_of(workflow: Workflow, step: Step) -> frozenset[Role]:
    """The roles that may take a step."""
    return frozenset().union(*(roles_with(action, workflow.ledger) for action in step.by))


def missing(ledger: Ledger, step: Step, record: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels of what a step still demands of a record (its own values merged in)."""
    return tuple(
        ledger.label_of(key)
        for key in step.demanded_of(record)
        if record.get(key) is None or record.get(key) == ""
    )
