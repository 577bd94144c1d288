"""The declaration of a clock: start, end, length, law and condition.

Clocks are data (``data/rules/deadlines.toml``, read by :mod:`ledger.domain.timing.clockfile`).
Those that a law sets say which article; all others are local and may be rewritten by the office.
Applying them to a record is the subject of :mod:`ledger.domain.timing.deadlines`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from geo.labelled import Labelled
from ledger.domain.tiers import RuleError
from ledger.domain.tiers.binding import Scope, bind
from ledger.domain.tiers.errors import nearest
from ledger.domain.tiers.evaluation import Program
from ledger.domain.tiers.expression import parse
from ledger.domain.tiers.facts import reader
from ledger.domain.tiers.kleene import Truth
from ledger.domain.tiers.strict_tables import StrictTable, Text, needed
from ledger.domain.tiers.syntax import uses

# The end of a name in a condition that asks whether a column has a value.
GIVEN = "_given"
_MOST_KEPT = 4_096
LONGEST_DAYS, LONGEST_EXTENSION = 3650, 365


class Unit(Labelled):
    """What a period is counted in: stored key and Chinese label."""

    CALENDAR_DAYS = ("calendar_days", "天")
    WORKING_DAYS = ("working_days", "个工作日")
    HOURS = ("hours", "小时")


class Condition:
    """When a clock applies, in the language of the tier rules: yes, no or unknown.

    ``way_given`` says whether the column ``way`` has a value: yes or no, never unknown.
    """

    def __init__(self, text: str, where: str) -> None:
        tree = bind(parse(text, where), Scope({}, frozenset(), where))
        self.text = text
        self.where = where
        used = tuple(uses(tree))
        self.uses = tuple(use for use in used if not use.name.endswith(GIVEN))
        self.given = tuple(use.name for use in used if use.name.endswith(GIVEN))
        self._readers = [(use.name, reader(use.type, None)) for use in self.uses]
        self._program = Program({where: tree})
        self._given = [(name, name.removesuffix(GIVEN)) for name in self.given]
        self._kept: dict[tuple[Any, ...], Truth] = {}

    def holds(self, record: Mapping[str, Any]) -> Truth:
        """Whether it holds for a record; a blank or missing field is unknown, never no.

        The fields of conditions have few different values, so the answers are kept.
        """
        told = [record.get(name) for name, _ in self._readers]
        given = [_is_given(record.get(name)) for _, name in self._given]
        key = (*told, *map(type, told), *given)  # 1 and True are equal, but not the same
        if key in self._kept:
            return self._kept[key]
        values: dict[str, Any] = {
            name: read(value) for (name, read), value in zip(self._readers, told, strict=True)
        }
        values |= {name: known for (name, _), known in zip(self._given, given, strict=True)}
        self._program.run(values)
        answer: Truth = values[self.where]
        if len(self._kept) < _MOST_KEPT:
            self._kept[key] = answer
        return answer


def _is_given(value: Any) -> bool:
    """NaN and NaT are blanks, and unlike everything else differ from themselves."""
    return value is not None and value == value and value != ""


class Extension(StrictTable):
    """Where the record says by how many days the period was extended, and that it was approved.

    ``approved`` holds the day of approval (one after the period had run out changes nothing), or
    anything true. More than ``most`` days count as ``most``.
    """

    places = ("{outer} 的 extension",)

    days: Text = needed("延长天数的列")
    approved: Text = needed("批准日期的列")
    most: int = needed("最多延长几日", "30", ge=1, le=LONGEST_EXTENSION)


class Pause(StrictTable):
    """Days on which a clock stands still: from the day in ``begins`` to the one in ``ends``, both
    included. While ``ends`` is blank the clock is suspended.
    """

    places = ("{outer} 的第 {number} 个 pauses",)

    begins: Text = needed("暂停开始的列")
    ends: Text = needed("暂停结束的列")


@dataclass(frozen=True)
class Clock:
    """One period that the office must, or somebody may, keep.

    It runs from the first of ``starts`` that has a value, for ``amount`` in ``unit``, or else to
    the day that stands in the field ``due``; the earliest of ``stops`` ends it. With ``repeats`` it
    can start anew: a stop before the start belongs to the time before. ``warn`` is in ``unit``.

    While it is not stopped, a value in one of ``dropped_by`` makes it pointless, and so does a
    state of the record other than those of ``states`` (empty: every state). During ``pauses`` it
    stands still.

    A ``right`` (to object, to ask for review) lapses; it is never overdue. With ``only_if_known``
    an unknown condition counts as no. ``local`` is true where no national rule sets the period.
    """

    key: str
    ledger: str
    label: str
    basis: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    dropped_by: tuple[str, ...]
    states: tuple[str, ...]
    pauses: tuple[Pause, ...]
    repeats: bool
    due: str
    amount: int
    unit: Unit
    warn: int
    extension: Extension | None
    condition: Condition | None = field(compare=False)
    only_if_known: bool
    right: bool
    local: bool
    profile: str

    @property
    def where(self) -> str:
        """The clock's name in error messages."""
        return f"期限 {self.key}"

    @cached_property
    def begins(self) -> tuple[str, ...]:
        """The fields without which it has not started."""
        return (self.due,) if self.due else self.starts

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of the record it reads, but those of its condition."""
        extension = (self.extension.days, self.extension.approved) if self.extension else ()
        paused = (name for pause in self.pauses for name in (pause.begins, pause.ends))
        return (*self.begins, *self.stops, *self.dropped_by, *extension, *paused)


@dataclass(frozen=True, eq=False)
class Clocks:
    """All clocks of a file, of which those of one local ``profile`` are in force.

    ``roll``: whether periods in calendar days that end on a day off move to the next working day.
    ``profiles`` maps the key of each local set to its Chinese label.
    """

    version: str
    effective: date
    title: str
    source: str
    profile: str
    roll: bool
    profiles: Mapping[str, str]
    every: tuple[Clock, ...]

    @cached_property
    def by_ledger(self) -> Mapping[str, tuple[Clock, ...]]:
        """The clocks in force, by ledger, in the order of the file."""
        found: dict[str, list[Clock]] = {}
        for clock in self.every:
            if clock.profile in ("", self.profile):
                found.setdefault(clock.ledger, []).append(clock)
        return {ledger: tuple(clocks) for ledger, clocks in found.items()}

    @cached_property
    def by_key(self) -> Mapping[str, Clock]:
        """Every clock of the file by its key."""
        return {clock.key: clock for clock in self.every}

    def with_profile(self, profile: str) -> Clocks:
        """The same clocks with another local set in force; `RuleError` if there is none such."""
        if profile not in self.profiles:
            allowed = "、".join(f"{key}（{label}）" for key, label in self.profiles.items())
            message = f"没有这一套办法，可用：{allowed or '无'}。{nearest(profile, self.profiles)}"
            raise RuleError(message, where=f"[profiles] {profile}")
        return replace(self, profile=profile)

    def check(
        self,
        ledger: str,
        fields: Collection[str],
        choices: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """Check that a ledger has every field its clocks read, of all profiles.

        Parameters
        ----------
        ledger : str
            Key of the ledger.
        fields : collection of str
            What its records hold.
        choices : mapping, optional
            Keys that a choice field can take; texts in conditions must be among them.

        Raises
        ------
        RuleError
            For the first unknown field, with the nearest known one, or unknown choice.
        """
        for clock in self.every:
            if clock.ledger != ledger:
                continue
            conditions = clock.condition.uses if clock.condition else ()
            given = clock.condition.given if clock.condition else ()
            asked = (*(use.name for use in conditions), *(n.removesuffix(GIVEN) for n in given))
            for name in (*clock.fields, *asked):
                if name not in fields:
                    message = f"台账 {ledger} 没有 {name} 这一列，请改正。{nearest(name, fields)}"
                    raise RuleError(message, where=clock.where)
            for use in conditions:
                allowed = (choices or {}).get(use.name, use.texts)
                for text in use.texts:
                    if text not in allowed:
                        message = f"{use.name} 没有选项“{text}”，可用：{'、'.join(allowed)}"
                        raise RuleError(message, where=clock.where, position=use.position)
            known = (choices or {}).get("state", clock.states)
            for state in clock.states:
                if state not in known:
                    message = f"没有“{state}”这种办理状态，可用：{'、'.join(known)}"
                    raise RuleError(message, where=clock.where)
