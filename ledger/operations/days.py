"""What is due when a day begins, in a process that runs for weeks.

A server with timers does it by `ledger-recount.timer` too; whoever comes second finds it done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

from ledger.domain.timing import clock
from ledger.records.area_turns import turn
from ledger.records.recounting import recount
from ledger.storage import Store

# After midnight, so that no clock that is a little slow still counts the old day.
_AFTER_MIDNIGHT = timedelta(minutes=1)


def begin_day(store: Store) -> None:
    """Assign records to areas that begin or end today, and count what changes by the day."""
    turn(store)
    recount(store)


async def begin_each_day(
    begin: Callable[[], object],
    *,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call ``begin`` in a thread shortly after each midnight of the office, until cancelled.

    A day that cannot be begun is logged; the next one is begun all the same.
    """
    while True:
        await pause(seconds_to_next_day())
        try:
            await asyncio.to_thread(begin)
        except Exception:
            logging.getLogger("pages").exception("the day could not be begun")


def seconds_to_next_day() -> float:
    """How long until the office's next day has begun."""
    now = clock.now()
    midnight = datetime.combine(clock.today() + timedelta(days=1), time(), clock.OFFICE)
    return (midnight + _AFTER_MIDNIGHT - now).total_seconds()
