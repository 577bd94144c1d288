"""An opened file with its sheets, whatever its format: workbook, text, web page, XML, document.

What a file is, is decided by its content; its ending only has to be one that people send. Every
complaint is one Chinese sentence that says what to do. Limits come from the settings: files come
from outside, and a small file can hold a very large sheet.
"""

from __future__ import annotations

import io
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    WorksheetNotFound,
)

from ledger.domain.errors import Invalid, in_file
from ledger.domain.progress import Progress, silent
from ledger.domain.settings import settings
from ledger.exchange.reading.archives import Archive, Part, binary_workbook
from ledger.exchange.reading.cell_pictures import cell_pictures
from ledger.exchange.reading.document_tables import document_tables, is_document
from ledger.exchange.reading.epochs import epoch_of
from ledger.exchange.reading.error_cells import with_errors
from ledger.exchange.reading.markup_tables import (
    Grid,
    is_page,
    is_spreadsheet_xml,
    page_tables,
    spreadsheet_tables,
)
from ledger.exchange.reading.packed import check_workbook_archive
from ledger.exchange.reading.sheet import Sheet
from ledger.exchange.reading.struck_out import struck_out
from ledger.exchange.reading.text_tables import SAVE_AS, read_text_rows
from ledger.exchange.reading.understanding import Note

ENDINGS = (
    *(".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv", ".txt"),
    *(".htm", ".html", ".xml", ".docx"),
)
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A password-protected xlsx is an OLE container with this stream; names there are UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_DOCUMENT = "WordDocument".encode("utf-16-le")


class Book(ABC):
    """A file with its sheets: ``names`` of all, ``seen`` those that are not hidden."""

    is_text = False

    def __init__(self, path: Path, names: Sequence[str], seen: Sequence[str] = ()) -> None:
        self.path, self.names, self.seen = path, list(names), list(seen) or list(names)

    @abstractmethod
    def top(self, name: str, rows: int) -> Sequence[Sequence[Any]]:
        """The first rows of a sheet."""

    @abstractmethod
    def sheet(self, name: str) -> Sheet:
        """A whole sheet. Raises `InvalidFile`."""


def open_book(path: Path, progress: Progress | None = None) -> Book:
    """Open a file that somebody sent. Raises `InvalidFile` if it cannot be read or is no table."""
    with in_file(path):
        content = _content(path)
        if content.startswith(OLE):
            if _ENCRYPTED in content:
                raise _locked()
            if _OLD_DOCUMENT in content:
                raise Invalid("是 Word 97-2003 文件(.doc)，请在 Word 或 WPS 中另存为 docx 后再导入")
            return Workbook(path, content, Archive())
        if content.startswith(ZIP) and is_document(content):
            return _Grids(path, document_tables(content))
        if content.startswith(ZIP):
            archive = check_workbook_archive(path, settings(), progress or silent)
            return Workbook(path, content, archive)
        if is_spreadsheet_xml(content):
            return _Grids(path, spreadsheet_tables(content))
        if is_page(content):
            return _Grids(path, page_tables(content))
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
            raise Invalid(f"是 XML 文件，不是表格。{SAVE_AS}")
        return _TextTable(path, read_text_rows(content))


def _content(path: Path) -> bytes:
    limit = settings().max_upload_megabytes
    if path.is_dir():
        raise Invalid("是文件夹，请指定一个表格文件")
    if path.suffix.lower() == ".xlsb":
        raise binary_workbook()
    if path.suffix.lower() == ".doc":
        raise Invalid("是 Word 97-2003 文件(.doc)，请在 Word 或 WPS 中另存为 docx 后再导入")
    if path.suffix.lower() not in ENDINGS:
        kinds = "、".join(ending.removeprefix(".") for ending in ENDINGS)
        raise Invalid(f"不是可以导入的文件类型，只接受 {kinds}。{SAVE_AS}")
    try:
        size = path.stat().st_size
        if size > limit * 1_000_000:
            raise Invalid(f"文件有 {size / 1e6:.0f} MB，上限为 {limit} MB，请拆分后分次导入")
        content = path.read_bytes()
    except FileNotFoundError:
        raise Invalid(f"没有找到文件({path})，请检查路径") from None
    except OSError as error:
        raise Invalid(f"无法读取文件({path})，请检查权限({error.strerror})") from None
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Invalid("是空文件，没有可以导入的内容")
    return content


class _TextTable(Book):
    is_text = True

    def __init__(self, path: Path, rows: list[list[str]]) -> None:
        super().__init__(path, [path.stem])
        self._rows = rows

    def top(self, name: str, rows: int) -> Sequence[Sequence[Any]]:
        return self._rows[:rows]

    def sheet(self, name: str) -> Sheet:
        return Sheet(self._rows, self.path.stem, is_text=True, file=self.path.name)


class _Grids(Book):
    """Tables that were found in a page, a document or an XML file."""

    def __init__(self, path: Path, grids: Sequence[Grid]) -> None:
        super().__init__(path, [grid.name for grid in grids])
        self._grids = {grid.name: grid for grid in grids}

    def top(self, name: str, rows: int) -> Sequence[Sequence[Any]]:
        return self._grids[name].rows[:rows]

    def sheet(self, name: str) -> Sheet:
        grid = self._grids[name]
        return Sheet(grid.rows, name, False, tuple(grid.merged), file=self.path.name)


class Workbook(Book):
    """A workbook that calamine reads."""

    def __init__(self, path: Path, content: bytes, archive: Archive) -> None:
        self._content, self._archive = content, archive
        with _complaining():
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [one for one in self._book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        if not sheets:
            raise Invalid("没有工作表，请检查是否选错文件")
        seen = [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible]
        super().__init__(path, [one.name for one in sheets], seen)

    def top(self, name: str, rows: int) -> Sequence[Sequence[Any]]:
        with _complaining():
            sheet = self._book.get_sheet_by_name(name)
            return sheet.to_python(skip_empty_area=False, nrows=rows)

    def sheet(self, name: str) -> Sheet:
        with in_file(self.path), _complaining():
            found = self._book.get_sheet_by_name(name)
            merged = tuple(found.merged_cell_ranges or ())
            rows = found.to_python(skip_empty_area=False)
            with in_file(self.path, name):
                at = self._book.sheet_names.index(name)
                rows = with_errors(rows, self._content, name, at)
        merged = merged or tuple(self._archive.sheets.get(name, Part()).merged)
        notes = [*self._archive.notes(name), *self._struck_out(name)]
        read = Sheet(rows, name, False, merged, tuple(notes), self.path.name, self.epoch)
        pictures = cell_pictures(self._content) if self._content.startswith(ZIP) else {}
        return replace(read, pictures=pictures) if pictures else read

    def used(self, name: str) -> tuple[int, list[list[Any]], Sequence[Note]]:
        """The rows of a sheet from the first that holds anything: its place from 0, the rows, and
        what is to be known of single rows."""
        with in_file(self.path), _complaining():
            found = self._book.get_sheet_by_name(name)
            if found.start is None:
                return 0, [], ()
            first, left = found.start
            rows = found.to_python(skip_empty_area=True)
            if left:
                rows = [[""] * left + row for row in rows]
            at = self._book.sheet_names.index(name)
            rows = with_errors(rows, self._content, name, at, first)
        return first, rows, self._struck_out(name)

    @property
    def epoch(self) -> date:
        """Day 0 of its serial numbers."""
        return epoch_of(self._content)

    def _struck_out(self, name: str) -> Sequence[Any]:
        if not self._content.startswith(ZIP):
            return ()
        with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
            return struck_out(archive, name)


@contextmanager
def _complaining() -> Iterator[None]:
    """What the reader of workbooks complains of, in words that say what to do."""
    try:
        yield
    except PasswordError:
        raise _locked() from None
    except Invalid:
        raise
    except WorksheetNotFound:
        raise Invalid(f"没有可以读取的工作表。{SAVE_AS}") from None
    except (CalamineError, OSError, ValueError, OverflowError):
        raise _damaged() from None
    except BaseException as error:  # the reader's own panics derive from BaseException alone
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged() from None


def _locked() -> Invalid:
    return Invalid("有打开密码，请取消密码保护后再导入")


def _damaged() -> Invalid:
    return Invalid(f"已损坏或不完整，无法读取。请重新获取文件；能用 Excel 打开时，{SAVE_AS}")
