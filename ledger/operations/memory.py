"""Garbage collection of a server: start-up objects are frozen, full collections run when idle.

A full collection examines every object of the process: 0.1 to 0.3 s without any answer.
Streamlit asks for one after every run of a page; `.streamlit/config.toml` turns that off.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable

LOOK_SECONDS = 5.0
# Of one processor. Open pages ask now and then whether their session stands: that is rest, too.
REST_SHARE = 0.2
# Below so many seconds of work there is hardly anything to collect.
WORTH_SECONDS = 2.0


def set_start_aside() -> None:
    """Collect once, then keep what is left out of every later collection.

    Modules, declarations and compiled code live as long as the process. The second collection
    finds nothing; Python counts anew after it, so that a quarter of what is *not* set aside
    decides when its automatic full collection is due.
    """
    gc.collect()
    gc.freeze()
    gc.collect()


async def collect_at_rest(
    *,
    worked: Callable[[], float] = time.process_time,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    collect: Callable[[], object] = gc.collect,
) -> None:
    """Run a full collection whenever the process rests after work; ends when it is cancelled.

    Parameters
    ----------
    worked
        Processor time of this process so far, in seconds.
    pause
        Waits so many seconds.
    collect
        Does the collection.

    Notes
    -----
    A process that never rests is served by Python's automatic collection alone.
    """
    collected_at = before = worked()
    while True:
        await pause(LOOK_SECONDS)
        now = worked()
        rests = now - before <= REST_SHARE * LOOK_SECONDS
        if rests and now - collected_at >= WORTH_SECONDS:
            collect()
            collected_at = now = worked()
        before = now
