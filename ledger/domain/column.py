"""One column of a ledger, and how one cell of it is read and written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from ledger.domain.cell_parsers import PARSERS
from ledger.domain.declared_parts import Choice
from ledger.domain.masks import mask_of
from ledger.domain.roles import FIELDS, FieldRule, Sensitivity
from ledger.domain.timing.clock import local_text, now, today
from ledger.domain.values import TRI_LABELS, ColumnType, Value, ValueRefused, fold, is_blank

# How far a tablet's clock may be ahead of the server's.
_CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True)
class Column:
    """One column of a ledger.

    ``computed`` columns are shown and exported but never typed in or imported. ``derived`` ones
    follow from the record, others and the calendar alone: when only they differ, nobody changed
    the record.
    ``fact`` columns may be used by rule files. ``minimum``/``maximum`` bound numbers, both
    included, in ``unit``; ``length`` bounds texts, in characters.
    ``refers`` is the ledger whose 编号 a reference holds. ``happened`` days and moments state what
    took place: nobody may enter one that lies ahead. ``watched`` numbers are compared with the last
    one and with those of other records (:mod:`ledger.domain.oddness`). ``worse`` says which side of
    a fact is the worse one (:mod:`ledger.domain.tiers.worse`).
    ``brought`` columns are computed, but a file may bring them for a new record: they say how far
    a case had come before it was registered here.
    ``suggested`` texts repeat: the words that the ledger already holds are offered
    (:mod:`ledger.records.words_in_use`), others can be typed.
    ``official`` texts name somebody of the office, whose people are offered by name
    (:mod:`ledger.people.officials`); others can be typed.
    """

    key: str
    label: str
    type: ColumnType = ColumnType.TEXT
    choices: tuple[Choice, ...] = ()
    required: bool = False
    help: str = ""
    unit: str = ""
    group: str = "基本信息"
    synonyms: tuple[str, ...] = ()
    sensitivity: Sensitivity = "public"
    minimum: float | None = None
    maximum: float | None = None
    length: int = 200
    fact: bool = False
    computed: bool = False
    derived: bool = False
    refers: str = ""
    happened: bool = False
    watched: bool = False
    worse: str = ""
    suggested: bool = False
    official: bool = False
    brought: bool = False

    def parse(self, raw: object) -> Value:
        """Read one cell; blank is ``None``. Raises `ValueRefused` saying what is allowed."""
        if is_blank(raw):
            return None
        return PARSERS[self.type](self, raw)

    def entered(self, raw: object) -> Value:
        """Read one cell that becomes part of a record: as `parse`, and never ahead of its time.

        Filters and rules read with `parse`: they may well speak of a day to come.
        """
        value = self.parse(raw)
        self.refuse_ahead(value)
        return value

    def refuse_ahead(self, value: Value) -> None:
        """Raise `ValueRefused` for a future day or moment in a ``happened`` column."""
        if not self.happened or not isinstance(value, date):
            return
        if isinstance(value, datetime):
            if value > now() + _CLOCKS_DIFFER:
                raise ValueRefused(f"“{local_text(value)}”还没有到，{self.label}不能晚于现在")
        elif value > today():
            raise ValueRefused(
                f"“{value}”还没有到，{self.label}不能晚于今天({today()})，请核对年月日"
            )

    def format(self, value: Value) -> str:
        """The value as people read it; empty for blank (不详 for a tri-state)."""
        if self.type is ColumnType.TRI:
            return TRI_LABELS[None if value is None else bool(value)]
        if value is None:
            return ""
        if self.rule.masked:
            return mask_of(str(value))
        if self.type is ColumnType.CHOICE:
            return self.choice_labels.get(str(value), str(value))
        if self.type is ColumnType.MONEY:
            return f"{float(str(value)):,.2f}".removesuffix(".00")
        if isinstance(value, float):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        if isinstance(value, datetime):
            return local_text(value)
        return value.isoformat() if isinstance(value, date) else str(value)

    @cached_property
    def rule(self) -> FieldRule:
        """How the column is shown, by its sensitivity."""
        return FIELDS[self.sensitivity]

    @cached_property
    def choice_labels(self) -> dict[str, str]:
        return {choice.key: choice.label for choice in self.choices}

    @cached_property
    def choice_by_text(self) -> dict[str, str]:
        """Every text that stands for a choice → its key."""
        return {
            fold(text): choice.key
            for choice in self.choices
            for text in (choice.key, choice.label, *choice.synonyms)
        }
