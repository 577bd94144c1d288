"""What a rating rule file holds: lines that give or take points, and when which measure is due.

The campaign plan (DOMAIN §1B) asks for extra points for good results and for notice, talk and
correction by a date for poor ones, and names no numbers: every one is local, in
``data/rules/rating.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ledger.domain.ledgers.measures import KIND
from ledger.domain.tiers.errors import nearest
from ledger.domain.tiers.strict_tables import Key, Number, StrictTable, Text, needed
from ledger.reporting.rating.counts import COUNTS

MOST_POINTS = Decimal(10_000)
LONGEST_DAYS = 3_650
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


class Step(StrictTable):
    """From ``over_days`` days late on, each row is worth ``points``."""

    places = ("{outer} 的 steps",)

    over_days: int = Field(ge=1, le=LONGEST_DAYS)
    points: Points

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, content: object) -> object:
        whole = isinstance(content, dict) and "over_days" in content and content.get("points")
        if isinstance(content, dict) and not whole:
            raise ValueError("over_days（超期几天起）和 points（每件几分，不为 0）都要写，请补上")
        return content


class Line(StrictTable):
    """One line of the rating: what is counted (keys of `ledger.reporting.rating.counts.COUNTS`),
    for what.

    ``points`` for each row, or ``steps`` by lateness, never both. The line as a whole gives or
    takes ``cap`` at most (None: without limit); ``none`` is what it is worth if nothing is counted.
    """

    places = ("计分项 {key}", "第 {number} 个 [[lines]]")

    key: Key = needed("英文键")
    label: Text = needed("名称")
    counts: Counts = needed("数什么", '"repeat_petitions"')
    points: Points = Decimal(0)
    steps: Annotated[tuple[Step, ...], Field(strict=False)] = ()
    cap: Points | None = None
    none: Points = Decimal(0)
    basis: Text = needed("依据哪份文件、哪一条")
    local: bool = False

    @model_validator(mode="after")
    def _not_mixed(self) -> Line:
        """Rows counted by lateness are worth points by steps, and only they."""
        late = [key for key in self.counts if COUNTS[key].by_lateness]
        if late and len(late) != len(self.counts):
            raise ValueError(f"{'、'.join(late)} 按超期天数计，不能与其他项写在一起，请分成两项")
        if late and not self.steps:
            raise ValueError(f"{'、'.join(late)} 按超期天数计，请写 steps 代替 points")
        if self.steps and not late:
            raise ValueError("只有按超期天数数的项才写 steps，请改写 points")
        if self.steps and "points" in self.model_fields_set:
            raise ValueError("写了 steps 就不写 points，请删去一个")
        if not self.steps and not self.points:
            raise ValueError("缺少 points（每件几分，不为 0），请补上，例如 points = -1")
        if self.cap is not None and self.cap <= 0:
            raise ValueError(f"cap（最多加扣多少分）应当大于 0，现在是 {self.cap}；不封顶的请删去")
        return self

    @model_validator(mode="after")
    def _heavier(self) -> Line:
        for before, step in pairwise(self.steps):
            heavier = abs(step.points) > abs(before.points) and step.points * before.points > 0
            if step.over_days <= before.over_days or not heavier:
                raise ValueError(
                    f"steps 里超期 {step.over_days} 天 {step.points} 分排在后面，"
                    "天数和分值都应当比上一档大、正负相同，请改正"
                )
        return self

    def capped(self, points: Decimal) -> Decimal:
        """Points within the cap of the line, whichever sign they have."""
        if self.cap is None:
            return points
        return max(-self.cap, min(self.cap, points))


class Threshold(StrictTable):
    """Below so many points the measure is suggested; ``days`` are those of a correction."""

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
    def _by_a_date(self) -> Threshold:
        if (self.kind == _CORRECTION) != (self.days is not None):
            raise ValueError("限期整改要写 days（限几日内整改），其他措施不写，请改正")
        return self


@dataclass(frozen=True)
class RatingRules:
    """A rule file. Points begin at ``start`` and stay within ``lowest`` and ``highest``.

    ``thresholds`` stand from the mildest to the most severe: each below the one before it.
    """

    version: str
    effective: date
    title: str
    source: str
    start: Decimal
    lowest: Decimal
    highest: Decimal
    lines: tuple[Line, ...]
    thresholds: tuple[Threshold, ...]

    def total(self, by_line: Mapping[str, Decimal]) -> Decimal:
        """The points of a village from those of its lines."""
        points = self.start + sum(by_line.values(), Decimal(0))
        return max(self.lowest, min(self.highest, points))

    def suggested(self, points: Decimal) -> Threshold | None:
        """The most severe measure whose threshold the points lie below."""
        return next((one for one in reversed(self.thresholds) if points < one.below), None)

    def threshold(self, kind: str) -> Threshold | None:
        """The threshold of a measure, if the file has one."""
        return next((one for one in self.thresholds if one.kind == kind), None)
