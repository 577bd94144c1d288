"""Reading and validating a rating rule file; ``data/rules/rating.toml`` explains every field."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from ledger.domain.ledgers.measures import KIND
from ledger.domain.settings import PROJECT
from ledger.domain.tiers import RuleError
from ledger.domain.tiers.errors import nearest
from ledger.domain.tiers.files import parse_toml, read_text
from ledger.domain.tiers.tables import Table
from ledger.reporting.rating.counts import COUNTS
from ledger.reporting.rating.rules import Line, RatingRules, Step, Threshold

DEFAULT_RATING = PROJECT / "data" / "rules" / "rating.toml"
MOST_POINTS = Decimal(10_000)
LONGEST_DAYS = 3_650

_FILE = "考评文件"
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_KINDS: Mapping[str, str] = {choice.key: choice.label for choice in KIND}
_CORRECTION = "correction"


def load_rating(path: str | Path = DEFAULT_RATING) -> RatingRules:
    """The rating rules of a UTF-8 TOML file.

    Raises
    ------
    RuleError
        When the file cannot be read or its content cannot be used; Chinese, says what to do.
    """
    return read_rating(read_text(path, _FILE))


def read_rating(text: str) -> RatingRules:
    """Read and validate rating rules; raises :class:`RuleError` at the first thing wrong."""
    file = Table(parse_toml(text, _FILE), _FILE)
    version = file.text("version", "版本号")
    effective = file.day("effective", "生效日期")
    title = file.text("title", "名称")
    source = file.text("source", "依据")
    settings = Table(file.take("settings") or {}, "[settings]")
    start, lowest, highest = (
        _needed(settings, key, meaning)
        for key, meaning in (("start", "起评分"), ("lowest", "最低分"), ("highest", "最高分"))
    )
    settings.end()
    if not lowest <= start <= highest:
        raise settings.fail("应当 lowest（最低分）≤ start（起评分）≤ highest（最高分），请改正")
    lines = tuple(_line(item, at) for at, item in enumerate(file.items("lines"), start=1))
    thresholds = tuple(
        _threshold(item, at) for at, item in enumerate(file.items("measures"), start=1)
    )
    file.end()
    _refuse_confused(lines)
    _refuse_unordered(thresholds)
    return RatingRules(version, effective, title, source, start, lowest, highest, lines, thresholds)


def _needed(table: Table, key: str, meaning: str) -> Decimal:
    number = _points(table, key)
    if number is None:
        raise table.fail(f"缺少 {key}（{meaning}），请补上一行 {key} = 100")
    return number


def _points(table: Table, key: str) -> Decimal | None:
    number = table.number(key)
    if number is None:
        return None
    if abs(number) > MOST_POINTS:
        raise table.fail(f"{key} 应当在 -{MOST_POINTS} 到 {MOST_POINTS} 之间，现在是 {number}")
    if number != round(number, 2):
        raise table.fail(f"{key} 最多两位小数，现在是 {number}")
    return number


def _line(content: object, number: int) -> Line:
    table = Table(content, f"第 {number} 个 [[lines]]")
    key = table.text("key", "英文键")
    if not _KEY.fullmatch(key):
        raise table.fail(f"key 应以小写字母开头，只含小写字母、数字、下划线，现在是“{key}”")
    table.where = f"计分项 {key}"
    counts = _counts(table)
    points, steps = _points(table, "points"), _steps(table)
    _refuse_mixed(table, counts, points, steps)
    cap = _points(table, "cap")
    if cap is not None and cap <= 0:
        raise table.fail(f"cap（最多加扣多少分）应当大于 0，现在是 {cap}；不封顶的请删去")
    line = Line(
        key=key,
        label=table.text("label", "名称"),
        counts=counts,
        points=points or Decimal(0),
        steps=steps,
        cap=cap,
        none=_points(table, "none") or Decimal(0),
        basis=table.text("basis", "依据哪份文件、哪一条"),
        local=table.flag("local"),
    )
    table.end()
    return line


def _counts(table: Table) -> tuple[str, ...]:
    """One key or a list of keys of what is counted."""
    value = table.take("counts")
    listed = value if isinstance(value, list) else [] if value is None else [value]
    if not listed:
        raise table.fail('缺少 counts（数什么），请补上，例如 counts = "repeat_petitions"')
    for name in listed:
        if not isinstance(name, str) or name not in COUNTS:
            hint = nearest(name, COUNTS) if isinstance(name, str) else ""
            allowed = "、".join(COUNTS)
            raise table.fail(f"不会数“{str(name)[:40]}”。{hint}可用的有：{allowed}")
    if len(set(listed)) != len(listed):
        raise table.fail("counts 里同一项写了两次，请删去一个")
    return tuple(listed)


def _steps(table: Table) -> tuple[Step, ...]:
    steps = tuple(_step(item, f"{table.where} 的 steps") for item in table.items("steps"))
    for before, step in pairwise(steps):
        heavier = abs(step.points) > abs(before.points) and step.points * before.points > 0
        if step.over_days <= before.over_days or not heavier:
            raise table.fail(
                f"steps 里超期 {step.over_days} 天 {step.points} 分排在后面，"
                "天数和分值都应当比上一档大、正负相同，请改正"
            )
    return steps


def _step(content: object, where: str) -> Step:
    table = Table(content, where)
    over_days = table.whole("over_days", 1, LONGEST_DAYS)
    points = _points(table, "points")
    table.end()
    if over_days is None or not points:
        raise table.fail("over_days（超期几天起）和 points（每件几分，不为 0）都要写，请补上")
    return Step(over_days, points)


def _refuse_mixed(
    table: Table, counts: Collection[str], points: Decimal | None, steps: Collection[Step]
) -> None:
    """Rows counted by lateness are worth points by steps, and only they."""
    late = [key for key in counts if COUNTS[key].by_lateness]
    if late and len(late) != len(counts):
        raise table.fail(f"{'、'.join(late)} 按超期天数计，不能与其他项写在一起，请分成两项")
    if late and not steps:
        raise table.fail(f"{'、'.join(late)} 按超期天数计，请写 steps 代替 points")
    if steps and not late:
        raise table.fail("只有按超期天数数的项才写 steps，请改写 points")
    if steps and points is not None:
        raise table.fail("写了 steps 就不写 points，请删去一个")
    if not steps and not points:
        raise table.fail("缺少 points（每件几分，不为 0），请补上，例如 points = -1")


def _threshold(content: object, number: int) -> Threshold:
    table = Table(content, f"第 {number} 个 [[measures]]")
    kind = table.text("kind", "措施")
    if kind not in _KINDS:
        allowed = "、".join(f"{key}（{label}）" for key, label in _KINDS.items())
        raise table.fail(f"kind 应当是 {allowed} 之一，现在是“{kind[:40]}”")
    table.where = f"措施 {kind}"
    below = _points(table, "below")
    if below is None:
        raise table.fail("缺少 below（低于多少分），请补上一行 below = 80")
    days = table.whole("days", 1, LONGEST_DAYS)
    if (kind == _CORRECTION) != (days is not None):
        raise table.fail("限期整改要写 days（限几日内整改），其他措施不写，请改正")
    table.end()
    return Threshold(kind, below, days)


def _refuse_confused(lines: tuple[Line, ...]) -> None:
    """Refuse an empty file, a key used twice, and the same rows counted by two lines."""
    if not lines:
        raise RuleError("一个计分项也没有，请至少写一个 [[lines]]", where=_FILE)
    keys: set[str] = set()
    counted: dict[str, str] = {}
    for line in lines:
        where = f"计分项 {line.key}"
        if line.key in keys:
            raise RuleError("这个 key 用了两次，请给其中一项改用别的键", where=where)
        keys.add(line.key)
        for count in line.counts:
            if count in counted:
                message = f"{count} 已在计分项 {counted[count]} 里数过，请勿重复计分"
                raise RuleError(message, where=where)
            counted[count] = line.key


def _refuse_unordered(thresholds: tuple[Threshold, ...]) -> None:
    for before, after in pairwise(thresholds):
        if after.below >= before.below:
            message = (
                f"below {after.below} 应当低于前一项 {before.kind} 的 {before.below}："
                "由轻到重排列，越重的界线越低"
            )
            raise RuleError(message, where=f"措施 {after.kind}")
    kinds = [one.kind for one in thresholds]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise RuleError("同一措施写了两次，请删去一个", where=f"措施 {kind}")
