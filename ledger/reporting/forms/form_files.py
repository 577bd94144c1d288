"""The two kinds of files that forms come as, behind one face: read, add rows, write, save."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Protocol

from ledger.domain.errors import Invalid
from ledger.reporting.forms.filled import FilledCell, Written
from ledger.reporting.forms.form_grid import FormGrid
from ledger.reporting.forms.form_workbook import check_merged, check_workbook, grids_of
from ledger.reporting.forms.inserted_rows import insert_rows
from ledger.reporting.forms.workbook_parts import WorkbookParts


class FormFile(Protocol):
    """A form as a file: its tables, and how to write into them."""

    suffix: str
    notes: tuple[str, ...]

    def grids(self) -> list[FormGrid]:
        """Its tables as they stand now."""
        ...

    def add_rows(self, grid: int, last: int, number: int) -> None:
        """Add rows behind the row ``last``, like it."""
        ...

    def write(self, cell: FilledCell) -> None:
        """Put a value into a cell."""
        ...

    def add_sources(self, rows: list[list[Written]], widths: list[int]) -> None:
        """Append the table 数据来源."""
        ...

    def saved(self) -> bytes:
        """The file."""
        ...


class WorkbookForm:
    """A form that came as a workbook."""

    suffix = "xlsx"

    def __init__(self, path: Path) -> None:
        self.notes = check_workbook(path)
        self._parts = WorkbookParts(path.read_bytes())
        self._names: list[str] = []
        self._content: bytes | None = path.read_bytes()

    def grids(self) -> list[FormGrid]:
        """The sheets that are not hidden."""
        check_merged(self._parts)
        content = self._content if self._content is not None else self.saved()
        self._content = content
        found = grids_of(io.BytesIO(content))
        self._names = [grid.name for grid in found]
        return found

    def add_rows(self, grid: int, last: int, number: int) -> None:
        """Add rows to a sheet."""
        insert_rows(self._parts, self._names[grid], last, number)
        self._content = None

    def write(self, cell: FilledCell) -> None:
        """Put a value into a cell of a sheet."""
        self._parts.write(self._names[cell.grid], *cell.at, cell.value, cell.number_format)
        self._content = None

    def add_sources(self, rows: list[list[Written]], widths: list[int]) -> None:
        """Append a sheet."""
        self._parts.add_sheet("数据来源", rows, widths)
        self._content = None

    def saved(self) -> bytes:
        """The workbook."""
        return self._parts.saved()


def open_form(path: Path) -> FormFile:
    """A form by its content.

    Raises
    ------
    Invalid
        For a file that is neither a workbook nor a document, with what to do.
    """
    if path.stat().st_size == 0:
        raise Invalid("是空文件，请重新获取")
    if _is_document(path):
        # Nearly a second to import: only who brings a document waits for it.
        from ledger.reporting.forms.form_document import DocumentForm

        return DocumentForm(path)
    return WorkbookForm(path)


def _is_document(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False
