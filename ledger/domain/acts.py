"""Acts that stop a clock: the buttons beside a deadline, and who may use them.

An act is a step of the record's workflow or one of `OTHERS` (to sign for a lead, to visit an
institution, to record that a problem was put right). It stops a clock if it fills one of the
columns that the clock's declaration names (``stops`` in ``data/rules/deadlines.toml``; for a clock
that only starts anew, ``starts``). Where no act does so from the record's state, the act is the
next step on the shortest way to one that does. Steps that demand a reason are exceptions and are
proposed only where nothing else leads on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from ledger.domain.access import Action, Actor, Role, roles_with
from ledger.domain.timing.clocks import Clock
from ledger.domain.workflow.flow import Step, Workflow
from ledger.domain.workflows import WORKFLOWS

Kind = Literal["step", "acknowledge", "visit", "record"]
_EXCEPTION = 100
_NO_WAY = 10_000


@dataclass(frozen=True)
class Act:
    """One act on a record of ``ledger``: a step by its key, or another ``kind``.

    ``by`` are the actions of which one is needed in the ledger ``right``; ``columns`` what it
    fills. ``stops`` says whether it stops the clock at once or is a step on the way.
    """

    key: str
    label: str
    kind: Kind
    by: frozenset[Action]
    right: str
    columns: tuple[str, ...]
    stops: bool = True

    def open_to(self, actor: Actor) -> bool:
        """Whether the actor's role allows the act; the record's scope is checked elsewhere."""
        return actor.may_any(self.by, self.right)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that may take it."""
        return frozenset().union(*(roles_with(action, self.right) for action in self.by))


OTHERS: Mapping[str, tuple[Act, ...]] = {
    "leads": (
        Act(
            "acknowledge",
            "签收",
            "acknowledge",
            frozenset({Action.ACKNOWLEDGE}),
            "leads",
            ("acknowledged_at", "reported_at"),
        ),
    ),
    "institutions": (
        Act(
            "visit",
            "去走访",
            "visit",
            frozenset({Action.CREATE}),
            "inspections",
            ("last_inspected_on",),
        ),
    ),
    "inspections": (
        Act(
            "rectify",
            "登记整改完成",
            "record",
            frozenset({Action.EDIT}),
            "inspections",
            ("rectified_on",),
        ),
    ),
}


def acts_on(ledger_key: str, clock: Clock, record: Mapping[str, Any]) -> tuple[Act, ...]:
    """The acts that stop a running clock of a record, or lead there the shortest way."""
    goal = clock.stops or clock.starts
    others = tuple(one for one in OTHERS.get(ledger_key, ()) if set(one.columns) & set(goal))
    workflow = WORKFLOWS.get(ledger_key)
    if workflow is None:
        return others
    state = str(record["state"])
    far = _distances(workflow, goal)
    costs = {
        step: _cost(workflow, step, state, goal, far)
        for step in workflow.onward(state)
        if _cost(workflow, step, state, goal, far) < _NO_WAY
    }
    least = min(costs.values(), default=_NO_WAY)
    nearest = [step for step, cost in costs.items() if cost == least]
    # Of several that stop it at once, the one that does what the clock asks for.
    nearest.sort(key=lambda step: _rank(workflow, step, goal))
    return others + tuple(_act(workflow, step, goal) for step in nearest)


def act_of(actor: Actor, ledger_key: str, clock: Clock, record: Mapping[str, Any]) -> Act | None:
    """The act that one person is offered for a running clock; None if others have to act."""
    return next((one for one in acts_on(ledger_key, clock, record) if one.open_to(actor)), None)


def who_acts(ledger_key: str, clock: Clock, record: Mapping[str, Any]) -> str:
    """Who can stop a clock and how, in words: ``镇(街道)经办转送交办``; empty if nobody can."""
    act = next(iter(acts_on(ledger_key, clock, record)), None)
    if act is None:
        return ""
    roles = "、".join(role.label for role in Role if role in act.roles)
    return f"{roles}{act.label}"


def _act(workflow: Workflow, step: Step, goal: tuple[str, ...]) -> Act:
    filled = step.fills
    stops = bool(set(filled) & set(goal))
    return Act(step.key, step.label, "step", step.by, workflow.ledger, filled, stops)


def _rank(workflow: Workflow, step: Step, goal: tuple[str, ...]) -> int:
    filled = step.fills
    return min((at for at, key in enumerate(goal) if key in filled), default=len(goal))


def _cost(
    workflow: Workflow, step: Step, state: str, goal: tuple[str, ...], far: Mapping[str, int]
) -> int:
    """How many steps it takes from ``step`` on until the clock is stopped."""
    own = 1 + (_EXCEPTION if step.reason else 0)
    if set(step.fills) & set(goal):
        return own
    after = step.leads_to(state)
    return _NO_WAY if after == state else own + far.get(after, _NO_WAY)


@cache
def _distances(workflow: Workflow, goal: tuple[str, ...]) -> Mapping[str, int]:
    """From every state, how many steps it takes until the clock is stopped."""
    states = {state for step in workflow.steps for state in step.sources}
    far: dict[str, int] = {}
    for _ in states:
        for state in states:
            costs = [_cost(workflow, step, state, goal, far) for step in workflow.onward(state)]
            far[state] = min(costs, default=_NO_WAY)
    return far
