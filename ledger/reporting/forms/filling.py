"""Fill a blank form of a higher office from the ledgers, in its own layout.

Read the file, recognise its tables, add rows where there are too few, answer each cell, write what
is sure. What is not sure stays blank and is listed with the reason. A cell that holds something is
never overwritten silently: old and new are listed, and it is replaced only when that was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geo.atlas import Atlas
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, in_file
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.domain.values import fold
from ledger.exchange.reading.area_names import AreaNames
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection, read_all
from ledger.reporting.figures.rulefile import figures_in_force
from ledger.reporting.forms.answering import Answers
from ledger.reporting.forms.asked_cells import Setting
from ledger.reporting.forms.counted_cells import CountedTable
from ledger.reporting.forms.filled import FilledCell, OpenCell, Outcome
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.form_files import FormFile, open_form
from ledger.reporting.forms.form_grid import FormGrid
from ledger.reporting.forms.form_meaning import Context
from ledger.reporting.forms.form_periods import read_asked, times_of
from ledger.reporting.forms.form_shapes import Column, Form, FormTable, Line, Pair
from ledger.reporting.forms.form_titles import read_title
from ledger.reporting.forms.form_words import FormWords, form_words
from ledger.reporting.forms.formula_circles import circles_in
from ledger.reporting.forms.listed_records import (
    MOST_RECORDS,
    ListedRecords,
    ListQuestion,
    fill_list,
    fill_pairs_of_record,
    rows_of_list,
)
from ledger.reporting.forms.recalled_answers import recalled
from ledger.reporting.forms.recognising import recognise
from ledger.reporting.forms.source_sheet import source_rows
from ledger.reporting.forms.table_kinds import (
    TableKind,
    areas_to_list,
    field_of,
    kind_of,
    level_of,
)
from ledger.storage import Store
from ledger.storage.again import tried_again


@dataclass(frozen=True)
class FilledForm:
    """A form as it was filled. ``grids`` are its tables with rows added, before anything was
    written; ``content`` is the file, ``suffix`` its kind."""

    content: bytes
    suffix: str
    form: Form
    cells: tuple[FilledCell, ...]
    open: tuple[OpenCell, ...]
    notes: tuple[str, ...]
    area: str
    when: str

    @property
    def fingerprint(self) -> str:
        """Of the blank form."""
        return self.form.fingerprint


def fill_form(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    scope_code: str | None = None,
    period: str = "",
    mapping: FormAnswers | None = None,
) -> FilledForm:
    """Fill a form with what the actor may see and export; nothing is written to the ledgers.

    Parameters
    ----------
    path : Path
        The blank form: xlsx or docx.
    scope_code : str, optional
        The area that is reported; without it the one that the form names (填报单位), else all that
        the actor sees.
    period : str
        The form's period as `form_periods.read_asked` takes it; empty: what the form states.
    mapping : FormAnswers, optional
        What was answered about the form's words; without it what the actor's office or one above
        it answered before, if it did.

    Raises
    ------
    Refused
        If the actor may not export.
    NotFound
        For an area that is not there or not in the actor's scope.
    InvalidFile
        If the file cannot be read or holds nothing that looks like a form.
    """
    actor.require(Action.READ)
    actor.require(Action.EXPORT)
    told = mapping or FormAnswers()
    book, atlas = figures_in_force(store), current_atlas(store)
    where = area_path(actor, atlas, None if scope_code == "*" else scope_code)
    words = form_words(book)
    with in_file(path):
        file = open_form(path)
        form = recognise(file.grids(), words)
    with store.reading() as connection, in_file(path):
        if scope_code is None:
            where = _named_in_form(form, atlas, actor) or where
        if mapping is None:
            told = recalled(connection, actor, form.fingerprint) or told
        asked = read_asked(period or told.period, clock.today()) if period or told.period else None
        filler = _Filler(connection, actor, atlas, book, words, where, told, asked)
        form = filler.make_room(file, form)
        outcome = filler.fill(form)
    kept = _kept_apart(form, outcome, told)
    for cell in kept.cells:
        file.write(cell)
    area = atlas.get(where.strip("/").rpartition("/")[2])
    when = asked.label if asked is not None else filler.when
    file.add_sources(*source_rows(form, kept, area.name if area else "全部区域", when))
    _remember(store, actor, path, kept, where)
    return FilledForm(
        content=file.saved(),
        suffix=file.suffix,
        form=form,
        cells=tuple(kept.cells),
        open=tuple(kept.open),
        notes=(*file.notes, *filler.notes),
        area=area.name if area else "全部区域",
        when=when,
    )


@tried_again
def _remember(store: Store, actor: Actor, path: Path, kept: Outcome, where: str) -> None:
    """The log records who filled which form, and how many cells."""
    after = {"cells": len(kept.cells), "open": len(kept.open), "area": where.strip("/")}
    change = audit.Change("fill_form", number=path.name[:80], after=after)
    with store.writing() as connection:
        audit.append(connection, actor, [change])


def _named_in_form(form: Form, atlas: Atlas, actor: Actor) -> str | None:
    """The path of the area that stands behind 填报单位, where it is one of the actor's."""
    names = AreaNames(atlas, actor)
    for at in range(len(form.grids)):
        office = form.office_said(at)
        if office:
            try:
                found = names.read([office])
            except ValueError:
                continue
            code = found if isinstance(found, str) else str(found.value)
            if code in atlas and actor.sees(atlas[code].path):
                return atlas[code].path
    return None


class _Filler:
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
        """The words around a table, and what of its title is not understood."""
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
        answers = Answers(self.connection, self.actor, self.atlas, self.book, self.path, times)
        hides = self.actor.role is not None
        return Setting(answers, self.atlas, self.names, times, self.told, self.path, hides)


def _without_areas(title: str, atlas: Atlas) -> str:
    for area in atlas:
        if len(area.name) > 2 and area.name in title:
            title = title.replace(area.name, "\n")
    return title


def _kept_apart(form: Form, outcome: Outcome, told: FormAnswers) -> Outcome:
    """Cells that may be written; what is locked or already filled is open instead."""
    kept = Outcome(open=list(outcome.open))
    for cell in outcome.cells:
        here = form.grids[cell.grid].at(*cell.at)
        if here.locked:
            said = "工作表受保护，这一格锁定，请先撤销保护"
            kept.open.append(OpenCell(cell.grid, cell.at, cell.header, said))
        elif here.is_blank:
            kept.cells.append(cell)
        elif _same(here.text, cell):
            continue
        elif told.replace:
            kept.cells.append(replace(cell, old=here.text))
        else:
            said = f"原来填着“{here.text}”，台账现在是“{shown(cell)}”，没有改动；要替换请确认"
            kept.open.append(OpenCell(cell.grid, cell.at, cell.header, said, "replace", "replace"))
    return kept


def _same(text: str, cell: FilledCell) -> bool:
    try:
        return abs(float(text.replace(",", "")) - float(str(cell.value))) < 1e-9
    except ValueError:
        return text == str(cell.value)


def shown(cell: FilledCell) -> str:
    """What was written, as people read it in the cell."""
    value = cell.value
    if isinstance(value, float):
        if cell.number_format == "0.0%":
            return f"{value * 100:.1f}%"
        return f"{value:.1f}" if cell.number_format == "0.0" else f"{value:g}"
    return str(value)
