"""A table that is too large to be held at once: its sheet is read in pieces.

A piece is a `Sheet` whose rows stand where they stand in the file: the rows up to the header, then
blank ones in place of the pieces before it, then its own. So rows are counted as ever, and what a
reader holds depends on the piece, not on the file.

The XML of a sheet is cut between two rows, and each part, with the other parts of the workbook, is
a small workbook of its own for the same reader. Text tables are read line by line.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger.domain.errors import Invalid, in_file
from ledger.domain.progress import Progress, silent
from ledger.domain.settings import Settings, settings
from ledger.exchange.reading.archives import CHUNK, ROWS_OF_A_SHEET, Archive, Part, Span
from ledger.exchange.reading.books import OLE, ZIP, Book, Workbook
from ledger.exchange.reading.markup_tables import is_page, is_spreadsheet_xml
from ledger.exchange.reading.packed import check_workbook_archive, sheet_parts
from ledger.exchange.reading.sheet import Sheet
from ledger.exchange.reading.text_tables import TextFile, text_file
from ledger.exchange.reading.understanding import Note

# The XML of a cell takes about five times as much room as its text.
_XML_OF_TEXT = 5
_TOP, _HEAD = 1 << 20, 60
_ROWS_OF_TEXT = 20_000
_DATA = re.compile(rb"<((?:\w+:)?)sheetData\s*>")
_DATA_END = re.compile(rb"</(?:\w+:)?sheetData>")
_FIRST = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,7})["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)""")
_LONGEST_END = 64 << 20
# How far back from the end of a piece a row is looked for at which the next may begin.
_BACK = 2_000


def is_large(path: Path) -> bool:
    """Whether a file is so large that it is to be read in pieces; only its content counts.

    Only workbooks of Excel (xlsx) and text tables can be.
    """
    limit = settings().pieces_from_megabytes * 1_000_000
    try:
        with path.open("rb") as stream:
            begin = stream.read(4_096)
        if begin.startswith(ZIP):
            with zipfile.ZipFile(path) as archive:
                sizes = {item.filename: item.file_size for item in archive.infolist()}
                if "xl/workbook.xml" not in sizes:
                    return False
                return max((sizes.get(p, 0) for _, p in sheet_parts(archive)), default=0) > limit
        if begin.startswith(OLE) or is_spreadsheet_xml(begin) or is_page(begin):
            return False
        return path.stat().st_size * _XML_OF_TEXT > limit
    except (OSError, zipfile.BadZipFile):
        return False  # whatever is wrong is said where the file is read


# The place of the first row from 0, the rows, and what is to be known of single ones.
Block = tuple[int, list[list[Any]], Sequence[Note]]


class PiecedBook(Book):
    """A large file with its sheets."""

    def sheet(self, name: str) -> Sheet:
        """A whole sheet is never read: see `pieces`."""
        raise NotImplementedError

    def head(self, name: str) -> Sheet:
        """The first rows of a sheet, in which its header stands."""
        return replace(self._of(name), rows=self.top(name, _HEAD))

    def pieces(
        self, name: str, above: Sequence[Sequence[Any]], begins: Callable[[Sequence[Any]], bool]
    ) -> Iterator[Sheet]:
        """The sheet in pieces; ``above`` are its rows up to the header.

        A piece ends where a row ``begins`` a record that rests on no row before it, as far as one
        can be found.
        """
        kept: list[Sequence[Any]] = []
        at, notes = 0, self._of(name).notes
        for first, rows, said in self._blocks(name):
            if not kept:
                at = first
            kept += [()] * (first - at - len(kept))
            kept += rows
            notes += tuple(said)
            cut = self._cut(name, at, kept, begins)
            if at + cut > len(above):
                yield self._piece(name, above, at, kept[:cut], notes)
                at, kept, notes = at + cut, kept[cut:], ()
        if kept:
            yield self._piece(name, above, at, kept, notes)

    def gone(self) -> tuple[int, int]:
        """How much of the sheet was read, of how much; in bytes."""
        raise NotImplementedError

    def _cut(
        self,
        name: str,
        at: int,
        rows: Sequence[Sequence[Any]],
        begins: Callable[[Sequence[Any]], bool],
    ) -> int:
        for cut in range(len(rows) - 1, max(0, len(rows) - _BACK), -1):
            if begins(rows[cut]) and not self._is_merged(name, at + cut):
                return cut
        return len(rows)

    def _is_merged(self, name: str, row: int) -> bool:
        """Whether a cell is merged from the row above into this one (from 0)."""
        return False

    def _piece(
        self,
        name: str,
        above: Sequence[Sequence[Any]],
        first: int,
        rows: Sequence[Sequence[Any]],
        notes: tuple[Note, ...],
    ) -> Sheet:
        if first < len(above):
            whole = [*above[:first], *rows]
        else:
            blank: list[Sequence[Any]] = [()] * (first - len(above))
            whole = [*above, *blank, *rows]
        return replace(self._of(name), rows=whole, notes=notes)

    def _blocks(self, name: str) -> Iterator[Block]:
        """The rows of a sheet from its top to its end."""
        raise NotImplementedError

    def _of(self, name: str) -> Sheet:
        """What the pieces of a sheet have in common."""
        raise NotImplementedError


@contextmanager
def open_in_pieces(path: Path, progress: Progress = silent) -> Iterator[PiecedBook]:
    """Open a large file. Raises `InvalidFile` if it cannot be read or is no table."""
    limits = settings().model_copy(
        update={
            "max_unpacked_megabytes": settings().max_pieces_megabytes,
            "max_import_megabytes": settings().max_pieces_megabytes * 10,
            "max_formulas": ROWS_OF_A_SHEET * settings().max_import_columns,
        }
    )
    with in_file(path), path.open("rb") as stream, TemporaryDirectory() as folder:
        if stream.read(4).startswith(ZIP):
            yield _Workbook(path, Path(folder), limits, progress)
        else:
            yield _Text(path, text_file(path))


class _Text(PiecedBook):
    is_text = True

    def __init__(self, path: Path, file: TextFile) -> None:
        super().__init__(path, [path.stem])
        self._file, self._size, self._read = file, path.stat().st_size, 0

    def top(self, name: str, rows: int) -> Sequence[Sequence[Any]]:
        return self._file.top(rows)

    def gone(self) -> tuple[int, int]:
        return min(self._read, self._size), self._size

    def _of(self, name: str) -> Sheet:
        return Sheet((), name, is_text=True, file=self.path.name)

    def _blocks(self, name: str) -> Iterator[Block]:
        first = 0
        for rows, read in self._file.blocks(_ROWS_OF_TEXT):
            self._read = read
            yield first, rows, ()
            first += len(rows)


class _Workbook(PiecedBook):
    def __init__(self, path: Path, folder: Path, limits: Settings, progress: Progress) -> None:
        self._seen: Archive = check_workbook_archive(path, limits, progress)
        self._folder, self._step = folder, settings().piece_megabytes * 1_000_000
        self._base = folder / "base.xlsx"
        self._gone, self._size, self._merged = 0, 0, dict[str, tuple[Span, ...]]()
        with zipfile.ZipFile(path) as archive:
            self._parts = {n: p for n, p in sheet_parts(archive) if p in archive.namelist()}
            self._write_base(archive)
        first = next(iter(self._parts), None)
        if first is None:
            raise Invalid("没有工作表，请检查是否选错文件")
        with self._cut_out(first, b"", b"") as small:
            super().__init__(path, small.names, small.seen)
            self._epoch = small.epoch

    def _write_base(self, archive: zipfile.ZipFile) -> None:
        """All parts but the sheets, once: a piece is this and its own rows."""
        with zipfile.ZipFile(self._base, "w", zipfile.ZIP_STORED) as base:
            for item in archive.infolist():
                if item.filename.endswith((".xml", ".rels")) and not (
                    item.filename in self._parts.values() or "/_rels/sheet" in item.filename
                ):
                    with archive.open(item) as there, base.open(item.filename, "w") as here:
                        shutil.copyfileobj(there, here, CHUNK)

    def top(self, name: str, rows: int) -> Sequence[Sequence[Any]]:
        for at, found, _ in self._blocks(name, _TOP):
            return [*[[]] * at, *found][:rows]
        return []

    def gone(self) -> tuple[int, int]:
        return self._gone, self._size

    def _of(self, name: str) -> Sheet:
        notes = tuple(self._seen.notes(name))
        merged = self._merged_in(name)
        return Sheet((), name, False, merged, notes, self.path.name, self._epoch)

    def _is_merged(self, name: str, row: int) -> bool:
        return any(top < row <= bottom for (top, _), (bottom, _) in self._merged_in(name))

    def _merged_in(self, name: str) -> tuple[Span, ...]:
        """The merged cells of a sheet: they are told behind its last row."""
        if name not in self._merged:
            kept = b""
            with zipfile.ZipFile(self.path) as archive, archive.open(self._parts[name]) as stream:
                while (chunk := stream.read(CHUNK)) and len(kept) < _LONGEST_END:
                    kept += chunk
                    if _DATA_END.search(kept) is None:
                        kept = kept[-20:]
            self._merged[name] = tuple(
                ((int(top) - 1, _place(left)), (int(bottom) - 1, _place(right)))
                for left, top, right, bottom in _MERGED.findall(kept)
            )
        return self._merged[name]

    def _blocks(self, name: str, step: int | None = None) -> Iterator[Block]:
        step = step or self._step
        with zipfile.ZipFile(self.path) as archive:
            part = self._parts[name]
            self._gone, self._size = 0, archive.getinfo(part).file_size
            with archive.open(part) as stream:
                for head, rows, end in _cut_rows(iter(lambda: stream.read(CHUNK), b""), step):
                    self._gone = min(self._size, self._gone + len(rows))
                    found = _FIRST.search(rows)
                    if found is None:
                        if b"<" in rows:
                            raise Invalid(
                                "工作表太大，又没有写明行号，不能分段读取。"
                                "请用 Excel 或 WPS 打开并另存一次，再导入"
                            )
                        continue
                    with self._cut_out(name, head + rows, end) as book:
                        block = book.used(name)
                    if block[1]:
                        yield block

    @contextmanager
    def _cut_out(self, name: str, begin: bytes, end: bytes) -> Iterator[Workbook]:
        """A small workbook with this part of the sheet alone."""
        small = self._folder / "piece.xlsx"
        shutil.copyfile(self._base, small)
        with zipfile.ZipFile(small, "a", zipfile.ZIP_STORED) as archive:
            archive.writestr(self._parts[name], begin + end)
        yield Workbook(small, small.read_bytes(), Archive({name: Part()}))
        small.unlink()


def _cut_rows(chunks: Iterator[bytes], step: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The rows of a sheet's XML in parts of about ``step`` bytes, each with what makes it a sheet
    of its own in front and behind."""
    held = b""
    found = None
    for chunk in chunks:
        held += chunk
        found = _DATA.search(held)
        if found is not None:
            break
    if found is None:
        return
    head, prefix, held = held[: found.end()], found[1], held[found.end() :]
    row_end, data_end = b"</%srow>" % prefix, b"</%ssheetData>" % prefix
    end = data_end + b"</%sworksheet>" % prefix
    parts, size = [held], len(held)
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size >= step:
            held = b"".join(parts)
            cut = held.rfind(row_end)
            if cut >= 0 and data_end not in held[cut:]:
                cut += len(row_end)
                yield head, held[:cut], end
                held = held[cut:]
            parts, size = [held], len(held)
    yield head, b"".join(parts).partition(data_end)[0], end


def _place(letters: bytes) -> int:
    """The place of a column from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


__all__ = ["PiecedBook", "is_large", "open_in_pieces"]
