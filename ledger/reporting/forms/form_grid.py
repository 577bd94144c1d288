"""A table of a form as plain cells, whatever kind of file it stands in.

Rows and columns count from 0. Nothing here knows of a workbook or a document: recognising works
on these cells alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from ledger.domain.values import fold

_NUMBERS = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?")


@dataclass(frozen=True)
class FormCell:
    """One cell: what stands in it, its formula, and what is to be known before writing into it.

    ``framed``: it has a border. ``locked``: the sheet is protected and this cell is not open.
    ``choices``: what its drop-down list offers; empty without one.
    """

    value: Any = None
    formula: str = ""
    framed: bool = False
    locked: bool = False
    number_format: str = "General"
    choices: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """What people read in it, without line breaks and outer blanks; empty for a formula."""
        if self.value is None or self.formula:
            return ""
        if isinstance(self.value, datetime):
            return self.value.date().isoformat()
        if isinstance(self.value, date):
            return self.value.isoformat()
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        said = str(self.value)
        return (re.sub(r"\s*\n\s*", "", said) if "\n" in said else said).strip()

    @property
    def folded(self) -> str:
        """The text as words are compared: half-width, no blanks, no colon at the end."""
        return fold(self.text).rstrip(":")

    @property
    def is_blank(self) -> bool:
        """Whether it can be written into without losing anything."""
        return not self.formula and not self.text

    @property
    def is_number(self) -> bool:
        """Whether it holds a number, typed as one or as text."""
        if self.formula or self.value is None or isinstance(self.value, bool):
            return False
        return isinstance(self.value, int | float) or bool(_NUMBERS.fullmatch(fold(self.text)))


BLANK = FormCell()
Place = tuple[int, int]
Span = tuple[int, int, int, int]


@dataclass(frozen=True)
class FormGrid:
    """One sheet of a workbook, or one table of a document.

    ``merged`` are (first row, first column, last row, last column). ``above`` and ``below`` are
    texts around the table that are no cells of it (a document's paragraphs).
    """

    name: str
    rows: Sequence[Sequence[FormCell]]
    merged: tuple[Span, ...] = ()
    protected: bool = False
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @cached_property
    def width(self) -> int:
        """How many columns the widest row has."""
        return max((len(row) for row in self.rows), default=0)

    @cached_property
    def _spans(self) -> Mapping[Place, Span]:
        return {
            (row, column): span
            for span in self.merged
            for row in range(span[0], span[2] + 1)
            for column in range(span[1], span[3] + 1)
        }

    @cached_property
    def _beginning(self) -> Mapping[int, tuple[Span, ...]]:
        found: dict[int, list[Span]] = {}
        for span in self.merged:
            found.setdefault(span[0], []).append(span)
        return {row: tuple(spans) for row, spans in found.items()}

    def beginning(self, row: int) -> tuple[Span, ...]:
        """The merged cells whose first row this is."""
        return self._beginning.get(row, ())

    def at(self, row: int, column: int) -> FormCell:
        """The cell itself; what a merged cell hides is blank."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return BLANK

    def span(self, row: int, column: int) -> Span:
        """The merged cell that covers a place; the place itself where none does."""
        return self._spans.get((row, column), (row, column, row, column))

    def shown(self, row: int, column: int) -> FormCell:
        """What is read at a place: of a merged cell its first one."""
        top, left, _, _ = self.span(row, column)
        return self.at(top, left)

    def is_first(self, row: int, column: int) -> bool:
        """Whether a place is itself, or the first of its merged cell."""
        return self.span(row, column)[:2] == (row, column)

    def filled(self, row: int) -> list[int]:
        """The columns of a row in which a cell begins that holds a text or a formula."""
        cells = self.rows[row] if row < len(self.rows) else ()
        return [at for at, cell in enumerate(cells) if cell.text or cell.formula]
