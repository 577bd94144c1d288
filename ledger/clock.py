"""The one place that asks for the time, so that tests can set it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The office's calendar day (Asia/Shanghai)."""
    return now().astimezone(OFFICE).date()


def local_text(moment: datetime) -> str:
    """A moment as the office reads it, e.g. ``2026-05-20 09:30``."""
    return moment.astimezone(OFFICE).strftime("%Y-%m-%d %H:%M")
