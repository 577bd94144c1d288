"""What a figure is: which records, which of them, by which day, and in words for who reads it.

Definitions are data (``data/rules/figures.toml``, read by
:mod:`ledger.reporting.figures.rulefile`): the formulas of these figures have no national text
(DOMAIN §2), so an office may rewrite them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ledger.records.query import Operator

# What a figure's period can be besides a column that holds a day or a moment.
NOW, END, START, PERIOD = "now", "end", "start", "period"
PERIODS = (NOW, END, START, PERIOD)
Shape = Literal["count", "share", "parts", "sum", "ratio", "days"]
Given = str | bool | None | int


@dataclass(frozen=True)
class Term:
    """One condition of a definition; texts may hold places such as ``{start}``, filled in later."""

    key: str
    operator: Operator
    value: Given | tuple[Given, ...] = None


@dataclass(frozen=True)
class Words:
    """A definition as people read it; what does not apply is empty."""

    numerator: str
    denominator: str
    exclusions: str
    source: str
    local: bool
    adjustable: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The definition line by line, in Chinese, for a popover, a file or a bulletin's annex."""
        first = "分子" if self.denominator else "统计"
        local = "（计算公式没有全国规定，由本地确定，可在指标口径文件里改写）" if self.local else ""
        said = {
            first: self.numerator,
            "分母": self.denominator,
            "不计": self.exclusions,
            "依据": self.source + local,
            "可调": "、".join(self.adjustable),
        }
        return tuple(f"{name}：{text}" for name, text in said.items() if text)


@dataclass(frozen=True)
class Figure:
    """One figure of the file. See ``data/rules/figures.toml`` for every field.

    ``matures``: so many days after its period a number is final (0: at once).
    """

    key: str
    label: str
    group: str
    unit: str
    ledger: str
    period: str
    words: Words
    of: tuple[Term, ...] = ()
    counted: tuple[Term, ...] = ()
    passed: bool = False
    by: str = ""
    sum: str = ""
    over: str = ""
    days: tuple[str, str] | None = None
    matures: int = 0

    @cached_property
    def shape(self) -> Shape:
        """How it is worked out."""
        if self.by:
            return "parts"
        if self.days:
            return "days"
        if self.sum:
            return "ratio" if self.over else "sum"
        return "share" if self.counted else "count"

    @property
    def timeless(self) -> bool:
        """Whether it says how things stand now, whatever the period."""
        return self.period == NOW


@dataclass(frozen=True)
class Book:
    """All figures of a file, in its order, and its settings by name."""

    version: str
    title: str
    source: str
    settings: Mapping[str, int]
    figures: tuple[Figure, ...]
    by_key: Mapping[str, Figure] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {figure.key: figure for figure in self.figures})
