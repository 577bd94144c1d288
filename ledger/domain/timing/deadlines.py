"""The state of every clock that applies to a record.

The rules of reading a clock:

1. It starts with the first of its start fields that has a value; without one it has not started.
2. Its last day is found as :mod:`ledger.domain.timing.calendar` says: the first day not counted, a
last
   day off rolled on (if the office does), working days by the arrangement of the year. Hours run
   from the moment; where only the day is known they are rounded up to whole days and end with a
   day.
3. Days of a pause (a hearing, a transfer that was objected to) are not counted; while the end of a
   pause is not known the clock is suspended and has no last day.
4. An extension counts if it was approved no later than the last day of the period itself, up to
   the most the law allows (petition regulations, art. 34: 30 days).
5. The earliest of its stop fields stops it. Keeping it on the last day is in time. Once stopped it
   is done, in time or late, for good.
6. While open it is running, due soon (amber) within the days of warning, overdue (red) after. A
   right lapses instead. An open clock that a value or a state of the record makes pointless is left
   out.
7. A condition that unknown facts leave open counts as applying, and is marked *assumed*; an
   unknown fact never counts as "no".
8. How much is left is said in the clock's own unit. How late something is is said in calendar days
   since the last day, whatever the unit; within the last day of a clock in hours, in hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ledger.domain.timing.calendar import Calendar, office_day
from ledger.domain.timing.clocks import Clock, Clocks, Extension, Pause
from ledger.domain.timing.deadline import Deadline
from ledger.domain.timing.judged import Facts, Judging, Outcomes


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
        start = _first(record, clock.begins)
        stop = _earliest(record, clock.stops, start if clock.repeats else None)
        if stop is None and _is_pointless(clock, record):
            continue
        extension = _extension(clock.extension, record) if clock.extension else None
        pauses = _pauses(record, clock.pauses) if clock.pauses else ()
        facts = Facts(start, stop, extension, pauses, applies is None)
        found.append(judging.deadline(clock, facts))
    return tuple(found)


def next_deadline(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The open duty whose last day, or moment, comes first; so what is overdue comes first.

    None when nothing is open. Rights are not duties. The warning does not count: the record keeps
    this day, and it has to be the first one to pass however many days go by until the next save.
    """
    duties = [one for one in deadlines if one.running and not one.right]
    return min(duties, key=_urgency, default=None)


def _urgency(deadline: Deadline) -> tuple[date, float]:
    due = deadline.due
    assert due is not None  # noqa: S101 -- open clocks have started
    if isinstance(due, datetime):
        return (office_day(due), due.timestamp())
    # A day lasts until after every moment in it.
    return (due, float("inf"))


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


def _is_pointless(clock: Clock, record: Mapping[str, Any]) -> bool:
    """Whether an open clock is overtaken by a value or by the record's state."""
    if clock.dropped_by and _first(record, clock.dropped_by):
        return True
    state = record.get("state")
    return bool(clock.states) and state is not None and state not in clock.states


def _first(record: Mapping[str, Any], fields: tuple[str, ...]) -> date | datetime | None:
    """The first of the fields that has a value."""
    for name in fields:
        value = _value(record, name)
        if value is not None:
            return value
    return None


def _value(record: Mapping[str, Any], name: str) -> date | datetime | None:
    """The day or moment of a field, if it has one."""
    value = record.get(name)
    # NaN and NaT are blanks, and unlike everything else differ from themselves.
    if value is None or value != value:
        return None
    if not isinstance(value, date):
        raise ValueError(f"{name} should hold a date or a moment, got {value!r}")
    return value


def _earliest(
    record: Mapping[str, Any], fields: tuple[str, ...], since: date | datetime | None
) -> date | datetime | None:
    """The earliest of the fields, none before the day of ``since``; of one day, the moment."""
    found = []
    for name in fields:
        value = _value(record, name)
        if value is not None and (since is None or office_day(value) >= office_day(since)):
            found.append(value)
    return min(found, key=_order) if len(found) > 1 else found[0] if found else None


def _order(value: date | datetime) -> tuple[date, float]:
    moment = value.timestamp() if isinstance(value, datetime) else float("inf")
    return office_day(value), moment


def _pauses(
    record: Mapping[str, Any], pauses: tuple[Pause, ...]
) -> tuple[tuple[date, date | None], ...]:
    """First and last day of every pause that began, the last one None where it still lasts."""
    found = []
    for pause in pauses:
        begins, ends = _first(record, (pause.begins,)), _first(record, (pause.ends,))
        if begins is not None:
            found.append((office_day(begins), None if ends is None else office_day(ends)))
    return tuple(sorted(found, key=lambda one: one[0]))


def _extension(extension: Extension, record: Mapping[str, Any]) -> tuple[int, date | None] | None:
    """Days of extension and the day of approval (None: approved, the day unknown), if any."""
    days, approved = record.get(extension.days), record.get(extension.approved)
    if isinstance(days, bool) or not isinstance(days, int | float | Decimal) or not days > 0:
        return None
    if not approved or approved != approved:
        return None
    day = office_day(approved) if isinstance(approved, date) else None
    return int(min(days, extension.most)), day


@lru_cache(maxsize=4)
def _judging(clocks: Clocks, calendar: Calendar, on: date | datetime) -> Judging:
    """The `Judging` of a day, cached for the next records; the key uses the objects' identity."""
    return Judging(calendar, clocks.roll, on, _stopped(clocks, calendar))


@lru_cache(maxsize=2)
def _stopped(_clocks: Clocks, _calendar: Calendar) -> Outcomes:
    """The outcomes of stopped clocks under these clocks and this calendar, so far none."""
    return {}
