"""Run a service again when the database rolled its transaction back in favour of another.

PostgreSQL ends a deadlock or a serialisation failure (SQLSTATE 40P01, 40001) by rolling one of the
transactions back as a whole; the same transaction usually succeeds when it is run again. Services
that are one transaction carry `tried_again`, so that the user need not press 保存 twice. Only
`GaveWay` leads to a new try: after a lost connection it is unknown whether the commit succeeded,
and a refusal would be the same at the next try.

A service may be run again if its one transaction holds all that it changes: it writes no file,
changes no counter in memory and uses up no argument. tests/house/test_again.py lists the
exceptions.
"""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import ParamSpec, TypeVar

from ledger.storage.faults import GaveWay

TRIES = 6
# Pauses grow from about 20 ms to half a second: together less than two seconds.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
Given = ParamSpec("Given")
Result = TypeVar("Result")
_log = logging.getLogger(__name__)


@dataclass
class Counts:
    """How often services of this process were run again, and how often the last try failed too."""

    again: int = 0
    given_up: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def tried(self) -> None:
        with self._lock:
            self.again += 1

    def gave_up(self) -> None:
        with self._lock:
            self.given_up += 1


COUNTS = Counts()


def tried_again(service: Callable[Given, Result]) -> Callable[Given, Result]:
    """Run ``service`` up to `TRIES` times while the database rolls it back for another transaction.

    Within `ledger.storage.joined` nothing is tried again: the transaction belongs to the caller
    and is rolled back as a whole.

    Raises
    ------
    GaveWay
        If every try was rolled back; nothing was written.
    """

    @functools.wraps(service)
    def whole(*given: Given.args, **named: Given.kwargs) -> Result:
        for attempt in range(1, TRIES):
            try:
                return service(*given, **named)
            except GaveWay:
                COUNTS.tried()
                _log.warning("transaction undone by the database, trying again (%d)", attempt)
            time.sleep(_pause(attempt))
        try:
            return service(*given, **named)
        except GaveWay:
            COUNTS.gave_up()
            raise

    return whole


def _pause(attempt: int) -> float:
    """Seconds to wait before the next try, random so that two colliding services do not collide
    again."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 4 ** (attempt - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret, only not at once
