"""Sums of a table: rows of 合计 without a formula, and what sums by formula leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.domain.small_counts import HIDDEN
from ledger.domain.values import fold
from ledger.reporting.forms.answering import Answer, CannotTell, Place
from ledger.reporting.forms.asked_cells import Asked, Asking, header_of, merged, union
from ledger.reporting.forms.asked_words import Meaning
from ledger.reporting.forms.filled import OpenCell
from ledger.reporting.forms.form_grid import FormGrid
from ledger.reporting.forms.form_shapes import Column, Line
from ledger.reporting.forms.formula_circles import used_by

Cells = Mapping[tuple[int, int], Asked]
Answered = Mapping[tuple[int, int], Answer | CannotTell | None]
Take = Callable[[Asked, Answer], None]


@dataclass
class TableSums:
    """The sums of one table whose cells have been answered; ``take`` writes one, ``open`` lists
    what stays blank."""

    grid: FormGrid
    asking: Asking
    asked: Cells
    answers: Answered
    hidden: Mapping[tuple[int, int], str]
    take: Take
    open: list[OpenCell] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table, self.setting = self.asking.table, self.asking.setting
        self.whole = Place((self.setting.path,))

    def fill(self) -> None:
        """Every sum of the table."""
        for line in self.table.lines:
            if line.kind == "total":
                self._line(line)
        self.open += self._formulas_beside()

    def _line(self, line: Line) -> None:
        asked, answers, hidden = self.asked, self.answers, self.hidden
        rows = self._summed_rows(line)
        unread = self._unread(rows)
        for column in self.asking.columns:
            cell = self.grid.at(line.at, column.at)
            if unread:
                if any((at, column.at) in asked for at in rows):
                    said = "上面有没填的行，合计不完整"
                    self.open.append(self.asking.open_cell(line, column, said))
                continue
            outside = self._outside(column, rows, asked, answers)
            above = [(asked[at, column.at], answers[at, column.at]) for at in rows
                     if (at, column.at) in asked]  # fmt: skip
            if cell.formula:
                if outside:
                    self.open.append(
                        self.asking.open_cell(line, column, f"公式没有计入：{outside}")
                    )
                gaps = [one for one, answer in above if not isinstance(answer, Answer)]
                if gaps and not any(self.grid.at(*_at(one)).formula for one in gaps):
                    said = "上面有没有填的格，公式算出的合计不全，请勿采用"
                    self.open.append(self.asking.open_cell(line, column, said))
                if any(hidden.get((at, column.at)) for at in rows):
                    said = f"合计公式没有计入写成“{HIDDEN}”的数，请人工核定"
                    self.open.append(self.asking.open_cell(line, column, said))
                continue
            told = [(one, answer) for one, answer in above if isinstance(answer, Answer)]
            if not told:
                continue
            if len(told) < len(above):
                said = "上面有没有填的格，不能合计"
                self.open.append(self.asking.open_cell(line, column, said))
                continue
            self._take_total(line, column, told, outside)

    def _unread(self, rows: Sequence[int]) -> list[int]:
        """The rows that are called something which nobody understood; blank ones are none."""
        columns = [one.at for one in self.asking.columns]
        serials = {one.at for one in self.table.columns if one.role == "serial"}
        before = set(range(min(columns, default=0))) - serials
        return [
            row
            for row in rows
            if not any((row, at) in self.asked for at in columns)
            and any(self.grid.at(row, at).text for at in before)
        ]

    def _outside(
        self,
        column: Column,
        rows: Sequence[int],
        asked: Cells,
        answers: Answered,
    ) -> str:
        """How many lie in none of the areas of these rows, in words; empty for none."""
        cells = [(asked[at, column.at], answers[at, column.at]) for at in rows
                 if (at, column.at) in asked]  # fmt: skip
        told = [answer for _, answer in cells if isinstance(answer, Answer)]
        if not self.asking.by_area or not told or len(told) < len(cells):
            return ""
        meaning = cells[0][0].meaning
        if meaning is None or meaning.share or meaning.count.is_rate:
            return ""
        try:
            whole = self.setting.answers.value(meaning, cells[0][0].period, self.whole)
        except CannotTell:
            return ""
        rest = float(whole.value or 0) - sum(float(one.value or 0) for one in told)
        unit = meaning.count.unit
        return f"另有{rest:g}{unit}没有归属到表列的区域" if rest > 1e-6 else ""

    def _take_total(
        self, line: Line, column: Column, told: Sequence[tuple[Asked, Answer]], outside: str
    ) -> None:
        first = told[0][0]
        meaning = first.meaning
        if meaning is None:
            return
        areas = {one.area for one, _ in told}
        own = Asked(
            line,
            column,
            meaning,
            first.period,
            union([one.place for one, _ in told]),
            area=first.area if len(areas) == 1 and not self.asking.by_area else None,
        )
        try:
            if meaning.share:
                total: Answer = replace(
                    told[0][1], value=sum(float(answer.value or 0) for _, answer in told)
                )
                plain = self._merged([one for one, _ in told])
                whole = self.setting.answers.value(
                    replace(plain, share=False), first.period, own.place or self.whole
                )
                total = replace(whole, value=total.value)
                self.take(replace(own, meaning=plain), total)
                return
            joined = self._merged([one for one, _ in told])
            total = self.setting.answers.value(joined, first.period, own.place or self.whole)
        except CannotTell as reason:
            self.open.append(self.asking.open_cell(line, column, str(reason)))
            return
        listed = sum(float(answer.value or 0) for _, answer in told)
        if not meaning.count.is_rate and abs(listed - float(total.value or 0)) > 1e-6:
            said = f"各行相加为{listed:g}，去重后为{float(total.value or 0):g}，合计填哪个没有写明"
            self.open.append(self.asking.open_cell(line, column, said))
            return
        note = "；".join(filter(None, [total.note, outside]))
        self.take(replace(own, meaning=joined), replace(total, note=note))

    def _summed_rows(self, line: Line) -> list[int]:
        rows = [one.at for one in self.table.rows if one.at < line.at]
        if any("小计" in fold(part) for part in line.parts) or "小计" in self._text(line):
            before = [
                one.at for one in self.table.lines if one.kind == "total" and one.at < line.at
            ]
            rows = [at for at in rows if at > max(before, default=-1)]
        return rows or [one.at for one in self.table.rows]

    def _text(self, line: Line) -> str:
        return "".join(self.grid.at(line.at, at).text for at in range(self.asking.columns[0].at))

    def _merged(self, rows: Sequence[Asked]) -> Meaning:
        return merged([one.meaning for one in rows if one.meaning is not None])

    def _formulas_beside(self) -> list[OpenCell]:
        """Sums by formula over columns of one group that leave records out: 合计 = 已许可备案 +
        未许可备案 misses institutions of which neither is known."""
        found = []
        for (row, at), one in self.asked.items():
            cell = self.grid.at(row, at)
            meaning = one.meaning
            if not cell.formula or meaning is None or meaning.share or meaning.count.is_rate:
                continue
            boxes = list(used_by(cell.formula, self.grid))
            if any((top, bottom) != (row, row + 1) for top, _, bottom, _ in boxes):
                continue
            used = {place for _, left, _, right in boxes for place in range(left, right)}
            parts = [self.answers.get((row, place)) for place in used]
            told = [part for part in parts if isinstance(part, Answer)]
            if len(told) < 2 or len(told) < len(parts):
                continue
            try:
                every, place = one.whole or (meaning, one.place or self.whole)
                whole = self.setting.answers.value(every, one.period, place)
            except CannotTell:
                continue
            rest = float(whole.value or 0) - sum(float(part.value or 0) for part in told)
            if rest > 1e-6:
                said = (
                    f"公式没有计入：{every.count.label}共{float(whole.value or 0):g}，"
                    f"另有{rest:g}不在相加的各列里（台账没有填写）"
                )
                found.append(
                    OpenCell(self.table.grid, (row, at), header_of(one.line, one.column), said)
                )
        return found


def _at(one: Asked) -> tuple[int, int]:
    return one.line.at, one.column.at
