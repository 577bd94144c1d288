"""The time of each session's last request, written to the database at most once a minute.

A separate thread writes, so that no request waits for another person's long import. Until then
the newer time is only in memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from ledger.domain.timing import clock

WRITE_EVERY = timedelta(minutes=1)
_MOST_KEYS = 10_000


@dataclass(frozen=True)
class _Mark:
    seen: datetime
    written: datetime


class Presence:
    """The last request of each session, by session key; at most `_MOST_KEYS` are kept."""

    def __init__(self) -> None:
        self._marks: OrderedDict[str, _Mark] = OrderedDict()
        self._lock = Lock()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="presence")

    def last(self, key: str, stored: datetime) -> datetime:
        """The later of ``stored`` (the database's time) and the time in memory."""
        with self._lock:
            mark = self._marks.get(key)
        return max(stored, mark.seen) if mark else stored

    def mark(
        self, key: str, stored: datetime, write: Callable[[str, datetime], None]
    ) -> Future[None] | None:
        """Note a request now; if a write is due, call ``write(key, now)`` in the thread.

        Returns the pending write, or None.
        """
        now = clock.now()
        with self._lock:
            known = self._marks.pop(key, None)
            written = max(known.written, stored) if known else stored
            due = now - written >= WRITE_EVERY
            self._marks[key] = _Mark(now, now if due else written)
            while len(self._marks) > _MOST_KEYS:
                self._marks.popitem(last=False)
        return self._writer.submit(write, key, now) if due else None
