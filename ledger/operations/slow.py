"""Slow statements: the newest few, as the database was asked, without a single parameter."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event

from ledger.domain.settings import settings
from ledger.domain.timing import clock

KEPT = 50
_LONGEST = 600
# A literal that stands in the text of a statement is no parameter, but it is content all the same.
_LITERAL = re.compile(r"'(?:[^']|'')*'")
# What a transaction says first: nothing is looked for, it waits for whoever is saving.
_WAITING = re.compile(r"^BEGIN\b", re.IGNORECASE)
WAITED = "等待其他人保存完毕(BEGIN)"
_STARTED = "ledger_statement_started"

Observer = Callable[[float], None]


@dataclass(frozen=True)
class SlowStatement:
    """One statement that took long: when, how long in milliseconds, and its text."""

    at: datetime
    milliseconds: int
    statement: str


class SlowStatements:
    """The newest slow statements; the oldest is dropped when the buffer is full."""

    def __init__(self, kept: int = KEPT) -> None:
        self._ring: deque[SlowStatement] = deque(maxlen=kept)
        self._lock = Lock()

    def add(self, seconds: float, statement: str) -> None:
        """Keep the statement if it took ``slow_statement_milliseconds`` or more."""
        milliseconds = round(seconds * 1000)
        if milliseconds < settings().slow_statement_milliseconds:
            return
        found = SlowStatement(clock.now(), milliseconds, without_literals(statement))
        with self._lock:
            self._ring.append(found)

    def newest(self) -> list[SlowStatement]:
        """What is kept, the newest first."""
        with self._lock:
            return list(reversed(self._ring))

    def clear(self) -> None:
        with self._lock:
            self._ring.clear()


SLOW = SlowStatements()


def watch(engine: Engine, observe: Observer | None = None) -> None:
    """Time every statement of an engine; ``observe`` gets the seconds of each. Safe to repeat."""
    if getattr(engine, "ledger_watched", False):
        return
    engine.ledger_watched = True  # type: ignore[attr-defined]

    @event.listens_for(engine, "before_cursor_execute")
    def _before(connection: Connection, *_more: Any) -> None:
        connection.info[_STARTED] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _after(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        started = connection.info.pop(_STARTED, None)
        if started is None:
            return
        seconds = time.perf_counter() - started
        if observe is not None:
            observe(seconds)
        SLOW.add(seconds, statement)


def without_literals(statement: str) -> str:
    """A statement on one line, its quoted texts replaced by ``?``, cut to a readable length."""
    if _WAITING.match(statement):
        return WAITED
    line = " ".join(_LITERAL.sub("?", statement).split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
