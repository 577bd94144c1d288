"""The diary of a campaign that is played: what is done on which day, by which role.

A day's work is done as an office does it: what came in is registered, then every record that is
due goes one step further, then what needs a decision of its own. All of one role and ledger is one
save. What falls on a day off is done on the next working day; what lies after the last day is not
done at all, and so the newest records are found half way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

import numpy as np

from ledger.casework.steps import Move, take_steps
from ledger.domain.access import Actor, Role
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import Calendar
from ledger.domain.timing.clock import OFFICE
from ledger.records.bulk import create_many
from ledger.records.service import Edit, get, save
from ledger.storage import Store

T = TypeVar("T")
_CLOSING_TIME = time(17, 30)
_SORTING_DAYS = (1, 4)


class Dice:
    """Seeded choices; the same seed plays the same campaign."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self.rng.integers(len(items)))]

    def weighted(self, shares: Mapping[T, float]) -> T:
        weights = np.array(list(shares.values()), dtype=float)
        return list(shares)[int(self.rng.choice(len(weights), p=weights / weights.sum()))]

    def number(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return int(self.rng.integers(least, most, endpoint=True))

    def delay(self, usual: tuple[int, int], late: tuple[int, int], share: float) -> int:
        """Days that something takes: mostly the usual range, in a share of cases too long."""
        return self.number(*(late if self.chance(share) else usual))


@dataclass(eq=False)
class Case:
    """A record of the campaign: its values when it is registered, then where it stands.

    ``notes`` are what the players remember of it.
    """

    ledger: str
    values: dict[str, Any]
    id: int = 0
    number: str = ""
    version: int = 0
    state: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def registered(self) -> bool:
        return self.id > 0


@dataclass(frozen=True)
class _Step:
    case: Case
    key: str
    values: Mapping[str, Any]
    reason: str


@dataclass
class _Day:
    registrations: dict[tuple[Role, str], list[Case]] = field(
        default_factory=lambda: defaultdict(list)
    )
    steps: dict[tuple[Role, str], list[_Step]] = field(default_factory=lambda: defaultdict(list))
    errands: list[Callable[[], None]] = field(default_factory=list)


class Diary:
    """Everything that is to be done, by day; `play` does it, the oldest day first."""

    def __init__(
        self,
        store: Store,
        actors: Mapping[Role, Actor],
        calendar: Calendar,
        start: date,
        now: datetime,
    ) -> None:
        self.store, self.actors = store, actors
        self.start, self._now = start, now
        self.end = now.astimezone(OFFICE).date()
        self._calendar = calendar
        self.last_day = self.end  # on which the office works
        while not calendar.is_working_day(self.last_day):
            self.last_day -= timedelta(days=1)
        self._days: dict[date, _Day] = defaultdict(_Day)
        self._busy: set[tuple[int, date]] = set()

    def office_day(self, day: date) -> date:
        """The day itself or the next one on which the office works."""
        return self._calendar.add_working_days(day, 0).date

    def sorting_day(self, day: date, daily: bool) -> date:
        """The day or the next one on which such work is done."""
        day = self.office_day(day)
        while not daily and day.weekday() not in _SORTING_DAYS:
            day = self.office_day(day + timedelta(days=1))
        return day

    def register(self, day: date, role: Role, case: Case) -> date:
        """Enter a record on a day; returns the day on which that is done."""
        day = self.office_day(day)
        self._days[day].registrations[role, case.ledger].append(case)
        self._busy.add((id(case), day))
        return day

    def step(
        self,
        day: date,
        role: Role,
        case: Case,
        key: str,
        values: Mapping[str, Any] | None = None,
        reason: str = "",
    ) -> date:
        """Take a case one step further, on a day of its own; returns that day.

        Petitions are handled by the office every day, all else on the days of sorting (Tuesdays
        and Fridays). Values that are called are asked for on that day.
        """
        daily = case.ledger == "petitions" and role is Role.OFFICE_STAFF
        day = self.sorting_day(day, daily)
        while (id(case), day) in self._busy:
            day = self.sorting_day(day + timedelta(days=1), daily)
        self._busy.add((id(case), day))
        self._days[day].steps[role, case.ledger].append(_Step(case, key, values or {}, reason))
        return day

    def errand(self, day: date, work: Callable[[], None]) -> date:
        """Something else to be done on a day, after the steps."""
        day = self.office_day(day)
        self._days[day].errands.append(work)
        return day

    def edit(self, day: date, role: Role, case: Case, values: Mapping[str, Any]) -> date:
        """Fill in fields of a case that no step asks for."""

        def work() -> None:
            if not case.registered:
                return
            row = get(self.store, self.actors[role], case.ledger, case.id)
            edit = Edit(case.id, row["version"], values)
            save(self.store, self.actors[role], case.ledger, [edit])
            case.version = self.version_of(case)

        return self.errand(day, work)

    def version_of(self, case: Case) -> int:
        """The version as it stands now."""
        row = get(self.store, self.actors[Role.OFFICE_STAFF], case.ledger, case.id)
        return int(row["version"])

    def play(self, progress: Callable[[float], None] | None = None) -> None:
        """Do everything up to the last day; work may add to later days while it is played."""
        whole = max(1, (self.end - self.start).days)
        while days := [day for day in self._days if day <= self.end]:
            today = min(days)
            with clock.pretend(self.moment(today)):
                self._play_day(self._days.pop(today))
            if progress is not None:
                progress((today - self.start).days / whole)

    def moment(self, day: date) -> datetime:
        """Closing time of a day, but never later than now."""
        return min(datetime.combine(day, _CLOSING_TIME, OFFICE), self._now)

    def _play_day(self, day: _Day) -> None:
        for (role, ledger), cases in day.registrations.items():
            rows = [_resolved(case.values) for case in cases]
            for case, added in zip(
                cases, create_many(self.store, self.actors[role], ledger, rows), strict=True
            ):
                case.id, case.number, case.version = added.id, added.number, added.version
        for (role, ledger), steps in day.steps.items():
            ready = [step for step in steps if step.case.registered]
            moves = [
                Move(s.case.id, s.case.version, s.key, _resolved(s.values), s.reason) for s in ready
            ]
            for step, standing in zip(
                ready, take_steps(self.store, self.actors[role], ledger, moves), strict=True
            ):
                step.case.version, step.case.state = standing.version, standing.state
        for work in day.errands:
            work()


def _resolved(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they stand today: another case stands for its number, if it has one by now."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Case):
            found[key] = value.number or None
        else:
            found[key] = value() if callable(value) else value
    return found
