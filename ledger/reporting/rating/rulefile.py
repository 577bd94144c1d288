"""Reading and validating a rating rule file; ``data/rules/rating.toml`` explains every field."""

from __future__ import annotations

from itertools import pairwise

from pydantic import Field, model_validator

from ledger.domain.tiers import RuleError
from ledger.domain.tiers.files import parse_toml
from ledger.domain.tiers.strict_tables import (
    DatedHead,
    StrictTable,
    needed,
    read_table,
)
from ledger.reporting.rating.rules import Line, Points, RatingRules, Threshold

_FILE = "考评文件"


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


class _File(DatedHead):
    settings: _Settings
    lines: list[Line] = Field(default_factory=list)
    measures: list[Threshold] = Field(default_factory=list)


def read_rating(text: str) -> RatingRules:
    """Read and validate rating rules; raises :class:`RuleError` at the first thing wrong."""
    file = read_table(_File, {"settings": {}, **parse_toml(text, _FILE)}, _FILE)
    lines, thresholds = tuple(file.lines), tuple(file.measures)
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
