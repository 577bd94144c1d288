"""Read one file for one ledger: its cells, the values understood from them, and the problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, in_file
from ledger.domain.progress import Progress
from ledger.exchange.reading.area_names import AreaNames
from ledger.exchange.reading.books import Book, open_book
from ledger.exchange.reading.bundles import is_bundle, unpacked
from ledger.exchange.reading.corrections import NONE, Corrections
from ledger.exchange.reading.header_rows import HeaderRows, possible_headers
from ledger.exchange.reading.headers import Layout, find_layout, fingerprint_of, resemblance
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.own_words import with_own_words
from ledger.exchange.reading.parsed_rows import Rows, read_rows
from ledger.exchange.reading.pieces import PiecedBook
from ledger.exchange.reading.put_together import AreaOf
from ledger.exchange.reading.remembered import Remembered, recall
from ledger.exchange.reading.shapes import in_one_table, of_all_sheets, of_file, sums_up
from ledger.exchange.reading.sheet import Sheet
from ledger.exchange.reading.tables_in import Resemblance, choose, read_named, said_of_others
from ledger.exchange.reading.understanding import LeftOut, Note, ReadCell, State
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.own_files import refuse_own_files


@dataclass(frozen=True)
class Reading:
    """A file as it was understood: the sheet, where things stand in it, and its records."""

    sheet: Sheet
    layout: Layout
    mapping: FileMapping
    rows: Rows

    @property
    def notes(self) -> tuple[Note, ...]:
        """Everything that was understood rather than read plainly, cell by cell."""
        return self.rows.notes

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The rows below the header that are no records."""
        return self.rows.left_out

    def without_cells(self) -> Reading:
        """The same without the raw cells, a quarter of what a large file needs."""
        return replace(self, sheet=replace(self.sheet, rows=()))

    def cells(self, key: str) -> tuple[ReadCell, ...]:
        """One column as a wizard shows it, record by record; ``key`` is the ledger's."""
        position, header = self.layout.columns[key], self.layout.headers[key]
        notes = {note.row: note for note in self.notes if note.key == key and note.row}
        wrong = {p.row: p.message for p in self.rows.problems if p.column == header}
        found = []
        for record in self.rows.rows:
            row = self.sheet.rows[record.row - 1]
            raw = row[position] if position < len(row) else None
            state: State = "plain" if key in record.values else "blank"
            message, note = "", notes.get(record.row)
            if note is not None:
                state, message = "understood" if note.sure else "doubtful", note.message
            if (record.row, key) in self.rows.refused:
                state, message = "refused", wrong.get(record.row, "")
            value = record.values.get(key)
            found.append(ReadCell(record.row, key, header, raw, value, state, message))
        return tuple(found)


def read_file(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    path: Path,
    sheet: str | None = None,
    mapping: FileMapping | None = None,
    *,
    progress: Progress | None = None,
    corrections: Corrections = NONE,
) -> Reading:
    """Read a file for a ledger; nothing is written.

    Without a ``mapping`` the one remembered for this header is used, if there is one. Without a
    ``sheet`` the one that most resembles the ledger is read. ``corrections`` lie over the file.

    Raises
    ------
    Refused
        If the actor may not import.
    InvalidFile
        If the file as a whole cannot be read; single cells are problems of the reading.
    """
    ledger = with_own_words(store, actor, ledger)
    table, kept = find_table(store, actor, ledger, path, sheet, mapping, progress)
    asked, header, notes = _with_remembered(mapping, kept)
    with in_file(path, table.own_name):
        layout = find_layout(table, ledger, asked, header)
        rows = read_rows(
            table, layout, ledger, asked, current_atlas(store), actor, progress, corrections
        )
        if not rows.rows and not corrections.left_out:
            problem = f"表头(第{layout.header + 1}行)下面没有数据行，请检查是否选错工作表"
            raise Invalid(problem)
    return Reading(table, layout, asked, replace(rows, notes=(*notes, *rows.notes)))


@dataclass(frozen=True)
class Top:
    """The top of a large table, and how the rest of it is to be read."""

    sheet: Sheet
    layout: Layout
    mapping: FileMapping
    notes: tuple[Note, ...]


def find_top(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    book: PiecedBook,
    sheet: str | None,
    mapping: FileMapping | None,
) -> Top:
    """Which sheet of a large file is to be read, and how: `read_file` without its rows.

    Raises as `read_file`.
    """
    actor.require(Action.IMPORT, ledger.key)
    ledger = with_own_words(store, actor, ledger)
    known, resembles = _likeness(store, actor, ledger, mapping)
    name, rivals = choose(book, sheet, resembles)
    table = book.head(name)
    asked, header, notes = _with_remembered(mapping, _recognised(table, known))
    layout = find_layout(table, ledger, asked, header)
    told = (*said_of_others(book, name, sheet, rivals), *notes)
    return Top(table, layout, asked, told)


def _with_remembered(
    mapping: FileMapping | None, kept: tuple[HeaderRows, Remembered] | None
) -> tuple[FileMapping, HeaderRows | None, tuple[Note, ...]]:
    """The mapping that holds, with the header that it was remembered for, and what is told."""
    asked = mapping or FileMapping()
    if kept is None:
        return asked, None, ()
    constants = {**kept[1].mapping.constants, **asked.constants}
    known = replace(kept[1].mapping, history=asked.history, constants=constants)
    return known, kept[0], (Note(None, None, f"按记住的对照关系“{kept[1].name}”读入"),)


def _likeness(
    store: Store, actor: Actor, ledger: Ledger, mapping: FileMapping | None
) -> tuple[Mapping[str, Remembered], Resemblance]:
    """The mappings remembered that may hold, and how much a sheet looks like the ledger."""
    unsaid = mapping is None or (mapping.is_bare and mapping.crs.is_wgs84)
    known = recall(store, actor, ledger) if unsaid else {}
    asked = mapping or FileMapping()

    def resembles(rows: Sequence[Sequence[Any]]) -> int:
        kept = _recognised(Sheet(rows, "", is_text=False), known)
        return 2 * len(ledger.columns) if kept else resemblance(rows, ledger, asked)

    return known, resembles


def find_table(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    path: Path,
    sheet: str | None = None,
    mapping: FileMapping | None = None,
    progress: Progress | None = None,
) -> tuple[Sheet, tuple[HeaderRows, Remembered] | None]:
    """The sheet that is to be read, and its header with the mapping remembered for it, if any."""
    actor.require(Action.IMPORT, ledger.key)
    refuse_own_files(store, path)
    known, resembles = _likeness(store, actor, ledger, mapping)
    names = AreaNames(current_atlas(store), actor)
    if is_bundle(path):
        table = _all_files(path, resembles, ledger, names.code_of, progress)
        return table, _recognised(table, known)
    with in_file(path):
        book = open_book(path, progress)
        name, rivals = choose(book, sheet, resembles)
    table = _one_table(book, name, sheet, rivals, ledger, names.code_of)
    return table, _recognised(table, known)


def _all_files(
    path: Path,
    resembles: Resemblance,
    ledger: Ledger,
    area_of: AreaOf,
    progress: Progress | None,
) -> Sheet:
    """The tables of a zip as one; a file that is called as an area gives it to its rows.

    Raises `InvalidFile` when they cannot be put together.
    """
    sheets = []
    with unpacked(path) as bundle:
        for one in bundle.tables:
            book = open_book(one.path, progress)
            name, rivals = choose(book, None, resembles)
            table = _one_table(book, name, None, rivals, ledger, area_of)
            sheets.append(of_file(table, one.name, area_of))
        if len({sheet.is_text for sheet in sheets}) > 1:
            raise Invalid("里面既有文本表格又有工作簿，请分开导入")
        whole = of_all_sheets(sheets, ledger, area_of, "文件")
        others = [Note(None, None, f"“{one}”不是表格，没有读入", False) for one in bundle.others]
    return replace(whole, file=path.name, notes=(*whole.notes, *others))


def _one_table(
    book: Book,
    name: str,
    wanted: str | None,
    rivals: Sequence[str],
    ledger: Ledger,
    area_of: AreaOf,
) -> Sheet:
    """What is to be read of a file: one sheet, or all that look like the ledger."""
    together = [one for one in book.seen if one in {name, *rivals} and not sums_up(one)]
    if len(together) > 1:
        try:
            sheets = [in_one_table(read_named(book, one), ledger) for one in together]
            return of_all_sheets(sheets, ledger, area_of)
        except Invalid:
            pass  # they are read one by one then, and the others are named
    table = in_one_table(read_named(book, name), ledger)
    others = said_of_others(book, name, wanted, rivals)
    return replace(table, notes=(*others, *table.notes)) if others else table


def _recognised(
    sheet: Sheet, known: Mapping[str, Remembered]
) -> tuple[HeaderRows, Remembered] | None:
    """The header of a sheet whose layout was settled before, and how."""
    if known:
        for rows in possible_headers(sheet):
            kept = known.get(fingerprint_of(rows.labels))
            if kept is not None:
                return rows, kept
    return None
