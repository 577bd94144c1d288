"""The results of figures: numbers with their definition and the rows they were counted from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from geo.atlas import Area
from ledger.domain.comparing_words import (
    SMALLEST_BASE,
    amount,
    compared,
    compared_shares,
    percent,
)
from ledger.domain.small_counts import Number
from ledger.domain.timing.comparing import Bases
from ledger.domain.timing.periods import Period
from ledger.records.query import Selection
from ledger.reporting.figures.definitions import Figure, Words


@dataclass(frozen=True)
class Rows:
    """The records behind a number, as a ledger's page, an export or `records.search` takes them."""

    ledger: str
    selection: Selection


@dataclass(frozen=True)
class FigureValue:
    """One number of one period.

    ``value`` is None where the denominator is zero (暂无数据). Shares are 0–1 with ``unit`` "%";
    days are means. ``numerator`` and ``denominator`` are what it was divided from: for a count
    both are the count, for days the days and the records. ``rows`` are the records counted (of a
    share its numerator's; of a sum or of days those that went in), ``base`` the denominator's.
    ``counted`` is how many records ``rows`` lists.
    ``part`` is the choice, for parts of a composition such as ``channel_share.letter``.
    ``is_final``: whether what happens after its period can still change it; ``note`` says so.
    ``hidden`` is what a paper says instead of a number that it does not tell
    (`ledger.domain.small_counts`); the number itself is then not here.
    """

    key: str
    label: str
    group: str
    unit: str
    value: Number | None
    numerator: Number
    denominator: Number
    definition: Words
    rows: Rows
    base: Rows
    counted: int
    part: str | None = None
    as_of: date | None = None
    note: str = ""
    is_final: bool = True
    hidden: str = ""

    @property
    def text(self) -> str:
        """The number as people read it, with its unit; 暂无数据 without one, "<3" if hidden."""
        if self.hidden:
            return self.hidden
        if self.unit == "%":
            return percent(None if self.value is None else float(self.value))
        return amount(self.value, self.unit)

    @property
    def fraction(self) -> str:
        """What a share or a mean was divided from: "12 / 15"; empty for counts and sums."""
        if self.unit in ("%", "天") and not self.hidden:
            return f"{amount(self.numerator)} / {amount(self.denominator)}"
        return ""

    def compared(self, other: FigureValue | None, word: str) -> str:
        """How it stands against another period's, in words: "环比增加3件（上升25.0%）".

        Shares of a handful are not compared: one case more would be "提高50.0个百分点". Nor is what
        can still change.
        """
        if not self.is_final:
            return f"{word}不作比较（尚未定）"
        if self.hidden or (other is not None and other.hidden):
            return f"{word}不显示"
        then = None if other is None else other.value
        if self.unit == "%":
            if other is not None and then is not None and self.value is not None:
                fewest = min(self.denominator, other.denominator)
                if fewest < SMALLEST_BASE:
                    return f"{word}基数过小，不作比较"
            now = None if self.value is None else float(self.value)
            return compared_shares(now, None if then is None else float(then), word)
        return compared(self.value, then, self.unit, word)


@dataclass(frozen=True)
class Figures:
    """All figures of one period under one area, and those that they are compared with.

    ``area`` is None for the whole tree. ``previous`` and ``year_before`` hold what can be
    compared: figures of a period or of its end, not those of today. ``bases`` says which days
    they are of; a figure of days before its ledger began is there without a value.
    """

    period: Period
    area: Area | None
    today: date
    title: str
    version: str
    values: tuple[FigureValue, ...]
    bases: Bases
    previous: Mapping[str, FigureValue] = field(default_factory=dict)
    year_before: Mapping[str, FigureValue] = field(default_factory=dict)

    def __getitem__(self, key: str) -> FigureValue:
        return self.by_key[key]

    def __iter__(self) -> Iterator[FigureValue]:
        return iter(self.values)

    @property
    def by_key(self) -> dict[str, FigureValue]:
        """Every number by its key."""
        return {value.key: value for value in self.values}

    @property
    def groups(self) -> dict[str, list[FigureValue]]:
        """The numbers by group, in the order of the file."""
        found: dict[str, list[FigureValue]] = {}
        for value in self.values:
            found.setdefault(value.group, []).append(value)
        return found

    def comparisons(self, key: str) -> tuple[str, ...]:
        """环比 and 同比 of a number in words; none for what stands as of today."""
        value = self[key]
        against = {"环比": self.previous, "同比": self.year_before}
        return tuple(
            value.compared(then[key], word) for word, then in against.items() if key in then
        )


By = Literal["area", "official", "period"]


@dataclass(frozen=True)
class Line:
    """One line of a breakdown: an area, a lead official or a period, and its number.

    ``name`` is "" for what belongs to no line (not placed below, no official named).
    """

    name: str
    value: FigureValue
    area: Area | None = None
    period: Period | None = None

    @property
    def hidden(self) -> bool:
        """Whether a paper does not tell the number; it is then not here."""
        return bool(self.value.hidden)

    @property
    def text(self) -> str:
        """The number in words; in a paper "<3" where it is hidden."""
        return self.value.text


@dataclass(frozen=True)
class Breakdown:
    """One figure of an area (None: the whole tree) by area, by lead official or over the last
    periods, in that order."""

    figure: Figure
    by: By
    area: Area | None
    lines: tuple[Line, ...]
