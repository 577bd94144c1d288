"""Short ways to write records and days for the tests of deadlines.

Of 2026 these days matter: Spring Festival 15 to 23 February (Saturdays 14 and 28 worked), Labour
Day 1 to 5 May, National Day 1 to 7 October (Saturday 10 worked). 2027 is not announced.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ledger.domain.timing.calendar import Calendar, calendar_with
from ledger.domain.timing.clock import OFFICE
from ledger.domain.timing.deadline import Deadline, State
from ledger.domain.timing.deadlines import deadlines_of
from tests.shipped_rules import shipped_clocks

CLOCKS = shipped_clocks()
CALENDAR = calendar_with()


def d(text: str) -> date:
    """A day of 2026 written ``09-16``, or any written in full."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def at(text: str) -> datetime:
    """A moment of 2026 in the office, written ``09-30 17:30``."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=OFFICE)


def found(
    ledger: str, record: dict[str, Any], on: date | datetime, calendar: Calendar = CALENDAR
) -> dict[str, Deadline]:
    """Deadlines by key."""
    return {one.key: one for one in deadlines_of(ledger, record, CLOCKS, calendar, on=on)}


def petition(**fields: Any) -> dict[str, Any]:
    """A request by letter; fields that are dates may be written short."""
    dates = {key: d(value) if key.endswith("_on") else value for key, value in fields.items()}
    return {"kind": "request", "channel": "letter", **dates}


RUNNING, SOON, OVER = State.RUNNING, State.DUE_SOON, State.OVERDUE
IN_TIME, LATE, LAPSED, NOT_STARTED = (
    State.DONE_IN_TIME,
    State.DONE_LATE,
    State.LAPSED,
    State.NOT_STARTED,
)
