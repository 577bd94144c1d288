"""Limit how many runs of pages work at the same time, because more slow each other down.

Python runs one thread at a time. SQLite releases the interpreter lock at every row, and each return
from it waits up to 5 ms (`sys.getswitchinterval`): twenty runs at once took seconds each, with the
processor idle half of the time. One after another, each takes as long as it takes alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 2
# Work that lasts is no reason for others to wait: after so many seconds a run goes on beside them.
TURN_SECONDS = 0.5


class Turns:
    """Lets ``at_once`` blocks of code run at a time, each for ``seconds`` before others join it."""

    def __init__(self, at_once: int = AT_ONCE, seconds: float = TURN_SECONDS) -> None:
        self._at_once, self._seconds = at_once, seconds
        self._changed = threading.Condition()
        self._until: dict[int, float] = {}
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and keep it within the block; a block within a block needs no other."""
        if getattr(self._mine, "held", False):
            yield
            return
        self._wait(threading.get_ident())
        self._mine.held = True
        try:
            yield
        finally:
            self._mine.held = False
            self.leave()

    def leave(self) -> None:
        """Give the turn back before the block ends: what follows waits for something else."""
        with self._changed:
            if self._until.pop(threading.get_ident(), None) is not None:
                self._changed.notify()

    def _wait(self, me: int) -> None:
        with self._changed:
            while len(self._until) >= self._at_once:
                now = time.monotonic()
                over = [one for one, until in self._until.items() if until <= now]
                for one in over:
                    del self._until[one]
                if not over:
                    self._changed.wait(min(self._until.values()) - now)
            self._until[me] = time.monotonic() + self._seconds


runs = Turns()
"""The runs of all pages of this process."""
