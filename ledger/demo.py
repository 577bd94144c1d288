"""Load the sample of `data.sample` the way real data comes in: through the same services."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.storage import Store


@dataclass(frozen=True)
class Demo:
    """What the demo holds, and whether this call put it there."""

    loaded: bool
    areas: int
    institutions: int
    users: int


def load_demo(store: Store) -> Demo:
    """Later."""
    raise NotImplementedError
