"""What a step and a workflow are.

A step leads from one of its ``sources`` to its ``target`` state, by one of its ``roles``. It
``asks`` for columns in its form and ``demands`` that some of them (or the record already) hold a
value; ``stamps`` are set to the moment of the step where they are still blank, ``clears`` are
emptied because they no longer hold. A refused step says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.access import Role

OFFICE = frozenset({Role.OFFICE_STAFF})
VILLAGE = frozenset({Role.VILLAGE_STAFF, Role.OFFICE_STAFF})
LEADERS = frozenset({Role.LEADER})
OFFICE_OR_LEADER = OFFICE | LEADERS


@dataclass(frozen=True)
class Step:
    """One allowed step; ``reason`` says whether a text is demanded with it."""

    key: str
    label: str
    sources: tuple[str, ...]
    target: str
    roles: frozenset[Role]
    asks: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    reason: bool = False


@dataclass(frozen=True)
class Workflow:
    """All steps of one ledger; ``final`` states are done and have no deadline any more."""

    initial: str
    final: frozenset[str]
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step | None:
        """The step of that key."""
        return next((step for step in self.steps if step.key == key), None)

    def open_to(self, state: str, role: Role | None) -> tuple[Step, ...]:
        """The steps that a role may take from a state; the system may take all."""
        return tuple(
            step
            for step in self.steps
            if state in step.sources and (role is None or role in step.roles)
        )
