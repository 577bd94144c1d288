"""Counting failed sign-ins in memory: by names that do not exist, and by address.

Failures of real users are counted in the database (`ledger.identity.accounts`). Names that do not
exist are counted here by the same rule, so that a lockout does not tell which names do. An address
that tries many names is held back as a whole, with a limit wide enough for an office behind one
proxy.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from ledger.settings import settings
from ledger.timing import clock

ADDRESS_FACTOR = 10
_MOST_KEYS = 10_000


@dataclass(frozen=True)
class _Count:
    failures: int
    since: datetime
    locked_until: datetime | None = None


class Failures:
    """Failures by some key; after ``limit_factor × lockout_failures`` the key has to wait."""

    def __init__(self, limit_factor: int = 1, *, forgets: bool = False) -> None:
        self._factor = limit_factor
        self._forgets = forgets
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._lock = Lock()

    def locked_until(self, key: str) -> datetime | None:
        """The end of the wait, or None if the key may try."""
        with self._lock:
            count = self._counts.get(key)
        until = count.locked_until if count else None
        return until if until is not None and clock.now() < until else None

    def add(self, key: str) -> datetime | None:
        """Count one failure; returns the end of the wait if it begins with this one."""
        now, wait = clock.now(), timedelta(minutes=settings().lockout_minutes)
        with self._lock:
            count = self._counts.pop(key, None)
            if count is None or self._is_over(count, now, wait):
                count = _Count(0, now)
            failures = count.failures + 1
            until = now + wait if failures >= self._factor * settings().lockout_failures else None
            self._counts[key] = _Count(failures, count.since, until)
            while len(self._counts) > _MOST_KEYS:
                self._counts.popitem(last=False)
        return until

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._counts.clear()

    def _is_over(self, count: _Count, now: datetime, wait: timedelta) -> bool:
        if count.locked_until is not None:
            return now >= count.locked_until
        return self._forgets and now - count.since > wait


UNKNOWN_NAMES = Failures()
ADDRESSES = Failures(ADDRESS_FACTOR, forgets=True)
