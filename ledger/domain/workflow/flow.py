"""The types of steps and workflows.

A step leads from one of its ``sources`` to its ``target`` state (`STAYS`: to none, the record stays
where it is); whoever may take one of the actions in ``by`` (`ledger.domain.roles`) may take it. It
``asks`` for columns in its form and ``demands`` that some of them (or the record already) hold a
value; ``stamps`` are set to the moment of the step where they are still blank, ``restamps`` in any
case, ``clears`` are emptied because they no longer hold. A refused step says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.roles import Action

OFFICE = frozenset({Action.PROCESS})
VILLAGE = frozenset({Action.HANDLE})
LEADERS = frozenset({Action.DECIDE})
STAYS = ""
OFFICE_OR_LEADER = OFFICE | LEADERS


@dataclass(frozen=True)
class Further:
    """What a step demands besides, while the record's ``column`` holds one of ``values`` (with
    ``unless``: while it holds none of them). ``fills``: taking the step is what fills it."""

    column: str
    values: tuple[str, ...]
    demands: tuple[str, ...]
    unless: bool = False
    fills: bool = False

    def applies(self, record: Mapping[str, Any]) -> bool:
        """Whether it is demanded of a record as it is."""
        return (record.get(self.column) in self.values) is not self.unless


@dataclass(frozen=True)
class Step:
    """One allowed step; ``reason`` says whether a text is demanded with it.

    ``waits_in``: the states in which somebody is waited for to take it, None for all its sources.
    ``by_clock``: it only stops a clock and is offered beside it, not among the steps of the case.
    """

    key: str
    label: str
    sources: tuple[str, ...]
    target: str
    by: frozenset[Action]
    asks: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    restamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    reason: bool = False
    waits_in: tuple[str, ...] | None = None
    by_clock: bool = False
    further: tuple[Further, ...] = ()

    def leads_to(self, state: str) -> str:
        """The state of a record after the step."""
        return self.target or state

    @property
    def fills(self) -> tuple[str, ...]:
        """The columns that hold a value once the step is taken."""
        further = (key for one in self.further if one.fills for key in one.demands)
        return (*self.stamps, *self.restamps, *self.demands, *further)

    def demanded_of(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        """The columns that must hold a value in a record for the step to be taken."""
        further = (key for one in self.further if one.applies(record) for key in one.demands)
        return tuple(dict.fromkeys((*self.demands, *further)))


@dataclass(frozen=True)
class Sign:
    """What tells that a record has come to a ``state``: the column ``by`` holds a day, and none of
    the columns ``unless`` does."""

    state: str
    by: str
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workflow:
    """All steps of one ``ledger``; ``final`` states are done and have no deadline any more. In the
    states of ``over`` (if not named: the final ones) the matter itself is over: nobody looks at it
    as open, and its people need not be reached.

    ``signs`` tell the state of a record that was not led through the steps, from the last state to
    the first (`told_state`). ``ended_by`` is the column with the day that ends such a record, and
    ``closed_by`` the one with the day of its closing.
    """

    ledger: str
    initial: str
    final: frozenset[str]
    steps: tuple[Step, ...]
    over: frozenset[str] = frozenset()
    signs: tuple[Sign, ...] = ()
    ended_by: str = ""
    closed_by: str = "closed_on"

    def __post_init__(self) -> None:
        if not self.over:
            object.__setattr__(self, "over", self.final)

    def step(self, key: str) -> Step | None:
        """The step of that key."""
        return next((step for step in self.steps if step.key == key), None)

    def told_state(self, record: Mapping[str, Any]) -> str:
        """The state that the days of a record tell: that of the first sign that holds."""
        for sign in self.signs:
            if record.get(sign.by) is not None and all(
                record.get(key) is None for key in sign.unless
            ):
                return sign.state
        return self.initial

    def onward(self, state: str) -> tuple[Step, ...]:
        """The steps that lead on from a state, of all roles."""
        return tuple(step for step in self.steps if state in step.sources)
