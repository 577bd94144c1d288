"""When the server collects garbage: never in the middle of work, once after it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from ledger.operations.memory import LOOK_SECONDS, collect_at_rest, set_start_aside


class Day:
    """A process whose work within each look is given; ends the loop when the day is over."""

    def __init__(self, *seconds: float) -> None:
        self.looks: Iterator[float] = iter(seconds)
        self.total = 0.0
        self.number = 0
        self.collected: list[int] = []

    async def pause(self, seconds: float) -> None:
        assert seconds == LOOK_SECONDS
        work = next(self.looks, None)
        if work is None:
            raise asyncio.CancelledError
        self.total += work
        self.number += 1

    def run(self) -> list[int]:
        """At which looks, counted from 1, the garbage was collected."""
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(
                collect_at_rest(
                    worked=lambda: self.total,
                    pause=self.pause,
                    collect=lambda: self.collected.append(self.number),
                )
            )
        return self.collected


@pytest.mark.parametrize(
    ("work", "collected"),
    [
        ((4, 4, 4), []),  # busy all the time
        ((4, 4, 0.1, 0.1, 0.1), [3]),  # once, as soon as it rests
        ((4, 0.1, 4, 0.1), [2, 4]),  # after each stretch of work
        ((0.5, 0.5, 0.5, 0.5, 0.5), [4]),  # many small pieces of work add up
        ((0.1, 0.1, 0.1), []),  # nothing was done
    ],
)
def test_garbage_is_collected_at_rest_after_work(
    work: tuple[float, ...], collected: list[int]
) -> None:
    assert Day(*work).run() == collected


def test_what_the_start_made_is_left_out_of_later_collections() -> None:
    kept = [[] for _ in range(1000)]
    set_start_aside()
    try:
        assert gc.get_freeze_count() > len(kept)
        assert not any(thing is kept[0] for thing in gc.get_objects())
    finally:
        gc.unfreeze()
