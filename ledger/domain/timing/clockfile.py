"""Reading and validating the file of clocks; ``data/rules/deadlines.toml`` explains every field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from ledger.domain.tiers import RuleError
from ledger.domain.tiers.files import parse_toml
from ledger.domain.tiers.strict_tables import (
    DatedHead,
    FieldRefused,
    Key,
    StrictTable,
    Text,
    needed,
    read_table,
)
from ledger.domain.timing.clocks import (
    LONGEST_DAYS,
    Clock,
    Clocks,
    Condition,
    Extension,
    Pause,
    Unit,
)

LONGEST_HOURS = 8760

_FILE = "期限文件"
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_ARTICLE = re.compile(r"第.+?条")


def _names(value: object) -> object:
    """One name or a list of names."""
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) and _KEY.fullmatch(name) for name in listed):
        raise FieldRefused("应当是列的英文键或其列表，例如 {0} = 'registered_on'")
    return tuple(listed)


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]


def _without(key: str, content: object) -> object:
    """A table without a key that nothing ever read; files put in force before 2026.12.1 hold it."""
    return {k: v for k, v in content.items() if k != key} if isinstance(content, dict) else content


class _Settings(StrictTable):
    places = ("[settings]",)

    profile: Text = ""
    roll: bool = True  # the convention; an office that does not want it must say so
    warn_days: int = Field(default=0, ge=0, le=LONGEST_DAYS)
    warn_hours: int = Field(default=0, ge=0, le=LONGEST_HOURS)


class _Clock(StrictTable):
    places = ("期限 {key}", "第 {number} 项期限")

    key: Key = needed("英文键")
    ledger: Text = needed("哪一本台账")
    label: Text = needed("名称")
    basis: Text = needed("依据哪份文件、哪一条")
    starts: Names = ()
    stops: Names = ()
    dropped_by: Names = ()
    states: Names = ()
    pauses: Annotated[tuple[Pause, ...], Field(strict=False)] = Field(
        default=(), examples=['[{ begins = "a_on", ends = "b_on" }]']
    )
    repeats: bool = False
    due: Text = ""
    amount: int | None = None
    unit: Text = ""
    warn_days: int | None = None
    warn_hours: int | None = None
    extension: Extension | None = None
    when: Text = ""
    only_if_known: bool = False
    right: bool = False
    local: bool = False
    profile: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _old_points(cls, content: object) -> object:
        return _without("points", content)

    @property
    def counted_in(self) -> Unit | None:
        """Its unit, None where it names none or one that there is not."""
        return next((unit for unit in Unit if unit == self.unit), None)

    @model_validator(mode="after")
    def _period(self) -> _Clock:
        """Amount and unit; a clock whose day stands in the record has neither."""
        if self.due:
            if self.starts or self.amount is not None or self.unit:
                raise ValueError("写了 due（到期日的列）就不写 starts、amount 和 unit，请删去一边")
            return self
        if not self.starts:
            raise ValueError('缺少 starts（从哪一列起算），请补上，例如 starts = "registered_on"')
        if self.amount is None:
            raise ValueError("缺少 amount（多少），请补上一行 amount = 15")
        if self.counted_in is None:
            allowed = "、".join(f"{one.value}（{one.label}）" for one in Unit)
            raise ValueError(f"unit 应当是 {allowed} 之一，现在是“{self.unit}”")
        longest = LONGEST_HOURS if self.counted_in is Unit.HOURS else LONGEST_DAYS
        _within("amount", self.amount, 1, longest)
        return self

    @model_validator(mode="after")
    def _warning(self) -> _Clock:
        hours = self.counted_in is Unit.HOURS
        key, other = ("warn_hours", "warn_days") if hours else ("warn_days", "warn_hours")
        if getattr(self, other) is not None:
            unit = self.counted_in or Unit.CALENDAR_DAYS
            raise ValueError(f"单位是 {unit.value}，提醒请写 {key}，不写 {other}")
        written = self.warn_hours if hours else self.warn_days
        if written is not None:
            _within(key, written, 0, self.amount - 1 if self.amount else LONGEST_DAYS)
        if self.extension and hours:
            raise ValueError("以小时计的期限不能延长若干日，请删去 extension")
        return self

    @model_validator(mode="after")
    def _contradictions(self) -> _Clock:
        if not self.local and not _ARTICLE.search(self.basis):
            raise ValueError("法定期限的 basis 要写到条（第…条）；没有全国规定的请写 local = true")
        if self.only_if_known and not self.when:
            raise ValueError("没有 when，only_if_known 没有意义，请删去")
        if self.right and not self.stops:
            raise ValueError("right（权利）要有 stops（行使日期的列），请补上")
        if self.due and (self.pauses or self.repeats):
            raise ValueError("写了 due（到期日的列）就不能写 pauses 和 repeats，请删去")
        if set(self.starts) & set(self.stops):
            raise ValueError("starts 和 stops 不能是同一列，请改正")
        return self


class _File(DatedHead):
    settings: _Settings = Field(default_factory=_Settings)
    profiles: dict[str, Text] = Field(default_factory=dict)
    clocks: list[_Clock] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _old_lateness(cls, content: object) -> object:
        return _without("lateness", content)


def _within(key: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{key} 应当是 {low} 到 {high} 的整数，现在是 {value}")


def read_clocks(text: str) -> Clocks:
    """Read and validate clocks; raises :class:`RuleError` at the first thing wrong."""
    file = read_table(_File, parse_toml(text, _FILE), _FILE)
    profile = file.settings.profile
    every = tuple(_clock(item, file.settings) for item in file.clocks)
    _refuse_confused(every, file.profiles, profile)
    clocks = Clocks(
        version=file.version,
        effective=file.effective,
        title=file.title,
        source=file.source,
        profile=profile,
        roll=file.settings.roll,
        profiles=MappingProxyType(file.profiles),
        every=every,
    )
    return clocks.with_profile(profile) if profile else clocks


def _clock(item: _Clock, settings: _Settings) -> Clock:
    read_otherwise = {"warn_days", "warn_hours", "when", "pauses", "extension", "amount", "unit"}
    return Clock(
        **item.model_dump(exclude=read_otherwise),
        pauses=item.pauses,
        amount=item.amount or 0,
        unit=item.counted_in or Unit.CALENDAR_DAYS,
        warn=_warn(item, settings),
        extension=item.extension,
        condition=Condition(item.when, f"期限 {item.key}") if item.when else None,
    )


def _warn(item: _Clock, settings: _Settings) -> int:
    """How long before the end to warn; a default never covers the whole of a short period."""
    hours = item.counted_in is Unit.HOURS
    written = item.warn_hours if hours else item.warn_days
    if written is not None:
        return written
    default = settings.warn_hours if hours else settings.warn_days
    return min(default, item.amount - 1) if item.amount else default


def _refuse_confused(every: tuple[Clock, ...], profiles: Mapping[str, str], chosen: str) -> None:
    """Refuse keys used twice, sets unknown, unused, or offered but not chosen from."""
    if not every:
        raise RuleError("一项期限也没有，请至少写一个 [[clocks]]", where=_FILE)
    seen: set[str] = set()
    for clock in every:
        if clock.key in seen:
            raise RuleError("这个 key 用了两次，请给其中一项改用别的键", where=clock.where)
        seen.add(clock.key)
        if clock.profile and clock.profile not in profiles:
            message = f"profile “{clock.profile}”没有在 [profiles] 中写明，请补上或改正"
            raise RuleError(message, where=clock.where)
    for profile in profiles:
        if not any(clock.profile == profile for clock in every):
            raise RuleError(f"没有期限属于 {profile}，请检查拼写或删去", where="[profiles]")
    if profiles and not chosen:
        message = f"缺少 profile（选用哪一套办法），可用：{'、'.join(profiles)}"
        raise RuleError(message, where="[settings]")
