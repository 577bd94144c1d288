"""Reading and validating the file of clocks; ``data/rules/deadlines.toml`` explains every field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from ledger.domain.settings import PROJECT
from ledger.domain.tiers import RuleError
from ledger.domain.tiers.files import parse_toml, read_text
from ledger.domain.tiers.tables import Table
from ledger.domain.timing.clocks import Clock, Clocks, Condition, Extension, Lateness, Pause, Unit

DEFAULT_CLOCKS = PROJECT / "data" / "rules" / "deadlines.toml"
LONGEST_DAYS, LONGEST_HOURS = 3650, 8760
LONGEST_EXTENSION = 365

_FILE = "期限文件"
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_ARTICLE = re.compile(r"第.+?条")


def load_clocks(path: str | Path = DEFAULT_CLOCKS, *, profile: str | None = None) -> Clocks:
    """The clocks of a UTF-8 TOML file, with the local set it chooses or ``profile``.

    Raises
    ------
    RuleError
        When the file cannot be read or its content cannot be used; Chinese, says what to do.
    """
    clocks = read_clocks(read_text(path, _FILE))
    return clocks if profile is None else clocks.with_profile(profile)


def read_clocks(text: str) -> Clocks:
    """Read and validate clocks; raises :class:`RuleError` at the first thing wrong."""
    file = Table(parse_toml(text, _FILE), _FILE)
    version = file.text("version", "版本号")
    effective = file.day("effective", "生效日期")
    title = file.text("title", "名称")
    source = file.text("source", "依据")
    settings = Table(file.take("settings") or {}, "[settings]")
    profile = settings.optional_text("profile")
    roll = _roll(settings)
    warn_days = settings.whole("warn_days", 0, LONGEST_DAYS)
    warn_hours = settings.whole("warn_hours", 0, LONGEST_HOURS)
    settings.end()
    warn = dict.fromkeys(Unit, warn_days or 0) | {Unit.HOURS: warn_hours or 0}
    profiles = _profiles(file.tables("profiles"))
    lateness = _lateness(file.items("lateness"))
    every = tuple(
        _clock(item, number, warn) for number, item in enumerate(file.items("clocks"), start=1)
    )
    file.end()
    _refuse_confused(every, profiles, profile)
    clocks = Clocks(
        version=version,
        effective=effective,
        title=title,
        source=source,
        profile=profile,
        roll=roll,
        profiles=MappingProxyType(profiles),
        lateness=lateness,
        every=every,
    )
    return clocks.with_profile(profile) if profile else clocks


def _roll(settings: Table) -> bool:
    """Rolling is the convention; an office that does not want it must say so."""
    return settings.flag("roll") if "roll" in settings.keys() else True  # noqa: SIM118


def _profiles(content: Mapping[str, object]) -> dict[str, str]:
    table = Table(content, "[profiles]")
    return {key: table.text(key, "这一套办法的名称") for key in table.keys()}  # noqa: SIM118


def _lateness(content: list[object]) -> tuple[Lateness, ...]:
    steps = tuple(_lateness_step(item, number) for number, item in enumerate(content, start=1))
    for before, step in pairwise(steps):
        if step.over_days <= before.over_days or step.points <= before.points:
            message = (
                f"超期 {step.over_days} 日扣 {step.points} 分排在后面，天数和分值都应当比上一档大"
            )
            raise RuleError(f"{message}，请改正", where="[[lateness]]")
    return steps


def _lateness_step(content: object, number: int) -> Lateness:
    table = Table(content, f"第 {number} 个 [[lateness]]")
    over_days = table.whole("over_days", 1, LONGEST_DAYS)
    points = table.number("points")
    table.end()
    if over_days is None or points is None:
        raise table.fail("over_days（超期几日起）和 points（扣几分）都要写，请补上")
    if points <= 0:
        raise table.fail(f"points 应当大于 0，现在是 {points}")
    return Lateness(over_days, points)


def _clock(content: object, number: int, warn: Mapping[Unit, int]) -> Clock:
    table = Table(content, f"第 {number} 项期限")
    key = table.text("key", "英文键")
    if not _KEY.fullmatch(key):
        raise table.fail(f"key 应以小写字母开头，只含小写字母、数字、下划线，现在是“{key}”")
    table.where = f"期限 {key}"
    when = table.optional_text("when")
    due, starts = table.optional_text("due"), _names(table, "starts")
    amount, unit = _period(table, due, starts)
    clock = Clock(
        key=key,
        ledger=table.text("ledger", "哪一本台账"),
        label=table.text("label", "名称"),
        basis=table.text("basis", "依据哪份文件、哪一条"),
        starts=starts,
        stops=_names(table, "stops"),
        dropped_by=_names(table, "dropped_by"),
        states=_names(table, "states"),
        pauses=_pauses(table),
        repeats=table.flag("repeats"),
        due=due,
        amount=amount,
        unit=unit,
        warn=_warn(table, amount, unit, warn[unit]),
        extension=_extension(table, unit),
        condition=Condition(when, table.where) if when else None,
        only_if_known=table.flag("only_if_known"),
        right=table.flag("right"),
        points=table.flag("points"),
        local=table.flag("local"),
        profile=table.optional_text("profile"),
    )
    table.end()
    _refuse_contradictions(clock, table)
    return clock


def _names(table: Table, key: str) -> tuple[str, ...]:
    """One name or a list of names; empty when absent."""
    value = table.take(key)
    listed = [] if value is None else value if isinstance(value, list) else [value]
    for name in listed:
        if not isinstance(name, str) or not _KEY.fullmatch(name):
            raise table.fail(f'{key} 应当是列的英文键或其列表，例如 {key} = "registered_on"')
    return tuple(listed)


def _pauses(table: Table) -> tuple[Pause, ...]:
    """When the clock stands still: tables with the columns of the first and the last day."""
    content = table.take("pauses")
    if content is None:
        return ()
    if not isinstance(content, list):
        raise table.fail('pauses 应当是列表，例如 pauses = [{ begins = "a_on", ends = "b_on" }]')
    found = []
    for number, item in enumerate(content, start=1):
        inner = Table(item, f"{table.where} 的第 {number} 个 pauses")
        begins, ends = inner.text("begins", "暂停开始的列"), inner.text("ends", "暂停结束的列")
        inner.end()
        found.append(Pause(begins, ends))
    return tuple(found)


def _period(table: Table, due: str, starts: tuple[str, ...]) -> tuple[int, Unit]:
    """Amount and unit; a clock whose day stands in the record has neither."""
    name = table.optional_text("unit")
    unit = next((unit for unit in Unit if unit == name), None)
    longest = LONGEST_HOURS if unit is Unit.HOURS else LONGEST_DAYS
    amount = table.whole("amount", 1, longest)
    if due:
        if starts or amount is not None or name:
            raise table.fail("写了 due（到期日的列）就不写 starts、amount 和 unit，请删去一边")
        return 0, Unit.CALENDAR_DAYS
    if not starts:
        raise table.fail('缺少 starts（从哪一列起算），请补上，例如 starts = "registered_on"')
    if amount is None:
        raise table.fail("缺少 amount（多少），请补上一行 amount = 15")
    if unit is None:
        allowed = "、".join(f"{one.value}（{one.label}）" for one in Unit)
        raise table.fail(f"unit 应当是 {allowed} 之一，现在是“{name}”")
    return amount, unit


def _warn(table: Table, amount: int, unit: Unit, default: int) -> int:
    """How long before the end to warn; a default never covers the whole of a short period."""
    key, other = ("warn_hours", "warn_days") if unit is Unit.HOURS else ("warn_days", "warn_hours")
    if table.take(other) is not None:
        raise table.fail(f"单位是 {unit.value}，提醒请写 {key}，不写 {other}")
    written = table.whole(key, 0, amount - 1 if amount else LONGEST_DAYS)
    if written is not None:
        return written
    return min(default, amount - 1) if amount else default


def _extension(table: Table, unit: Unit) -> Extension | None:
    content = table.take("extension")
    if content is None:
        return None
    if unit is Unit.HOURS:
        raise table.fail("以小时计的期限不能延长若干日，请删去 extension")
    inner = Table(content, f"{table.where} 的 extension")
    days = inner.text("days", "延长天数的列")
    approved = inner.text("approved", "批准日期的列")
    most = inner.whole("most", 1, LONGEST_EXTENSION)
    inner.end()
    if most is None:
        raise inner.fail("缺少 most（最多延长几日），请补上一行 most = 30")
    return Extension(days, approved, most)


def _refuse_contradictions(clock: Clock, table: Table) -> None:
    if not clock.local and not _ARTICLE.search(clock.basis):
        raise table.fail("法定期限的 basis 要写到条（第…条）；没有全国规定的请写 local = true")
    if clock.only_if_known and clock.condition is None:
        raise table.fail("没有 when，only_if_known 没有意义，请删去")
    if clock.right and clock.points:
        raise table.fail("right（权利）过期不算超期，不能扣分，请删去 points")
    if clock.right and not clock.stops:
        raise table.fail("right（权利）要有 stops（行使日期的列），请补上")
    if clock.due and (clock.pauses or clock.repeats):
        raise table.fail("写了 due（到期日的列）就不能写 pauses 和 repeats，请删去")
    if set(clock.starts) & set(clock.stops):
        raise table.fail("starts 和 stops 不能是同一列，请改正")


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
