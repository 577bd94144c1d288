"""What a word of a form can mean: a count, a filter, a column, a time; and all words together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ledger.domain.ledgers import ledger_named
from ledger.reporting.figures.definitions import NOW, Term


@dataclass(frozen=True)
class Count:
    """Something that can be counted or added up; fields as in the file."""

    key: str
    label: str
    ledger: str
    unit: str = ""
    day: str = ""
    days: tuple[str, ...] = ()
    where: tuple[Term, ...] = ()
    in_period: tuple[Term, ...] | None = None
    sum: tuple[str, ...] = ()
    distinct: str = ""
    figure: str = ""
    generic: bool = False

    @property
    def is_rate(self) -> bool:
        """Whether it is a share of 100."""
        return self.unit == "%"

    @property
    def timeless(self) -> bool:
        """Whether it says how things stand, not what happened in a period."""
        return self.day == NOW


@dataclass(frozen=True)
class Filter:
    """Records whose column has one of some values; ``None`` is a blank."""

    ledger: str
    column: str
    values: tuple[Any, ...]

    @property
    def words(self) -> str:
        """In Chinese: 所属领域为农业农村."""
        column = ledger_named(self.ledger).by_key[self.column]
        said = [
            ("待研判" if self.column == "tier" else "未填写")
            if value is None
            else column.format(value)
            for value in self.values
        ]
        return f"{column.label}为{'、'.join(said)}"


@dataclass(frozen=True)
class ColumnName:
    """The name of a ledger's column, above or before its choices."""

    ledger: str
    column: str


@dataclass(frozen=True)
class PeriodWord:
    """A word for a time: 本周, 累计; the kind as in the file."""

    kind: str


@dataclass(frozen=True)
class Plain:
    """A word that says nothing of its own, or that a share or a total is meant."""

    kind: Literal["neutral", "total", "share"]


@dataclass(frozen=True)
class Subject:
    """A word that says which ledger the words below it are about: 线索 above 登记, 办结."""

    ledger: str


@dataclass(frozen=True)
class Missing:
    """What no ledger holds, and why."""

    ledger: str
    reason: str
    unit: str = ""
    propose: tuple[str, ...] = ()


Sense = Count | Filter | ColumnName | PeriodWord | Plain | Missing | Subject


@dataclass(frozen=True)
class FieldWord:
    """A column of a list: of the ledger itself, a sum, from another ledger, or its risk facts."""

    ledger: str
    column: str = ""
    sum: tuple[str, ...] = ()
    other: str = ""
    facts: bool = False

    @property
    def label(self) -> str:
        """In Chinese, with the ledger that it comes from where that is another one."""
        if self.facts:
            return "已查明的风险事实（没有的，判定依据）"
        if self.sum:
            ledger = ledger_named(self.ledger)
            return "、".join(ledger.label_of(key) for key in self.sum) + "之和"
        ledger = ledger_named(self.other or self.ledger)
        own = ledger.label_of(self.column)
        return f"该机构的{ledger.label}：{own}" if self.other else own


@dataclass(frozen=True)
class RowChoice:
    """Which records a list holds."""

    ledger: str
    label: str
    where: tuple[Term, ...] = ()


@dataclass(frozen=True)
class ListWord:
    """What a title says about the records of a list; ``choose`` are other readings of it."""

    rows: RowChoice
    sure: bool
    choose: tuple[RowChoice, ...]


@dataclass(frozen=True)
class FormWords:
    """All words, folded → what they can mean."""

    version: str
    senses: Mapping[str, tuple[Sense, ...]]
    fields: Mapping[str, tuple[FieldWord, ...]]
    lists: Mapping[str, ListWord]
    form_periods: Mapping[str, str]
    subjects: Mapping[str, tuple[str, ...]]
    noise: frozenset[str]
    roles: Mapping[str, frozenset[str]]
    counts: Mapping[str, Count]
    dated: Mapping[tuple[str, str], tuple[str, ...]]
    longest: int = field(default=0)
