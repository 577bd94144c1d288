"""A process that runs for weeks begins each day, also after one that failed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from ledger.domain.timing import clock
from ledger.operations.days import begin_each_day, seconds_to_next_day


class Enough(Exception):
    """Raised by the pause."""


def test_each_day_is_begun_after_midnight_of_the_office(monkeypatch: pytest.MonkeyPatch) -> None:
    evening = datetime(2026, 5, 20, 15, 30, tzinfo=UTC)  # half past eleven at night in the office
    monkeypatch.setattr(clock, "now", lambda: evening)
    waited: list[float] = []
    begun: list[int] = []

    async def pause(seconds: float) -> None:
        if len(waited) == 2:
            raise Enough
        waited.append(seconds)

    def begin() -> None:
        begun.append(1)
        if len(begun) == 1:
            raise OSError("the database is away")

    with pytest.raises(Enough):
        asyncio.run(begin_each_day(begin, pause=pause))
    assert seconds_to_next_day() == 31 * 60
    assert (waited, len(begun)) == ([1860.0, 1860.0], 2)
