"""Reading and validating a rating rule file; ``data/rules/rating.toml`` explains every field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ledger.domain.ledgers.measures import KIND
from ledger.domain.settings import PROJECT
from ledger.domain.tiers import RuleError
from ledger.domain.tiers.errors import nearest
from ledger.domain.tiers.files import parse_toml, read_text
from ledger.domain.tiers.strict_tables import (
    DatedHead,
    Key,
    Number,
    StrictTable,
    Text,
    needed,
    read_table,
)
from ledger.reporting.rating.counts import COUNTS
from ledger.reporting.rating.rules import Line, RatingRules, Step, Threshold

DEFAULT_RATING = PROJECT / "data" / "rules" / "rating.toml"
MOST_POINTS = Decimal(10_000)
LONGEST_DAYS = 3_650

_FILE = "考评文件"
_KINDS: Mapping[str, str] = {choice.key: choice.label for choice in KIND}
_CORRECTION = "correction"


def _counts(value: object) -> object:
    """One key or a list of keys of what is counted."""
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise ValueError('缺少 counts（数什么），请补上，例如 counts = "repeat_petitions"')
    for name in listed:
        if not isinstance(name, str) or name not in COUNTS:
            hint = nearest(name, COUNTS) if isinstance(name, str) else ""
            allowed = "、".join(COUNTS)
            raise ValueError(f"不会数“{str(name)[:40]}”。{hint}可用的有：{allowed}")
    if len(set(listed)) != len(listed):
        raise ValueError("counts 里同一项写了两次，请删去一个")
    return tuple(listed)


Points = Annotated[Number, Field(ge=-MOST_POINTS, le=MOST_POINTS, decimal_places=2)]
Counts = Annotated[tuple[str, ...], BeforeValidator(_counts)]


class _Settings(StrictTable):
    places = ("[settings]",)

    start: Points = needed("起评分", "100")
    lowest: Points = needed("最低分", "0")
    highest: Points = needed("最高分", "120")

    @model_validator(mode="after")
    def _ordered(self) -> _Settings:
        if not self.lowest <= self.start <= self.highest:
            raise ValueError("应当 lowest（最低分）≤ start（起评分）≤ highest（最高分），请改正")
        return self


class _Step(StrictTable):
    places = ("{outer} 的 steps",)

    over_days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)
    points: Points | None = None

    @model_validator(mode="after")
    def _whole(self) -> _Step:
        if self.over_days is None or not self.points:
            raise ValueError("over_days（超期几天起）和 points（每件几分，不为 0）都要写，请补上")
        return self


class _Line(StrictTable):
    places = ("计分项 {key}", "第 {number} 个 [[lines]]")

    key: Key = needed("英文键")
    label: Text = needed("名称")
    counts: Counts = needed("数什么", '"repeat_petitions"')
    points: Points | None = None
    steps: list[_Step] = Field(default_factory=list)
    cap: Points | None = None
    none: Points = Decimal(0)
    basis: Text = needed("依据哪份文件、哪一条")
    local: bool = False

    @model_validator(mode="after")
    def _not_mixed(self) -> _Line:
        """Rows counted by lateness are worth points by steps, and only they."""
        late = [key for key in self.counts if COUNTS[key].by_lateness]
        if late and len(late) != len(self.counts):
            raise ValueError(f"{'、'.join(late)} 按超期天数计，不能与其他项写在一起，请分成两项")
        if late and not self.steps:
            raise ValueError(f"{'、'.join(late)} 按超期天数计，请写 steps 代替 points")
        if self.steps and not late:
            raise ValueError("只有按超期天数数的项才写 steps，请改写 points")
        if self.steps and self.points is not None:
            raise ValueError("写了 steps 就不写 points，请删去一个")
        if not self.steps and not self.points:
            raise ValueError("缺少 points（每件几分，不为 0），请补上，例如 points = -1")
        if self.cap is not None and self.cap <= 0:
            raise ValueError(f"cap（最多加扣多少分）应当大于 0，现在是 {self.cap}；不封顶的请删去")
        return self

    @property
    def scale(self) -> tuple[Step, ...]:
        """The steps; each is known to be whole."""
        return tuple(Step(**dict(step)) for step in self.steps)

    @model_validator(mode="after")
    def _heavier(self) -> _Line:
        for before, step in pairwise(self.scale):
            heavier = abs(step.points) > abs(before.points) and step.points * before.points > 0
            if step.over_days <= before.over_days or not heavier:
                raise ValueError(
                    f"steps 里超期 {step.over_days} 天 {step.points} 分排在后面，"
                    "天数和分值都应当比上一档大、正负相同，请改正"
                )
        return self


class _Measure(StrictTable):
    places = ("措施 {kind}", "第 {number} 个 [[measures]]")

    kind: Text = needed("措施")
    below: Points = needed("低于多少分", "80")
    days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in _KINDS:
            allowed = "、".join(f"{key}（{label}）" for key, label in _KINDS.items())
            raise ValueError(f"kind 应当是 {allowed} 之一，现在是“{kind[:40]}”")
        return kind

    @model_validator(mode="after")
    def _by_a_date(self) -> _Measure:
        if (self.kind == _CORRECTION) != (self.days is not None):
            raise ValueError("限期整改要写 days（限几日内整改），其他措施不写，请改正")
        return self


class _File(DatedHead):
    settings: _Settings
    lines: list[_Line] = Field(default_factory=list)
    measures: list[_Measure] = Field(default_factory=list)


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
    file = read_table(_File, {"settings": {}, **parse_toml(text, _FILE)}, _FILE)
    lines = tuple(_line(item) for item in file.lines)
    thresholds = tuple(Threshold(**dict(item)) for item in file.measures)
    _refuse_confused(lines)
    _refuse_unordered(thresholds)
    settings = file.settings
    return RatingRules(
        file.version,
        file.effective,
        file.title,
        file.source,
        settings.start,
        settings.lowest,
        settings.highest,
        lines,
        thresholds,
    )


def _line(item: _Line) -> Line:
    return Line(**{**dict(item), "steps": item.scale, "points": item.points or Decimal(0)})


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
