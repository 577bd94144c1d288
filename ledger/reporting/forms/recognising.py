"""Recognise the shape of a form: which rows are headers, which cells are to be filled.

Nothing is known here of what the words mean, only of what serial numbers, sums, units, examples
and notes look like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.domain.errors import Invalid
from ledger.domain.values import fold
from ledger.exchange.reading.header_rows import Label, labels_of
from ledger.exchange.reading.tables_in import Sheet
from ledger.reporting.forms.form_grid import FormGrid
from ledger.reporting.forms.form_rows import (
    NOTE,
    UNIT_WORDS,
    blank_beside,
    header_end,
    is_header,
    is_pairs,
    lines_below,
    numbering,
)
from ledger.reporting.forms.form_shapes import (
    Column,
    Form,
    FormTable,
    Line,
    LineKind,
    Pair,
    Role,
    legend_in,
)
from ledger.reporting.forms.senses import FormWords


def recognise(grids: Sequence[FormGrid], words: FormWords) -> Form:
    """The shape of a form.

    Raises
    ------
    Invalid
        If no sheet has a table with a header nor labels with blank cells beside them.
    """
    tables: list[FormTable] = []
    pairs: list[Pair] = []
    titles: dict[int, str] = {}
    notes: dict[int, tuple[str, ...]] = {}
    for at, grid in enumerate(grids):
        found = _Looking(at, grid, words).run()
        tables += found.tables
        pairs += found.pairs
        titles[at], notes[at] = _around(grid, found)
    if not tables and not pairs:
        raise Invalid(
            "没有认出表头：要有一行（或几行）各列的名称，下面是空格，或者“名称”旁边留有空格。"
            "请检查是否选错文件、表头是否是图片或文本框"
        )
    said = tuple(dict.fromkeys(text for texts in notes.values() for text in texts))
    return Form(tuple(grids), tuple(tables), tuple(pairs), titles, notes, legend_in(said))


@dataclass
class _Found:
    tables: list[FormTable]
    pairs: list[Pair]
    around: list[tuple[int, str]]


class _Looking:
    """Goes through one grid from the top; each row is a title, a note, or belongs to a table."""

    def __init__(self, number: int, grid: FormGrid, words: FormWords) -> None:
        self.number, self.grid, self.words = number, grid, words
        self.found = _Found([], [], [])
        plain = [[cell.text or None for cell in row] for row in grid.rows]
        merged = [((top, left), (bottom, right)) for top, left, bottom, right in grid.merged]
        self.sheet = Sheet(plain, grid.name, is_text=False, merged=merged)

    def run(self) -> _Found:
        row = 0
        while row < len(self.grid.rows):
            at = self.grid.filled(row)
            if not at:
                row += 1
            elif is_pairs(self.grid, row, at):
                row = self._take_pairs(row)
            elif is_header(self.grid, row, at):
                row = self._take_table(row)
            else:
                texts = [self.grid.at(row, one).text for one in at]
                self.found.around += [(row, text) for text in texts if text]
                row += 1
        return self.found

    # ---- labels with blanks -----------------------------------------------------------------

    def _take_pairs(self, row: int) -> int:
        while row < len(self.grid.rows):
            at = self.grid.filled(row)
            if not at or not is_pairs(self.grid, row, at):
                break
            for column in at:
                blank = blank_beside(self.grid, row, column)
                if blank is not None:
                    text = self.grid.at(row, column).text
                    pair = Pair(self.number, text, (row, column), (row, blank))
                    self.found.pairs.append(pair)
            row += 1
        return row

    # ---- tables -----------------------------------------------------------------------------

    def _take_table(self, first: int) -> int:
        last = header_end(self.grid, first)
        labels = labels_of(self.sheet, first, last)
        after, units = numbering(self.grid, last + 1)
        named = [at for at, label in enumerate(labels) if label.parts]
        framed = sum(self.grid.shown(last, at).framed for at in named) * 2 > len(named)
        lines = list(
            lines_below(self.grid, after, named, self.words.roles["example"], framed=framed)
        )
        roles = self._roles(named, labels, lines)
        columns = tuple(Column(at, labels[at].parts, roles[at], units.get(at, "")) for at in named)
        corner = self._corner(named, lines)
        if corner is not None:
            columns = (Column(corner, (), "head"), *columns)
        heads = [column.at for column in columns if column.role == "head"]
        unit = next((column.at for column in columns if column.role == "unit"), None)
        told = tuple(
            Line(
                line,
                kind,
                () if kind == "example" else self._head(line, heads),
                "" if unit is None else self.grid.shown(line, unit).text,
            )
            for line, kind in lines
        )
        if any(column.role == "value" for column in columns):
            last_row = after - 1
            self.found.tables.append(FormTable(self.number, first, last_row, columns, told))
        return max([after, *(line.at + 1 for line in told)])

    def _roles(
        self,
        named: Sequence[int],
        labels: Sequence[Label],
        lines: Sequence[tuple[int, LineKind]],
    ) -> dict[int, Role]:
        rows = [line for line, kind in lines if kind == "row"]
        roles: dict[int, Role] = {}
        naming = True
        for at in named:
            leaf = fold(labels[at].leaf)
            cells = [self.grid.shown(line, at) for line in rows]
            texts = [cell.folded for cell in cells if cell.text and not cell.is_number]
            if leaf in self.words.roles["serial"] and len(labels[at].parts) == 1:
                roles[at] = "serial"
            elif leaf in self.words.roles["remark"]:
                roles[at] = "remark"
            elif (
                texts
                and leaf in self.words.roles["unit"]
                and all(text in UNIT_WORDS for text in texts)
            ):
                roles[at] = "unit"
            elif naming and texts and len(texts) * 2 >= len(rows):
                roles[at] = "head"
            else:
                naming, roles[at] = False, "value"
        return roles

    def _corner(self, named: Sequence[int], lines: Sequence[tuple[int, LineKind]]) -> int | None:
        """A column of row names without a header of its own, left of the others."""
        rows = [line for line, kind in lines if kind == "row"]
        for at in range(named[0] - 1, -1, -1):
            cells = [self.grid.shown(line, at) for line in rows]
            if rows and sum(bool(c.text) and not c.is_number for c in cells) * 2 >= len(rows):
                return at
        return None

    def _head(self, row: int, heads: Sequence[int]) -> tuple[str, ...]:
        parts: list[str] = []
        for at in heads:
            text = self.grid.shown(row, at).text
            if text and text not in parts:
                parts.append(text)
        return tuple(parts)


def _around(grid: FormGrid, found: _Found) -> tuple[str, tuple[str, ...]]:
    """The title, and all other texts that are no part of a table."""
    starts = [table.first for table in found.tables] + [pair.at[0] for pair in found.pairs]
    top = min(starts, default=len(grid.rows))
    above = [*grid.above, *(text for row, text in found.around if row < top)]
    titles = [text for text in above if not NOTE.fullmatch(fold(text)) and len(text) <= 60]
    title = titles[0] if titles else ""
    rest = [text for text in above if text != title]
    rest += [text for row, text in found.around if row >= top]
    return title, (*rest, *grid.below)
