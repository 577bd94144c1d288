"""Fill a list with records, and the registration form of one: columns and labels are fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.atlas import Atlas
from ledger.domain.access import Action
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.periods import Period
from ledger.domain.values import fold
from ledger.records.query import Condition, Selection, within
from ledger.records.record_pages import read_all
from ledger.reporting.figures.binding import bind
from ledger.reporting.figures.definitions import NOW, Figure, Term, Words
from ledger.reporting.figures.model import Rows
from ledger.reporting.forms.answering import Answers
from ledger.reporting.forms.asked_cells import Setting
from ledger.reporting.forms.asked_words import Context
from ledger.reporting.forms.field_reader import FieldReader, written_number
from ledger.reporting.forms.filled import FilledCell, OpenCell, Outcome, Written
from ledger.reporting.forms.form_grid import FormCell, FormGrid
from ledger.reporting.forms.form_shapes import Column, FormTable, Pair
from ledger.reporting.forms.form_units import without_units
from ledger.reporting.forms.senses import FieldWord, RowChoice
from ledger.reporting.forms.table_kinds import TableKind, field_of, is_left, level_of

MOST_RECORDS = 20_000
_SEPARATOR = "、"
_AMOUNTS = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.MONEY)
_NOT_FILLED = "台账没有填写这一项"


@dataclass(frozen=True)
class ListQuestion:
    """Which records a list holds is not clear: why, and what it may be."""

    message: str
    proposals: tuple[RowChoice, ...]


def rows_of_list(
    kind: TableKind,
    title: str,
    rest: str,
    filters: Sequence[Any],
    context: Context,
    setting: Setting,
) -> RowChoice | ListQuestion:
    """Which records a list holds, by what somebody answered, else by its title.

    A title of which a word is not understood may well leave records out: then it is asked.
    """
    chosen = setting.told.chosen_rows()
    if chosen is not None:
        return chosen
    ledger = ledger_named(kind.ledger)
    wanted = setting.told.list_choice
    for word in sorted(context.words.lists, key=len, reverse=True):
        if word in fold(title) and context.words.lists[word].rows.ledger == kind.ledger:
            found = context.words.lists[word]
            for one in (found.rows, *found.choose):
                if one.label == wanted:
                    return one
            if found.sure:
                return found.rows
            return ListQuestion(f"“{title}”列哪些记录没有写明", found.choose)
    where = tuple(Term(f.column, "in", f.values) for f in filters if f.ledger == kind.ledger)
    said = "，".join(f.words for f in filters if f.ledger == kind.ledger)
    every = RowChoice(kind.ledger, said or f"{ledger.label}全部记录", where)
    if rest and every.label != wanted:
        return ListQuestion(f"标题里的“{rest}”不明白，不知道列哪些记录", (every,))
    return every


class ListedRecords:
    """The records of a list, read once, in the order in which they are written."""

    def __init__(self, choice: RowChoice, context: Context, setting: Setting) -> None:
        self.choice, self.context, self.setting = choice, context, setting
        self.ledger = ledger_named(choice.ledger)
        answers = setting.answers
        answers.actor.require(Action.EXPORT, self.ledger.key)
        self.period = self._period()
        self.selection = self._selection(answers)
        self.records = read_all(answers.connection, answers.actor, self.ledger, self.selection)

    def _period(self) -> Period | None:
        return self.setting.times.own if self.ledger.dated else None

    def _selection(self, answers: Answers) -> Selection:
        words = Words("", "", "", "", local=False)
        figure = Figure("", "", "", "", self.ledger.key, NOW, words, of=self.choice.where)
        conditions = list(bind(figure, answers._asked_in(None)).base)
        if self.period is not None and self.ledger.dated:
            conditions += within(self.ledger.by_key[self.ledger.dated], self.period)
        sort: tuple[tuple[str, bool], ...] = (("number", False),)
        if self.ledger.judged:
            sort = (("tier", True), ("area_code", False), *sort)
        elif self.ledger.dated:
            sort = ((self.ledger.dated, False), *sort)
        path = None if self.setting.path in ("/", answers.actor.scope_path) else self.setting.path
        return Selection(conditions=tuple(conditions), area_path=path, sort=sort)

    def one(self, record: Mapping[str, Any]) -> Selection:
        """The selection of a single record."""
        return Selection(conditions=(Condition("number", "eq", record["number"]),))

    @property
    def means(self) -> str:
        """Which records, in Chinese."""
        when = f"，{self.period.label}" if self.period else f"，截至{self.setting.times.today}"
        named = self.setting.where
        return f"{self.choice.label}{f'，{named}' if named else ''}{when}"


def fill_list(
    table: FormTable, grid: FormGrid, kind: TableKind, records: ListedRecords, context: Context
) -> Outcome:
    """Write the records of a list into its blank rows, one a row."""
    outcome, setting = Outcome(), records.setting
    example = next((one.at for one in table.lines if one.kind == "example"), None)
    rows = list(zip(table.rows, records.records, strict=False))
    serial = next((c for c in table.columns if c.role == "serial"), None)
    if serial is not None:
        for number, (line, _) in enumerate(rows, start=1):
            if grid.at(line.at, serial.at).is_blank:
                cell = FilledCell(table.grid, (line.at, serial.at), serial.name, "序号", number)
                outcome.cells.append(cell)
    for column in table.values:
        if is_left(column, setting.told):
            continue
        level = level_of(column)
        sample = FormCell() if example is None else grid.at(example, column.at)
        words = field_of(column, kind.ledger, context, setting.told)
        first = rows[0][0].at if rows else table.last + 1
        said = without_units(column.parts, column.unit)
        reader = FieldReader(words[0], said.unit, context.units, sample, setting) if words else None
        if level is None and (reader is None or len(words) > 1 or reader.problem):
            outcome.open.append(_unknown(table, column, first, words, reader, records.ledger))
            continue
        for line, record in rows:
            place = (line.at, column.at)
            value = (
                _area_at(setting.atlas, record["area_code"], level)
                if level is not None or reader is None
                else reader.read(record)
            )
            if value is None:
                outcome.open.append(OpenCell(table.grid, place, column.name, _NOT_FILLED))
                continue
            label = "所属区域" if reader is None or level is not None else reader.word.label
            note = _not_offered(grid.at(line.at, column.at), value)
            if note:
                outcome.open.append(OpenCell(table.grid, place, column.name, note))
                continue
            outcome.cells.append(
                FilledCell(
                    table.grid,
                    place,
                    column.name,
                    f"{label}（{record['number']}）；{records.means}",
                    value,
                    1,
                    Rows(records.ledger.key, records.one(record)),
                    "yyyy-mm-dd" if isinstance(value, date) else "",
                )
            )
        _sum_up(outcome, table, grid, column, reader, records)
    return outcome


def _sum_up(
    outcome: Outcome,
    table: FormTable,
    grid: FormGrid,
    column: Column,
    reader: FieldReader | None,
    records: ListedRecords,
) -> None:
    """The sum of a column of amounts, in a row 合计 without a formula."""
    total = next((line for line in table.lines if line.kind == "total"), None)
    if total is None or reader is None or grid.at(total.at, column.at).formula:
        return
    if not reader.columns or reader.columns[0].type not in _AMOUNTS or reader.word.other:
        return
    values = [reader.read(record) for record in records.records]
    told = [float(one) for one in values if isinstance(one, int | float)]
    note = f"{len(values) - len(told)}条没有填写，未计入" if len(told) < len(values) else ""
    rows = Rows(records.ledger.key, records.selection)
    means = f"{reader.word.label}之和；{records.means}"
    outcome.cells.append(
        FilledCell(
            table.grid,
            (total.at, column.at),
            f"合计 | {column.name}",
            means,
            written_number(sum(told)),
            len(values),
            rows,
            note=note,
        )
    )


def _unknown(
    table: FormTable,
    column: Column,
    row: int,
    words: Sequence[FieldWord],
    reader: FieldReader | None,
    ledger: Ledger,
) -> OpenCell:
    if reader is not None and reader.problem:
        message = reader.problem
    elif words:
        message = f"“{column.name}”可以是：{'、'.join(one.label for one in words)}"
    else:
        message = f"{ledger.label}台账里没有认出与“{column.name}”对应的列"
    return OpenCell(
        table.grid, (row, column.at), column.name, message, column.name, "fields",
        tuple((one.column, one.label) for one in words if one.column),
    )  # fmt: skip


def _not_offered(cell: FormCell, value: Written) -> str:
    """Why a value does not go into a cell with a drop-down list; empty if it does."""
    if not cell.choices or not isinstance(value, str) or value in cell.choices:
        return ""
    return f"“{value}”不在这一格的下拉选项（{'、'.join(cell.choices[:6])}）里"


def _area_at(atlas: Atlas, code: str | None, level: str | None) -> str | None:
    area = atlas.get(code)
    if area is None or level is None:
        return None
    chain = (*atlas.ancestors(area.code), area)
    return next((one.name for one in chain if one.level == level), None)


def fill_pairs_of_record(
    pairs: Sequence[Pair],
    grid: FormGrid,
    record: Mapping[str, Any],
    ledger: Ledger,
    context: Context,
    setting: Setting,
) -> Outcome:
    """Write one record into its registration form: each label is a field."""
    setting.answers.actor.require(Action.EXPORT, ledger.key)
    outcome = Outcome()
    rows = Rows(ledger.key, Selection(conditions=(Condition("number", "eq", record["number"]),)))
    for pair in pairs:
        column = Column(pair.at[1], (pair.label,), "value")
        if is_left(column, setting.told):
            continue
        level = level_of(column)
        words = field_of(column, ledger.key, context, setting.told)
        said = without_units(column.parts)
        reader = (
            FieldReader(words[0], said.unit, context.units, FormCell(), setting) if words else None
        )
        open_cell = OpenCell(pair.grid, pair.at, pair.label, "", pair.label, "fields")
        if level is None and (reader is None or reader.problem or len(words) > 1):
            message = (
                reader.problem
                if reader is not None and reader.problem
                else (f"{ledger.label}台账里没有认出与“{pair.label}”对应的列")
            )
            outcome.open.append(_with(open_cell, message))
            continue
        value = (
            _area_at(setting.atlas, record["area_code"], level)
            if level is not None or reader is None
            else reader.read(record)
        )
        if value is None:
            outcome.open.append(_with(open_cell, _NOT_FILLED))
            continue
        refused = _not_offered(grid.at(*pair.at), value)
        if refused:
            outcome.open.append(_with(open_cell, refused))
            continue
        label = reader.word.label if reader is not None and level is None else "所属区域"
        outcome.cells.append(
            FilledCell(
                pair.grid,
                pair.at,
                pair.label,
                f"{label}（{record['number']}）",
                value,
                1,
                rows,
                "yyyy-mm-dd" if isinstance(value, date) else "",
            )
        )
    return outcome


def _with(cell: OpenCell, message: str) -> OpenCell:
    return OpenCell(cell.grid, cell.at, cell.header, message, cell.asks, cell.about)
