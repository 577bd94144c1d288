"""One clock judged on one day: its period with pauses and extension, and where it stands in it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

from ledger.domain.timing.calendar import Calendar, add_hours, office_day
from ledger.domain.timing.clocks import Clock, Unit
from ledger.domain.timing.deadline import Deadline, State, days_late

_HOUR = 3600
_HOURS_A_DAY = 24
_DAY = timedelta(days=1)
_MOST_KEPT = 50_000


class Facts(NamedTuple):
    """All that one clock needs to know of a record."""

    start: date | datetime | None
    stop: date | datetime | None
    extension: tuple[int, date | None] | None
    pauses: tuple[tuple[date, date | None], ...]
    assumed: bool


# By the key of the clock and what it knows of the record.
Outcomes: TypeAlias = dict[tuple[str, Facts], Deadline]


class _Period(NamedTuple):
    """The end of a period, None while it is suspended; days of extension and of pauses in it."""

    due: date | datetime | None
    provisional: bool = False
    extended: int = 0
    paused: int = 0


class Judging:
    """Clocks judged on one day or at one moment, under one calendar.

    Records share their dates, and those of one import the moment in which they were made, so few
    outcomes serve many records. That of a stopped clock is the same on every day: ``stopped`` holds
    those of whole days, shared with the other days under the same clocks and calendar.
    """

    def __init__(
        self, calendar: Calendar, roll: bool, on: date | datetime, stopped: Outcomes
    ) -> None:
        self._calendar = calendar
        self._roll = roll
        self._on = on
        self._kept: Outcomes = {}
        self._stopped = stopped

    def deadline(self, clock: Clock, facts: Facts) -> Deadline:
        """The deadline of a clock, with its state."""
        key = (clock.key, facts)
        is_moment = isinstance(facts.start, datetime) or isinstance(facts.stop, datetime)
        kept = self._kept if facts.stop is None or is_moment else self._stopped
        deadline = kept.get(key)
        if deadline is None:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            deadline = kept[key] = self._judged(clock, facts)
        return deadline

    def _judged(self, clock: Clock, facts: Facts) -> Deadline:
        period = _Period(None) if facts.start is None else self._period(clock, facts, facts.start)
        state, days, hours = State.NOT_STARTED, None, None
        if period.due is not None:
            at = self._on if facts.stop is None else facts.stop
            days, hours = _left(clock.unit, period.due, at, self._calendar)
            state = _state(clock, days, hours, facts.stop is not None)
        elif facts.start is not None:
            state = State.SUSPENDED
        return Deadline(
            key=clock.key,
            label=clock.label,
            due=period.due,
            state=state,
            days=days,
            hours=hours,
            unit=clock.unit,
            basis=clock.basis,
            local=clock.local,
            provisional=period.provisional,
            extended=period.extended,
            paused=period.paused,
            assumed=facts.assumed,
            right=clock.right,
        )

    def _period(self, clock: Clock, facts: Facts, start: date | datetime) -> _Period:
        """The period as it is, with the extension if there is one that counts."""
        if clock.due:
            # A day that somebody set is not moved, even if it is a day off.
            period = _Period(office_day(start))
        else:
            period = self._lengthened(clock, facts, start, 0)
        days, approved = facts.extension or (0, None)
        if not days or period.due is None:
            return period
        if approved is not None and approved > office_day(period.due):
            return period
        return self._lengthened(clock, facts, start, days)

    def _lengthened(self, clock: Clock, facts: Facts, start: date | datetime, more: int) -> _Period:
        """The period lengthened by ``more`` days and by the pauses that fall into it."""
        day, not_counted, paused = office_day(start), 0, 0
        due, provisional = self._end(clock, start, more)
        for begins, ends in facts.pauses:
            first = max(begins, day + _DAY)
            if begins > office_day(due) or (ends is not None and ends < first):
                continue
            if ends is None:
                if facts.stop is None:
                    return _Period(None)
                ends = max(first, office_day(facts.stop))
            paused += (ends - first).days + 1
            if clock.unit is Unit.WORKING_DAYS:
                not_counted += self._calendar.working_days_between(first - _DAY, ends)
            else:
                not_counted = paused
            due, provisional = self._end(clock, start, more + not_counted)
        return _Period(due, provisional, more, paused)

    def _end(self, clock: Clock, start: date | datetime, more: int) -> tuple[date | datetime, bool]:
        """The end of a period lengthened by days of its unit (of hours: by whole days)."""
        if clock.unit is Unit.WORKING_DAYS:
            return self._calendar.add_working_days(office_day(start), clock.amount + more)
        if clock.unit is Unit.CALENDAR_DAYS:
            days = clock.amount + more
            return self._calendar.add_calendar_days(office_day(start), days, self._roll)
        hours = clock.amount + _HOURS_A_DAY * more
        if isinstance(start, datetime):
            return add_hours(start, hours), False
        days = -(-hours // _HOURS_A_DAY)
        return self._calendar.add_calendar_days(start, days, roll=False).date, False


def _left(
    unit: Unit, due: date | datetime, at: date | datetime, calendar: Calendar
) -> tuple[int, int | None]:
    """Days, and hours where both moments are known, from ``at`` to ``due``; negative when late."""
    hours = None
    due_day, day = office_day(due), office_day(at)
    if isinstance(due, datetime) and isinstance(at, datetime):
        hours = int((due - at).total_seconds() // _HOUR)
    if unit is Unit.WORKING_DAYS and day <= due_day:
        return calendar.working_days_between(day, due_day), hours
    return -days_late(due_day, day), hours


def _state(clock: Clock, days: int, hours: int | None, stopped: bool) -> State:
    late = days < 0 if hours is None else hours < 0
    if stopped:
        return State.DONE_LATE if late else State.DONE_IN_TIME
    if late:
        return State.LAPSED if clock.right else State.OVERDUE
    if clock.unit is not Unit.HOURS:
        soon = days <= clock.warn
    elif hours is None:
        soon = days * _HOURS_A_DAY <= clock.warn
    else:
        soon = hours < clock.warn
    return State.DUE_SOON if soon else State.RUNNING
