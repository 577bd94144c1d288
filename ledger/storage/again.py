"""A service whose transaction the database undid for the sake of another is run again.

PostgreSQL ends a deadlock or a serialisation failure (SQLSTATE 40P01, 40001) by undoing one of the
transactions as a whole; asked again, it is served. So that nobody has to press 保存 twice, services
that are one transaction carry `tried_again`. Only `GaveWay` is answered so: after a lost connection
nobody knows whether the commit came through, and after a refusal nothing would be different.

A service may be run again if all it leaves behind is in its one transaction: no file, no count in
memory, no argument that is used up. tests/house/test_again.py knows the few that are otherwise.
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
    """How often services of this process were run again, and how often in vain to the end."""

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
    """Run ``service`` up to `TRIES` times while the database undoes it for another transaction.

    Within `ledger.storage.joined` nothing is tried again: the transaction belongs to the caller,
    and is undone with everything that went before.

    Raises
    ------
    GaveWay
        If every try was undone; nothing was written then.
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
    """Seconds, different for each of those who got into each other's way."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 4 ** (attempt - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret, only not at once
