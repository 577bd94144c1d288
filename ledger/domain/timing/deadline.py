"""A deadline: the state of one clock of one record, and its words."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from geo.labelled import Labelled
from ledger.domain.timing.clocks import Unit

_SHOWN_IN_HOURS = 48


class State(Labelled):
    """The state of a clock: stored key and Chinese label."""

    DONE_IN_TIME = ("done_in_time", "按期完成")
    DONE_LATE = ("done_late", "超期完成")
    RUNNING = ("running", "办理中")
    DUE_SOON = ("due_soon", "即将到期")
    OVERDUE = ("overdue", "已超期")
    LAPSED = ("lapsed", "期限已过")
    NOT_STARTED = ("not_started", "未起算")
    SUSPENDED = ("suspended", "暂停计时")


_OPEN = (State.OVERDUE, State.DUE_SOON, State.RUNNING)
LATE = (State.OVERDUE, State.DONE_LATE)


class Deadline(NamedTuple):
    """One clock of one record.

    Attributes
    ----------
    due : date, datetime or None
        The last day, or the last moment of a clock in hours; None before it has started.
    days : int or None
        Days left (0 on the last one) or, negative, days over; of a stopped clock, how early or
        late it was stopped. Days left are working days where ``unit`` says so; days over are
        always calendar days (`days_late`): 0 on the last day of a clock in hours that ran out.
    hours : int or None
        The same in whole hours where both moments are known: 3 when 3 hours and more are left, -1
        in the first hour over.
    extended : int
        Days by which an approved extension lengthened the period.
    paused : int
        Calendar days within the period that are not counted.
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
    paused: int
    assumed: bool
    right: bool

    @property
    def running(self) -> bool:
        """Whether it is open and counts: somebody still has to stop it, or may."""
        return self.state in _OPEN

    @property
    def text(self) -> str:
        """The state in words, e.g. ``剩 3 个工作日``, ``超期 2 天``, ``今天到期``."""
        if self.days is None or self.state in (State.DONE_IN_TIME, State.LAPSED):
            return self.state.label
        if self.state in LATE:
            return f"超期 {self._over()}" + ("完成" if self.state is State.DONE_LATE else "")
        if self.days == 0 and self.hours is None:
            return "今天到期"
        return "不足 1 小时" if self.hours == 0 else f"剩 {self._amount()}"

    def _over(self) -> str:
        """Calendar days late; hours where its last day is not over."""
        if self.days == 0 and self.hours is not None:
            return f"{-self.hours} {Unit.HOURS.label}"
        return late_words(self.days or 0)

    def _amount(self) -> str:
        if self.hours is not None and abs(self.hours) <= _SHOWN_IN_HOURS:
            return f"{abs(self.hours)} {Unit.HOURS.label}"
        unit = Unit.CALENDAR_DAYS if self.unit is Unit.HOURS else self.unit
        return f"{abs(self.days or 0)} {unit.label}"


def days_late(due_on: date, day: date) -> int:
    """How late something is on a day, or was that was done on it: calendar days since its last
    day, 0 or less while it is not late. The one definition for lists, bulletins and figures.
    """
    return day.toordinal() - due_on.toordinal()


def late_words(days: int) -> str:
    """A number of days in words, without its sign: ``525 天``."""
    return f"{abs(days)} {Unit.CALENDAR_DAYS.label}"
