"""Where a record stands with every clock that applies to it.

The rules of reading a clock:

1. It starts with the first of its start fields that has a value; without one it has not started.
2. Its last day is found as :mod:`ledger.timing.calendar` says: the first day not counted, a last
day off rolled on (if the office does), working days by the arrangement of the year. Hours run from
the moment; where only the day is known they are rounded up to whole days and end with a day. 3. An
extension counts if it was approved no later than the last day of the period itself, up to the most
the law allows (petition regulations, art. 34: 30 days). 4. Keeping it on the last day is in time.
Once stopped it is done, in time or late, for good. 5. While open it is running, due soon (amber)
within the days of warning, overdue (red) after. A right lapses instead, and a value that makes the
clock pointless takes it off the list. 6. A condition that unknown facts leave open counts as
applying, and is marked *assumed*; an unknown fact never counts as "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from ledger.timing.calendar import Calendar, Due, add_hours, office_day
from ledger.timing.clocks import Clock, Clocks, Extension, Unit


class State(StrEnum):
    """Where a clock stands: stored key and Chinese label."""

    label: str

    def __new__(cls, key: str, label: str) -> State:
        """A text with a label beside it."""
        state = str.__new__(cls, key)
        state._value_ = key
        state.label = label
        return state

    DONE_IN_TIME = ("done_in_time", "按期完成")
    DONE_LATE = ("done_late", "超期完成")
    RUNNING = ("running", "办理中")
    DUE_SOON = ("due_soon", "即将到期")
    OVERDUE = ("overdue", "已超期")
    LAPSED = ("lapsed", "期限已过")
    NOT_STARTED = ("not_started", "未起算")


# Open states, the most urgent first.
_URGENCY = {State.OVERDUE: 0, State.DUE_SOON: 1, State.RUNNING: 2}
_LATE = (State.OVERDUE, State.DONE_LATE)
_HOUR = 3600
_HOURS_A_DAY = 24
_SHOWN_IN_HOURS = 48
_MOST_KEPT = 50_000


class Deadline(NamedTuple):
    """One clock of one record.

    Attributes
    ----------
    due : date, datetime or None
        The last day, or the last moment of a clock in hours; None before it has started.
    days : int or None
        Days left (0 on the last one) or, negative, days over; of a stopped clock, how early or
        late it was stopped. Working days where ``unit`` says so, else calendar days; a day begun
        late counts, so being late is never 0.
    hours : int or None
        The same in whole hours where both moments are known: 3 when 3 hours and more are left, -1
        in the first hour over.
    extended : int
        Days by which an approved extension lengthened the period.
    provisional : bool
        A holiday arrangement not announced yet could move ``due`` (节假日安排未公布).
    assumed : bool
        Unknown facts leave open whether the clock applies at all.
    right : bool
        Somebody's right, not the office's duty.
    """

    key: str
    label: str
    due: date | datetime | None
    state: State
    days: int | None
    hours: int | None
    unit: Unit
    basis: str
    local: bool
    provisional: bool
    extended: int
    assumed: bool
    right: bool

    @property
    def text(self) -> str:
        """The state in words, e.g. ``剩 3 个工作日``, ``超期 2 天``, ``今天到期``."""
        if self.days is None or self.state in (State.DONE_IN_TIME, State.LAPSED):
            return self.state.label
        if self.state in _LATE:
            return f"超期 {self._amount()}" + ("完成" if self.state is State.DONE_LATE else "")
        if self.days == 0 and self.hours is None:
            return "今天到期"
        return "不足 1 小时" if self.hours == 0 else f"剩 {self._amount()}"

    def _amount(self) -> str:
        if self.hours is not None and abs(self.hours) <= _SHOWN_IN_HOURS:
            return f"{abs(self.hours)} {Unit.HOURS.label}"
        unit = Unit.CALENDAR_DAYS if self.unit is Unit.HOURS else self.unit
        return f"{abs(self.days or 0)} {unit.label}"


def deadlines_of(
    ledger: str,
    record: Mapping[str, Any],
    clocks: Clocks,
    calendar: Calendar,
    *,
    on: date | datetime,
) -> tuple[Deadline, ...]:
    """Every clock of the ledger that applies to the record, in the order of the file.

    Parameters
    ----------
    ledger : str
        Key of the ledger.
    record : mapping
        Its fields; dates are ``date``, moments ``datetime`` with a time zone. ``None``, NaN, NaT or
        a missing key is a blank.
    on : date or datetime
        The day or moment to judge by. By a day alone, a clock in hours is overdue the day after.

    Raises
    ------
    ValueError
        For a moment without a time zone, or a field that holds neither a date nor a moment.
    """
    found = []
    judging = _judging(clocks, calendar, on)
    answers: dict[str, bool | None] = {}
    for clock in clocks.by_ledger.get(ledger, ()):
        applies = _applies(clock, record, answers)
        if applies is False:
            continue
        stop = _first(record, clock.stops)
        if stop is None and clock.dropped_by and _first(record, clock.dropped_by):
            continue
        start = _first(record, clock.begins)
        extension = _extension(clock.extension, record) if clock.extension else None
        found.append(judging.deadline(clock, _Facts(start, stop, extension, applies is None)))
    return tuple(found)


def next_deadline(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The most urgent open duty: overdue before due soon before running, then the earliest.

    None when nothing is open. Rights are not duties.
    """
    duties = [one for one in deadlines if one.state in _URGENCY and not one.right]
    return min(duties, key=_urgency, default=None)


def lateness_points(deadline: Deadline, clocks: Clocks) -> Decimal:
    """Points that a late clock costs so far under the office's own rules; 0 where none are set."""
    clock = clocks.by_key[deadline.key]
    if not clock.points or deadline.state not in _LATE or deadline.days is None:
        return Decimal(0)
    reached = [step.points for step in clocks.lateness if step.over_days <= -deadline.days]
    return reached[-1] if reached else Decimal(0)


def _urgency(deadline: Deadline) -> tuple[int, date, float]:
    due = deadline.due
    assert due is not None  # noqa: S101 -- open clocks have started
    if isinstance(due, datetime):
        return (_URGENCY[deadline.state], office_day(due), due.timestamp())
    # A day lasts until after every moment in it.
    return (_URGENCY[deadline.state], due, float("inf"))


def _applies(
    clock: Clock, record: Mapping[str, Any], answers: dict[str, bool | None]
) -> bool | None:
    """Yes, no, or None where unknown facts leave it open and it therefore counts.

    ``answers`` keeps what the record's conditions said: several clocks share one.
    """
    condition = clock.condition
    if condition is None:
        return True
    if condition.text not in answers:
        answers[condition.text] = condition.holds(record)
    holds = answers[condition.text]
    return False if holds is None and clock.only_if_known else holds


def _first(record: Mapping[str, Any], fields: tuple[str, ...]) -> date | datetime | None:
    """The first of the fields that has a value."""
    for name in fields:
        value = record.get(name)
        # NaN and NaT are blanks, and unlike everything else differ from themselves.
        if value is None or value != value:
            continue
        if not isinstance(value, date):
            raise ValueError(f"{name} should hold a date or a moment, got {value!r}")
        return value
    return None


def _extension(extension: Extension, record: Mapping[str, Any]) -> tuple[int, date | None] | None:
    """Days of extension and the day of approval (None: approved, the day unknown), if any."""
    days, approved = record.get(extension.days), record.get(extension.approved)
    if isinstance(days, bool) or not isinstance(days, int | float | Decimal) or not days > 0:
        return None
    if not approved or approved != approved:
        return None
    day = office_day(approved) if isinstance(approved, date) else None
    return int(min(days, extension.most)), day


class _Facts(NamedTuple):
    """All that one clock needs to know of a record."""

    start: date | datetime | None
    stop: date | datetime | None
    extension: tuple[int, date | None] | None
    assumed: bool


class _Judging:
    """Clocks judged on one day or at one moment, under one calendar.

    Records share their dates, so few outcomes serve many records; those that hang on a moment are
    not kept.
    """

    def __init__(self, calendar: Calendar, roll: bool, on: date | datetime) -> None:
        self._calendar = calendar
        self._roll = roll
        self._on = on
        self._kept: dict[tuple[str, _Facts], Deadline] = {}

    def deadline(self, clock: Clock, facts: _Facts) -> Deadline:
        """Where the clock stands."""
        key = (clock.key, facts)
        deadline = self._kept.get(key)
        if deadline is None:
            deadline = self._judged(clock, facts)
            if not isinstance(facts.start, datetime) and not isinstance(facts.stop, datetime):
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = deadline
        return deadline

    def _judged(self, clock: Clock, facts: _Facts) -> Deadline:
        due, provisional, extended = self._due(clock, facts)
        state, days, hours = State.NOT_STARTED, None, None
        if due is not None:
            at = self._on if facts.stop is None else facts.stop
            days, hours = _left(clock.unit, due, at, self._calendar)
            state = _state(clock, days, hours, facts.stop is not None)
        return Deadline(
            key=clock.key,
            label=clock.label,
            due=due,
            state=state,
            days=days,
            hours=hours,
            unit=clock.unit,
            basis=clock.basis,
            local=clock.local,
            provisional=provisional,
            extended=extended,
            assumed=facts.assumed,
            right=clock.right,
        )

    def _due(self, clock: Clock, facts: _Facts) -> tuple[date | datetime | None, bool, int]:
        """The end of the period, whether it is provisional, and the days of extension in it."""
        start = facts.start
        if start is None:
            return None, False, 0
        if clock.unit is Unit.HOURS:
            return self._end_of_hours(start, clock.amount), False, 0
        day = office_day(start)
        # A day that somebody set is not moved, even if it is a day off.
        due = Due(day, False) if clock.due else self._end(day, clock.amount, clock.unit)
        days, approved = facts.extension or (0, None)
        if not days or (approved is not None and approved > due.date):
            return due.date, due.provisional, 0
        due = self._end(day, clock.amount + days, clock.unit)
        return due.date, due.provisional, days

    def _end_of_hours(self, start: date | datetime, hours: int) -> date | datetime:
        if isinstance(start, datetime):
            return add_hours(start, hours)
        days = -(-hours // _HOURS_A_DAY)
        return self._calendar.add_calendar_days(start, days, roll=False).date

    def _end(self, start: date, days: int, unit: Unit) -> Due:
        if unit is Unit.WORKING_DAYS:
            return self._calendar.add_working_days(start, days)
        return self._calendar.add_calendar_days(start, days, self._roll)


@lru_cache(maxsize=4)
def _judging(clocks: Clocks, calendar: Calendar, on: date | datetime) -> _Judging:
    """Kept for the next record of the same run; clocks and calendars are known by identity."""
    return _Judging(calendar, clocks.roll, on)


def _left(
    unit: Unit, due: date | datetime, at: date | datetime, calendar: Calendar
) -> tuple[int, int | None]:
    """Days, and hours where both moments are known, from ``at`` to ``due``; negative when late."""
    hours = None
    due_day, day = office_day(due), office_day(at)
    if isinstance(due, datetime) and isinstance(at, datetime):
        hours = int((due - at).total_seconds() // _HOUR)
    late = day > due_day if hours is None else hours < 0
    if unit is Unit.WORKING_DAYS:
        days = calendar.working_days_between(day, due_day)
    else:
        days = due_day.toordinal() - day.toordinal()
    return (min(days, -1) if late else days), hours


def _state(clock: Clock, days: int, hours: int | None, stopped: bool) -> State:
    if stopped:
        return State.DONE_LATE if days < 0 else State.DONE_IN_TIME
    if days < 0:
        return State.LAPSED if clock.right else State.OVERDUE
    if clock.unit is not Unit.HOURS:
        soon = days <= clock.warn
    elif hours is None:
        soon = days * _HOURS_A_DAY <= clock.warn
    else:
        soon = hours < clock.warn
    return State.DUE_SOON if soon else State.RUNNING
