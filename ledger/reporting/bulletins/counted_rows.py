"""Which rows each number of a bulletin counted, collected while it is gathered.

Numbers that counted the same rows share one group, so that a bulletin keeps every set of ids once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Some of a ledger's records: which of its groups in the bulletin, and how many they are."""

    ledger: str
    number: int
    rows: int


@dataclass(frozen=True)
class Counted:
    """What a number counted: its name, and the rows by ledger."""

    label: str
    groups: tuple[Group, ...]

    @property
    def rows(self) -> int:
        """How many records, of all ledgers."""
        return sum(group.rows for group in self.groups)


class CountedRows:
    """What the numbers of one bulletin counted."""

    def __init__(self) -> None:
        self._numbers: dict[Counted, int] = {}
        self._groups: dict[str, dict[tuple[int, ...], int]] = {}

    def add(self, label: str, ids: Mapping[str, Iterable[int]]) -> int:
        """Keep the ids that a number counted, by ledger; returns the place of the number in
        `numbers`. A number of the same name that counted the same is kept once."""
        groups = tuple(self._group(ledger, tuple(sorted(some))) for ledger, some in ids.items())
        return self._numbers.setdefault(Counted(label, groups), len(self._numbers))

    def _group(self, ledger: str, ids: tuple[int, ...]) -> Group:
        known = self._groups.setdefault(ledger, {})
        return Group(ledger, known.setdefault(ids, len(known)), len(ids))

    @property
    def numbers(self) -> tuple[Counted, ...]:
        """What every number counted."""
        return tuple(self._numbers)

    @property
    def groups(self) -> dict[str, tuple[tuple[int, ...], ...]]:
        """The ids of every group, by ledger."""
        return {ledger: tuple(known) for ledger, known in self._groups.items()}
