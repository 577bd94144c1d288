"""Recognise the shape of a form: which rows are headers, which cells are to be filled.

Nothing is known here of what the words mean, only of what serial numbers, sums, units, examples
and notes look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.domain.errors import Invalid
from ledger.domain.values import fold
from ledger.exchange.reading.header_rows import Label, labels_of
from ledger.exchange.reading.tables_in import Sheet
from ledger.reporting.forms.form_grid import FormGrid
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
from ledger.reporting.forms.form_words import FormWords

_DEEPEST = 4
_NOTE = re.compile(
    r"(?:填报|报送|填表|制表|审核|复核|审批|经办|统计|上报|截止|联系|报表|负责人|分管|主管|主要领导|"
    r"单位|说明|注|备注|日期|时间|年度|期间|周期|附件|附表|盖章|签字|签章)[^:]{0,12}:.*"
    r"|(?:附件|附表)\d*|.{0,12}年.{0,6}月(?:.{0,6}日)?|单位:.*|.*\(?(?:盖章|公章|签字|签章)\)?"
    r"|(?:说明|注|备注|填表说明)\d*[:.、].*|[※*].*|\d{1,2}[.、].{6,}"
)
_TOTAL = re.compile(r".{0,8}(?:合计|总计|小计|共计|汇总)\d*(?:\([^)]*\))?")
_NUMBERING = re.compile(r"\(?(?:\d{1,3}|[甲乙丙丁戊己庚辛]|[a-z])(?:=.*)?\)?")
_UNITS = (
    "家 户 个 人 所 处 张 元 万元 千元 亿元 百元 万 件 条 次 人次 % 项 份 册 场 场次 批 批次 "
    "起 天 岁 月 个月 宗 件次 万人次 名 平方米 轮 分 ‰ 例 笔 期 百分比 张床 万份 百分点 位"
)
UNIT_WORDS = frozenset(_UNITS.split())


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
    said = tuple(text for texts in notes.values() for text in texts)
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
            elif self._is_pairs(row, at):
                row = self._take_pairs(row)
            elif self._is_header(row, at):
                row = self._take_table(row)
            else:
                texts = [self.grid.at(row, one).text for one in at]
                self.found.around += [(row, text) for text in texts if text]
                row += 1
        return self.found

    # ---- which kind of row ------------------------------------------------------------------

    def _labels(self, row: int, at: Sequence[int]) -> list[str]:
        return [self.grid.at(row, one).folded for one in at]

    def _is_header(self, row: int, at: Sequence[int]) -> bool:
        cells = [self.grid.at(row, one) for one in at]
        if any(cell.formula or cell.is_number for cell in cells):
            return False
        texts = [fold(cell.text) for cell in cells]
        if len(texts) < 2 or any(len(text) > 60 for text in texts):
            return False
        if any(text.endswith(":") or _NOTE.fullmatch(text) for text in texts[:1]):
            return False
        if all(_NOTE.fullmatch(text) or text.endswith(":") for text in texts):
            return False
        return not any(":" in text and not text.startswith("其中") for text in texts)

    def _is_pairs(self, row: int, at: Sequence[int]) -> bool:
        """Whether every label of a row has a blank cell to its right, up to the next one."""
        if any(self.grid.at(row, one).formula for one in at):
            return False
        labels = [one for one in at if not self.grid.at(row, one).is_number]
        if not labels or len(labels) > 6:
            return False
        texts = [fold(self.grid.at(row, one).text) for one in labels]
        if any(_NOTE.fullmatch(text) for text in texts) or any(len(text) > 30 for text in texts):
            return False
        framed = all(self.grid.at(row, one).framed for one in labels)
        if not framed or len(at) != len(labels):
            return False
        blanks = [self._beside(row, one) for one in labels]
        if not all(blanks):
            return False
        # A header may have a blank corner, never a blank beside each of its names; the names of
        # groups, with names below the blanks, are a header.
        return not any(
            blank is not None
            and self.grid.at(row + 1, blank).text
            and len(labels) > 1
            and self._names_below(row, blank)
            for blank in blanks
        )

    def _names_below(self, row: int, column: int) -> bool:
        below = self.grid.filled(row + 1)
        return len(below) > 2 and column in below and not self._is_pairs(row + 1, below)

    def _beside(self, row: int, column: int) -> int | None:
        """The column of the blank cell right of a label; None where there is none."""
        _, _, _, right = self.grid.span(row, column)
        place = right + 1
        if place >= self.grid.width or not self.grid.is_first(row, place):
            return None
        cell = self.grid.at(row, place)
        return place if cell.framed and (cell.is_blank or cell.is_number) else None

    # ---- labels with blanks -----------------------------------------------------------------

    def _take_pairs(self, row: int) -> int:
        while row < len(self.grid.rows):
            at = self.grid.filled(row)
            if not at or not self._is_pairs(row, at):
                break
            for column in at:
                blank = self._beside(row, column)
                if blank is not None:
                    text = self.grid.at(row, column).text
                    pair = Pair(self.number, text, (row, column), (row, blank))
                    self.found.pairs.append(pair)
            row += 1
        return row

    # ---- tables -----------------------------------------------------------------------------

    def _take_table(self, first: int) -> int:
        last = self._header_end(first)
        labels = labels_of(self.sheet, first, last)
        after, units = self._numbering(last + 1)
        named = [at for at, label in enumerate(labels) if label.parts]
        framed = sum(self.grid.shown(last, at).framed for at in named) * 2 > len(named)
        lines = list(self._lines(after, named, framed=framed))
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

    def _header_end(self, first: int) -> int:
        last = first
        while last - first < _DEEPEST - 1:
            bottoms = [
                bottom
                for top, _, bottom, _ in self.grid.merged
                if first <= top <= last < bottom < first + _DEEPEST
                and self.grid.at(top, self.grid.span(top, 0)[1]) is not None
            ]
            wide = any(
                top == last and right > left and self.grid.at(top, left).text
                for top, left, _, right in self.grid.merged
            )
            if bottoms:
                last = max(bottoms)
            elif self._wordy(last + 1) and (wide or self._groups(last)):
                last += 1
            else:
                break
        return last

    def _wordy(self, row: int) -> bool:
        at = self.grid.filled(row)
        cells = [self.grid.at(row, one) for one in at]
        return len(at) > 1 and not any(
            cell.formula or cell.is_number or (_TOTAL.fullmatch(cell.folded) and len(at) < 3)
            for cell in cells
        )

    def _groups(self, row: int) -> bool:
        """Whether names stand below the blanks of a row: a group's name over several columns."""
        above, below = set(self.grid.filled(row)), set(self.grid.filled(row + 1))
        gaps = {
            at
            for at in range(min(above), self.grid.width)
            if at not in above and self.grid.is_first(row, at)
        }
        return bool(gaps & below) and len(below) > 2 and min(below) >= min(above) + 1

    def _numbering(self, row: int) -> tuple[int, dict[int, str]]:
        """Past a row of column numbers or of units; and the units."""
        units: dict[int, str] = {}
        for _ in range(2):
            at = self.grid.filled(row)
            texts = [self.grid.at(row, one).folded.strip("()") for one in at]
            texts = [text.removeprefix("单位:") for text in texts]
            if len(at) > 1 and all(text in UNIT_WORDS or text in ("-", "单位") for text in texts):
                units |= dict(zip(at, texts, strict=True))
            elif not (
                len(at) > 2
                and all(_NUMBERING.fullmatch(text) for text in texts)
                and _counts_up(texts)
            ):
                break
            row += 1
        return row, units

    def _lines(
        self, row: int, named: Sequence[int], *, framed: bool
    ) -> Iterator[tuple[int, LineKind]]:
        while row < len(self.grid.rows):
            at = [one for one in self.grid.filled(row) if one <= named[-1]]
            cells = [self.grid.at(row, one) for one in at]
            texts = [cell.folded for cell in cells]
            in_frame = sum(self.grid.shown(row, one).framed for one in named) * 2 > len(named)
            total = any(_TOTAL.fullmatch(text) for text in texts[:2])
            if framed and not in_frame and not total:
                return
            if not framed and (not at or self._closes(row, at)):
                return
            if framed and in_frame and at and self._closes(row, at) and not total:
                return
            kind: LineKind = "total" if total else "row"
            if texts and texts[0] in self.words.roles["example"]:
                kind = "example"
            yield row, kind
            if framed and not in_frame:
                return
            row += 1

    def _closes(self, row: int, at: Sequence[int]) -> bool:
        """Whether a row is a note below the table, or the header of the next one."""
        raw = [fold(self.grid.at(row, one).text) for one in at]
        # A line may be numbered as notes are, but it has a unit or a code beside its name.
        most = 1 if raw[0][:1].isdigit() else 3
        if any(_NOTE.fullmatch(text) for text in raw[:1]) and len(at) <= most:
            return True
        wide = self.grid.span(row, at[0])
        return len(at) == 1 and wide[3] - wide[1] >= 3 and len(raw[0]) > 12

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


def _counts_up(texts: Sequence[str]) -> bool:
    digits = [int(text) for text in texts if text.isdigit()]
    return len(digits) > 1 and digits == list(range(digits[0], digits[0] + len(digits)))


def _around(grid: FormGrid, found: _Found) -> tuple[str, tuple[str, ...]]:
    """The title, and all other texts that are no part of a table."""
    starts = [table.first for table in found.tables] + [pair.at[0] for pair in found.pairs]
    top = min(starts, default=len(grid.rows))
    above = [*grid.above, *(text for row, text in found.around if row < top)]
    titles = [text for text in above if not _NOTE.fullmatch(fold(text)) and len(text) <= 60]
    title = titles[0] if titles else ""
    rest = [text for text in above if text != title]
    rest += [text for row, text in found.around if row >= top]
    return title, (*rest, *grid.below)
