"""The only place that reads the time, so that tests and the sample can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")
_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Make `now` return ``moment`` within the block. Raises ValueError if it is not aware.

    Only for the sample's campaign and for tests, which run services at past moments. It applies to
    the thread or task that enters the block, not to others.
    """
    if moment.tzinfo is None:
        raise ValueError(f"needs a moment with a time zone, got {moment!r}")
    token = _pretended.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)


def today() -> date:
    """The office's calendar day (Asia/Shanghai)."""
    return now().astimezone(OFFICE).date()


def local_text(moment: datetime) -> str:
    """A moment as the office reads it, e.g. ``2026-05-20 09:30``."""
    return moment.astimezone(OFFICE).strftime("%Y-%m-%d %H:%M")
