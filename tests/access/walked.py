"""How far the walk went: counted while it goes, told when it is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

_doors: dict[str, set[str]] = defaultdict(set)
_tried: dict[str, int] = defaultdict(int)
_leaks: dict[str, list[str]] = defaultdict(list)


def count(kind: str, door: str, times: int = 1) -> None:
    """Somebody tried a door of a kind so many times."""
    _doors[kind].add(door)
    _tried[kind] += times


def leak(kind: str, what: str) -> None:
    """Something was told or changed that should not have been."""
    _leaks[kind].append(what)


def leaks(kind: str) -> list[str]:
    """What leaked through doors of a kind."""
    return _leaks[kind]


def lines() -> Iterator[str]:
    """One line a kind of door, in words."""
    for kind, doors in _doors.items():
        yield (
            f"access walk: {len(doors)} {kind}, {_tried[kind]} calls of roles × scopes, "
            f"{len(_leaks[kind])} leaks"
        )
