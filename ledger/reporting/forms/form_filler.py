"""Fills the tables of one form for one reader: its kind, room for what it lists, its cells."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.domain.values import fold
from ledger.exchange.reading.area_names import AreaNames
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import read_all
from ledger.reporting.forms.answering import Answers
from ledger.reporting.forms.asked_cells import Setting
from ledger.reporting.forms.asked_words import Context
from ledger.reporting.forms.counted_cells import CountedTable
from ledger.reporting.forms.filled import OpenCell, Outcome
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.form_files import FormFile
from ledger.reporting.forms.form_grid import FormGrid
from ledger.reporting.forms.form_periods import times_of
from ledger.reporting.forms.form_shapes import Column, Form, FormTable, Line, Pair
from ledger.reporting.forms.form_titles import read_title
from ledger.reporting.forms.formula_circles import circles_in
from ledger.reporting.forms.listed_records import (
    MOST_RECORDS,
    ListedRecords,
    ListQuestion,
    fill_list,
    fill_pairs_of_record,
    rows_of_list,
)
from ledger.reporting.forms.recognising import recognise
from ledger.reporting.forms.senses import FormWords
from ledger.reporting.forms.table_kinds import TableKind, areas_to_list, field_of, kind_of, level_of


class FormFiller:
    """Fills the tables of one form for one reader."""

    def __init__(
        self,
        connection: Any,
        actor: Actor,
        atlas: Atlas,
        book: Any,
        words: FormWords,
        path: str,
        told: FormAnswers,
        asked: Period | None,
    ) -> None:
        self.connection, self.actor, self.atlas, self.book = connection, actor, atlas, book
        self.words, self.path, self.told, self.asked = words, path, told, asked
        self.names = AreaNames(atlas, actor)
        self.senses = told.senses(words)
        self.notes: list[str] = []
        self.when = ""
        self._contexts: dict[Hashable, tuple[Context, str]] = {}

    def make_room(self, file: FormFile, form: Form) -> Form:
        """The form with as many blank rows as there are records or areas."""
        added = False
        for table in reversed(form.tables):
            context, rest = self._context(form, table)
            kind = kind_of(table, context, self.told, self.names)
            needed = 0
            if kind.kind == "areas":
                areas = areas_to_list(self.atlas, self.actor, self.path, kind.level)
                needed = len(areas)
            elif kind.kind == "records":
                found = self._records(form, table, kind, context, rest)
                needed = len(found.records) if isinstance(found, ListedRecords) else 0
                if needed > MOST_RECORDS:
                    raise Invalid(
                        f"要列 {needed:,} 条记录，超过 {MOST_RECORDS:,} 条，请缩小区域或统计期"
                    )
            missing = needed - len(table.rows)
            if missing > 0:
                last = max([table.last, *(line.at for line in table.rows)])
                if not table.rows:
                    said = f"“{form.titles.get(table.grid, '')}”的表头下面没有空行，在表头下添加"
                    self.notes.append(said)
                file.add_rows(table.grid, last, missing)
                added = True
                self.notes.append(f"表中空行不够，照原样加了{missing}行")
        return recognise(file.grids(), self.words) if added else form

    def fill(self, form: Form) -> Outcome:
        """Every table and every pair."""
        outcome = Outcome()
        for table in form.tables:
            context, rest = self._context(form, table)
            kind = kind_of(table, context, self.told, self.names)
            found = self._table(form, table, kind, context, rest)
            outcome.cells += found.cells
            outcome.open += found.open
        for at in {pair.grid for pair in form.pairs}:
            found = self._pairs(form, at, [pair for pair in form.pairs if pair.grid == at])
            outcome.cells += found.cells
            outcome.open += found.open
        for at, grid in enumerate(form.grids):
            for place in circles_in(grid):
                said = "公式循环引用（结果又用到自己），请更正公式"
                outcome.open.append(OpenCell(at, place, grid.at(*place).formula, said))
        return outcome

    def _table(
        self, form: Form, table: FormTable, kind: TableKind, context: Context, rest: str
    ) -> Outcome:
        grid, at = form.grids[table.grid], (table.last + 1, table.columns[0].at)
        if kind.kind == "unknown":
            said = "每一行填什么没有认出：表头里没有区域，行首也没有项目名称"
            return Outcome(open=[OpenCell(table.grid, at, table.columns[0].name, said)])
        if kind.kind == "records":
            found = self._records(form, table, kind, context, rest)
            if isinstance(found, ListQuestion):
                choices = tuple((row.label, row.label) for row in found.proposals)
                title = form.titles.get(table.grid, "")
                return Outcome(
                    open=[OpenCell(table.grid, at, title, found.message, title, "list", choices)]
                )
            return fill_list(table, grid, kind, found, context)
        table_outcome = CountedTable(
            table, grid, kind, context, self._setting(form, table.grid)
        ).fill()
        if kind.kind == "areas" and not areas_to_list(
            self.atlas, self.actor, self.path, kind.level
        ):
            said = "统计的区域里没有这一级的区域，请换一个区域再填"
            table_outcome.open.append(OpenCell(table.grid, at, table.columns[0].name, said))
        if rest:
            said = f"标题里的“{rest}”没有照着筛选，请核对是否只统计一部分"
            title = form.titles.get(table.grid, "")
            table_outcome.open.append(OpenCell(table.grid, (0, 0), title, said))
        return table_outcome

    def _records(
        self, form: Form, table: FormTable, kind: TableKind, context: Context, rest: str
    ) -> ListedRecords | ListQuestion:
        setting = self._setting(form, table.grid)
        title = form.titles.get(table.grid, "")
        chosen = rows_of_list(kind, title, rest, context.filters, context, setting)
        if isinstance(chosen, ListQuestion):
            return chosen
        return ListedRecords(chosen, context, setting)

    def _pairs(self, form: Form, at: int, pairs: Sequence[Pair]) -> Outcome:
        context, _ = self._context_of(form, at)
        setting, grid = self._setting(form, at), form.grids[at]
        columns = [Column(pair.at[1], (pair.label,), "value") for pair in pairs]
        for ledger in LEDGERS.values():
            known = [
                bool(field_of(c, ledger.key, context, self.told) or level_of(c)) for c in columns
            ]
            keys = {w.column for c in columns for w in field_of(c, ledger.key, context, self.told)}
            if ledger.title in keys and sum(known) * 2 > len(known):
                record = self._record(ledger)
                if record is not None:
                    return fill_pairs_of_record(pairs, grid, record, ledger, context, setting)
                said = f"没有写明是哪一条{ledger.label}的记录，请选定编号或名称"
                return Outcome(
                    open=[OpenCell(p.grid, p.at, p.label, said, "record", "record") for p in pairs]
                )
        return self._counted_pairs(pairs, grid, context, setting)

    def _record(self, ledger: Any) -> Any:
        if not self.told.record:
            return None
        for key in ("number", ledger.title):
            chosen = Selection(conditions=(Condition(key, "eq", self.told.record),))
            found = read_all(self.connection, self.actor, ledger, chosen)
            if len(found) == 1:
                return found[0]
            if len(found) > 1:
                raise Invalid(f"有{len(found)}条记录叫“{self.told.record}”，请改填编号")
        raise Invalid(f"没有编号或名称为“{self.told.record}”的记录，或不在您的辖区内")

    def _counted_pairs(
        self, pairs: Sequence[Pair], grid: FormGrid, context: Context, setting: Setting
    ) -> Outcome:
        """Labels that are counts: each is a table of one cell."""
        outcome = Outcome()
        for pair in pairs:
            column = Column(pair.at[1], (pair.label,), "value")
            line = Line(pair.at[0], "row")
            table = FormTable(pair.grid, pair.at[0], pair.at[0], (column,), (line,))
            one = CountedTable(table, grid, TableKind("words"), context, setting)
            found = one.fill_line(line)
            outcome.cells += found.cells
            outcome.open += found.open
        return outcome

    def _context(self, form: Form, table: FormTable) -> tuple[Context, str]:
        return self._context_of(form, table.grid)

    def _context_of(self, form: Form, at: int) -> tuple[Context, str]:
        """The words around a table, and what of its title is not understood; the same for all
        tables of a sheet."""
        key = (at, form.titles.get(at, ""), form.notes.get(at, ()))
        if key not in self._contexts:
            self._contexts[key] = self._read_context(form, at)
        return self._contexts[key]

    def _read_context(self, form: Form, at: int) -> tuple[Context, str]:
        plain = Context(
            self.words, legend=form.legend, units=form.unit_said(at), choices=self.senses
        )
        title = _without_areas(fold(form.titles.get(at, "")), self.atlas)
        subjects, filters, rest = read_title(title, plain)
        return replace(plain, subjects=subjects, filters=filters), rest

    def _setting(self, form: Form, at: int) -> Setting:
        texts = form.notes.get(at, ())
        title = form.titles.get(at, "")
        times = times_of(texts, title, self.words, self.asked, clock.today())
        self.when = self.when or (times.own.label if times.own else f"截至{times.last}")
        answers = Answers(
            self.connection,
            self.actor,
            self.atlas,
            self.book,
            self.path,
            times,
            of_today=self.told.stock == "today",
        )
        hides = self.actor.role is not None
        return Setting(answers, self.atlas, self.names, times, self.told, self.path, hides)


def _without_areas(title: str, atlas: Atlas) -> str:
    for area in atlas:
        if len(area.name) > 2 and area.name in title:
            title = title.replace(area.name, "\n")
    return title
