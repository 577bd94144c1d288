"""What a case says about its institution: the fact it speaks for, and while which signs hold.

A ledger declares its proposals (`ledger.domain.columns.Ledger.proposes`). A record that holds
proposes; nothing is set by itself: whoever takes the step sets the fact or keeps it with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sign:
    """One condition on a column: filled, or one of ``values``; ``unless`` turns it round."""

    column: str
    values: tuple[str, ...] = ()
    unless: bool = False

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether the record shows the sign."""
        value = record.get(self.column)
        shown = value in self.values if self.values else value is not None
        return shown is not self.unless


@dataclass(frozen=True)
class Proposal:
    """While all ``signs`` hold and the record names an institution, it speaks for ``fact`` = yes.

    ``said`` is what the record says, in words.
    """

    fact: str
    said: str
    signs: tuple[Sign, ...]

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether the record speaks for the fact: not in the bin, and every sign holds."""
        if record.get("deleted") or record.get("institution") is None:
            return False
        return all(sign.holds(record) for sign in self.signs)

    @property
    def keys(self) -> frozenset[str]:
        """The columns on which it rests: when one of them changes, it asks anew."""
        return frozenset({"institution", "deleted", *(sign.column for sign in self.signs)})


@dataclass(frozen=True)
class Asked:
    """One question about one fact of one institution (its 编号).

    ``value`` is what the case proposes: True, or None where what it was set by holds no longer.
    ``ledger``, ``record_id`` and ``number`` name the case or visit, ``said`` what it says in words.
    """

    institution: str
    fact: str
    value: bool | None
    ledger: str
    record_id: int
    number: str
    said: str

    @property
    def case(self) -> tuple[str, int]:
        """The ledger and id of what asks."""
        return self.ledger, self.record_id

    def takes(self, answer: Answer) -> bool:
        """Whether the answer answers it: a proposal is set or kept, a doubt taken back or kept."""
        return answer.keep or (answer.value is True) is (self.value is True)


@dataclass(frozen=True)
class Answer:
    """What somebody decided about a proposed fact: ``value`` is set, or with ``keep`` the fact
    stays as it stands, for ``reason``."""

    value: bool | None = None
    keep: bool = False
    reason: str = ""
