"""How far a walk went and what leaked: counted while it goes, told when it is over."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Doors, calls and leaks by kind of door; who tried, and where what was asked for lay."""

    doors: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tried: Counter[str] = field(default_factory=Counter)
    leaks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    people: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    def count(self, kind: str, door: str, who: str = "", where: str = "") -> None:
        """Somebody tried a door of a kind, asking for what lies somewhere."""
        self.doors[kind].add(door)
        self.tried[kind] += 1
        self.people |= {who} - {""}
        self.places |= {where} - {""}

    def leak(self, kind: str, what: str) -> str:
        """Something was told or changed that should not have been."""
        self.leaks[kind].append(what)
        return what

    @property
    def leaked(self) -> int:
        return sum(len(found) for found in self.leaks.values())

    def lines(self) -> Iterator[str]:
        """One line a kind of door, and one for all, in words."""
        for kind, doors in sorted(self.doors.items()):
            found = len(self.leaks[kind])
            yield f"access walk: {len(doors)} {kind}, {self.tried[kind]} calls, {found} leaks"
        if self.doors:
            doors_in_all = sum(len(doors) for doors in self.doors.values())
            yield (
                f"access walk in all: {doors_in_all} doors × {len(self.people)} people × "
                f"{len(self.places)} places = {sum(self.tried.values())} calls tried, "
                f"{self.leaked} leaks"
            )


# Of the tests' own run; planted leaks are counted apart.
TALLY = Tally()
