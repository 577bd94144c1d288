"""Fill the cells of a table of counts: what each asks for, where and when, and its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from geo.atlas import Area, Atlas
from ledger.domain.columns import ValueRefused
from ledger.domain.timing.periods import Period
from ledger.domain.values import fold
from ledger.reporting.forms.answering import Answer, CannotTell, NotKept, Place
from ledger.reporting.forms.asked_cells import Asked, Asking, Setting, header_of
from ledger.reporting.forms.asked_words import Context, Meaning
from ledger.reporting.forms.filled import FilledCell, OpenCell, Outcome
from ledger.reporting.forms.form_grid import FormGrid
from ledger.reporting.forms.form_shapes import FormTable, Line
from ledger.reporting.forms.hidden_cells import hidden_cells
from ledger.reporting.forms.senses import Filter
from ledger.reporting.forms.table_kinds import TableKind, areas_to_list, read_area
from ledger.reporting.forms.table_sums import TableSums


class CountedTable:
    """Fills one table whose cells are counts."""

    def __init__(
        self,
        table: FormTable,
        grid: FormGrid,
        kind: TableKind,
        context: Context,
        setting: Setting,
    ) -> None:
        self.table, self.grid, self.kind, self.context = table, grid, kind, context
        self.setting = setting
        self.outcome = Outcome()
        self.whole = Place((setting.path,))
        self.asking = Asking(table, kind, context, setting)

    def fill(self) -> Outcome:
        """Every cell of the table, filled or open."""
        places = self._places()
        asked: dict[tuple[int, int], Asked] = {}
        for line in self.table.rows:
            where = places.get(line.at)
            for column in self.asking.columns:
                if where is not None:
                    asked[line.at, column.at] = self.asking.asked(line, column, *where)
        answers = {at: self._answer(one, asked) for at, one in asked.items()}
        hidden = hidden_cells(self.asking, asked, answers)
        for at, one in asked.items():
            self._take(one, answers[at], hidden.get(at, ""))
        sums = TableSums(self.grid, self.asking, asked, answers, hidden, self._take)
        sums.fill()
        self.outcome.open += sums.open
        return self.outcome

    def fill_line(self, line: Line) -> Outcome:
        """The cells of one line that stands for itself: a label with a blank beside it."""
        for column in self.asking.columns:
            one = self.asking.asked(line, column, self.whole, None)
            self._take(one, self._answer(one, {}))
        return self.outcome

    # ---- rows -------------------------------------------------------------------------------

    def _places(self) -> dict[int, tuple[Place, Area | None]]:
        """Where the cells of each row are counted; rows that nobody knows are told as open."""
        if self.kind.kind == "areas":
            return self._named_by_us()
        found: dict[int, tuple[Place, Area | None]] = {}
        for line in self.table.rows:
            if not line.parts or self.setting.told.left & set(map(fold, line.parts)):
                continue
            if self.kind.kind != "named_areas":
                found[line.at] = (self.whole, None)
                continue
            code = read_area(line.parts, self.setting.names, self.setting.told)
            area = self.setting.atlas.get(code) if isinstance(code, str) else None
            actor = self.setting.answers.actor
            inside = area is not None and actor.sees(area.path)
            if area is None or not inside or not area.path.startswith(self.setting.path):
                said = (
                    str(code)
                    if isinstance(code, ValueRefused)
                    else f"“{line.name}”不在统计的区域内"
                )
                at = (line.at, self.table.heads[-1].at if self.table.heads else 0)
                self.outcome.open.append(
                    OpenCell(self.table.grid, at, line.name, said, line.name, "areas")
                )
                continue
            found[line.at] = (Place((area.path,), (area.code,)), area)
        return found

    def _named_by_us(self) -> dict[int, tuple[Place, Area | None]]:
        setting = self.setting
        found: dict[int, tuple[Place, Area | None]] = {}
        areas = areas_to_list(setting.atlas, setting.answers.actor, setting.path, self.kind.level)
        serial = next((c.at for c in self.table.columns if c.role == "serial"), None)
        for number, (line, area) in enumerate(zip(self.table.rows, areas, strict=False), start=1):
            if serial is not None and self.grid.at(line.at, serial).is_blank:
                self._write(line.at, serial, "序号", "序号", number)
            for at, level in self.kind.naming:
                named = _named_at(setting.atlas, area, level)
                if named is not None and self.grid.at(line.at, at).is_blank:
                    header = next(c.name for c in self.table.columns if c.at == at)
                    self._write(
                        line.at, at, header, f"区域名称，按官方顺序（代码{named.code}）", named.name
                    )
            found[line.at] = (Place((area.path,), (area.code,)), area)
        return found

    def _write(self, row: int, at: int, header: str, means: str, value: int | str) -> None:
        self.outcome.cells.append(FilledCell(self.table.grid, (row, at), header, means, value))

    # ---- numbers ----------------------------------------------------------------------------

    def _answer(
        self, one: Asked, asked: Mapping[tuple[int, int], Asked]
    ) -> Answer | CannotTell | None:
        if one.meaning is None or one.place is None:
            return None
        if not self.grid.is_first(one.line.at, one.column.at):
            return None
        if self.grid.at(one.line.at, one.column.at).formula:
            return None
        try:
            if one.meaning.share:
                return self._share(one, asked)
            answer = self.setting.answers.value(one.meaning, one.period, one.place)
            if one.whole is not None:
                self._require_whole(one, answer)
            return answer
        except CannotTell as reason:
            return reason

    def _require_whole(self, one: Asked, answer: Answer) -> None:
        """Raise `CannotTell` where the columns beside a sum leave records out."""
        if one.whole is None:
            return
        meaning, place = one.whole
        whole = self.setting.answers.value(meaning, one.period, place)
        listed, every = float(answer.value or 0), float(whole.value or 0)
        if abs(listed - every) > 1e-6:
            raise CannotTell(
                f"旁边各列相加为{listed:g}，全部为{every:g}（有的没有填写或不在各列里），合计填哪个没有写明"
            )

    def _share(self, one: Asked, asked: Mapping[tuple[int, int], Asked]) -> Answer:
        if one.meaning is None or one.place is None:
            raise CannotTell("没有写明占比")
        plain = replace(one.meaning, share=False)
        part = self.setting.answers.value(plain, one.period, one.place)
        whole, rest = self._whole(plain, one.period, asked)
        if rest:
            which = f"另有{rest:g}不在表列各行内" if rest > 0 else "表列各行有重叠"
            raise CannotTell(f"{which}，占比按全部还是按表列各行算，没有写明")
        if not whole.value:
            raise CannotTell("没有数据（分母为零）")
        share = float(part.value or 0) / float(whole.value)
        return replace(part, value=share, parts=(part.value or 0, whole.value))

    def _whole(
        self, meaning: Meaning, period: Period | None, asked: Mapping[tuple[int, int], Asked]
    ) -> tuple[Answer, float]:
        """The same count over the whole table, and how much of it lies in none of its rows."""
        lines = [self.setting.answers.value(m, period, p) for m, p in self._rows_of(meaning, asked)]
        of_rows = {
            (one.column, one.ledger) for m, _ in self._rows_of(meaning, asked) for one in m.filters
        } - {(one.column, one.ledger) for one in self.context.filters}
        bare = replace(
            meaning,
            filters=tuple(f for f in meaning.filters if (f.column, f.ledger) not in of_rows),
        )
        whole = self.setting.answers.value(bare, period, self.whole)
        listed = sum(float(one.value or 0) for one in lines)
        return whole, float(whole.value or 0) - listed

    def _rows_of(
        self, meaning: Meaning, asked: Mapping[tuple[int, int], Asked]
    ) -> list[tuple[Meaning, Place]]:
        """The count as each row of the table asks for it."""
        found: dict[int, tuple[Meaning, Place]] = {}
        for (row, _), one in asked.items():
            if one.place is None or one.meaning is None or row in found:
                continue
            if one.meaning.count.ledger != meaning.count.ledger:
                continue
            found[row] = (replace(meaning, filters=self._row_filters(one, meaning)), one.place)
        return list(found.values())

    def _row_filters(self, one: Asked, meaning: Meaning) -> tuple[Filter, ...]:
        if self.asking.by_area or one.meaning is None:
            return meaning.filters
        columns = {f.column for f in one.meaning.filters}
        return (*one.meaning.filters, *(f for f in meaning.filters if f.column not in columns))

    # ---- taking an answer -------------------------------------------------------------------

    def _take(self, one: Asked, answer: Answer | CannotTell | None, hidden: str = "") -> None:
        if one.problem is not None:
            if self._fillable(one):
                self.outcome.open.append(one.problem)
            return
        if answer is None or one.meaning is None:
            return
        if isinstance(answer, CannotTell):
            about = "stock" if isinstance(answer, NotKept) else ""
            asked = self.asking.open_cell(one.line, one.column, str(answer), about=about)
            self.outcome.open.append(asked)
            return
        if answer.value is None:
            said = self.asking.open_cell(one.line, one.column, "没有数据（分母为零）")
            self.outcome.open.append(said)
            return
        value: int | float | str = hidden or _written(one.meaning, answer)
        rate = one.meaning.share or one.meaning.count.is_rate
        fits = "%" in self.grid.at(one.line.at, one.column.at).number_format
        named = one.area.name if one.area is not None else self.setting.where
        if one.line.kind == "total" and self.asking.by_area:
            named = "表列各区域"
        where = f"，{named}" if named else ""
        if one.meaning.percent and fits:  # the cell itself multiplies by 100
            value = hidden or float(answer.value)
        how = "" if not rate or hidden or fits else "0.0" if one.meaning.percent else "0.0%"
        self.outcome.cells.append(
            FilledCell(
                grid=self.table.grid,
                at=(one.line.at, one.column.at),
                header=header_of(one.line, one.column),
                means=f"{one.meaning.words}{where}，{answer.when}{_unit(one.meaning)}",
                value=value,
                rows=answer.rows,
                opens=answer.opens,
                number_format=how,
                note=answer.note,
            )
        )

    def _fillable(self, one: Asked) -> bool:
        """Whether the cell waits for something: what stands there already needs no answer."""
        row, column = one.line.at, one.column.at
        cell = self.grid.at(row, column)
        return self.grid.is_first(row, column) and not cell.formula and not cell.text


def _written(meaning: Meaning, answer: Answer) -> int | float:
    value = float(answer.value or 0)
    if meaning.percent:
        return value * 100
    if meaning.share or meaning.count.is_rate:
        return value
    value = round(value / meaning.factor, 6)
    return int(value) if value.is_integer() else value


def _unit(meaning: Meaning) -> str:
    if meaning.factor == 1 or meaning.percent or meaning.share or meaning.count.is_rate:
        return ""
    return f"，折算除以{meaning.factor:g}"


def _named_at(atlas: Atlas, area: Area, level: str) -> Area | None:
    if area.level == level:
        return area
    return next((one for one in atlas.ancestors(area.code) if one.level == level), None)
