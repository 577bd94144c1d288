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
class Answer:
    """What somebody decided about a proposed fact: ``value`` is set, or with ``keep`` the fact
    stays as it stands, for ``reason``."""

    value: bool | None = None
    keep: bool = False
    reason: str = ""
