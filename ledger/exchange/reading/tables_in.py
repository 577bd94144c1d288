"""Read a sheet that somebody sent: workbooks and text tables as plain rows of raw cells.

What a file is, is decided by its content; its ending only has to be one that people send. Every
complaint is one Chinese sentence that says what to do. Limits come from the settings: files come
from outside, and a small file can hold a very large sheet.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
from ledger.exchange.reading.archives import Archive, Part, Span, binary_workbook
from ledger.exchange.reading.error_cells import with_errors
from ledger.exchange.reading.packed import check_workbook_archive
from ledger.exchange.reading.text_tables import SAVE_AS, read_text_rows
from ledger.exchange.reading.understanding import Note

ENDINGS = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv", ".txt")
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A password-protected xlsx is an OLE container with this stream; names there are UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# A sheet is recognised by what stands in its first rows.
_GLANCE = 40
# How much a sheet looks like the ledger: the number of its columns that are found in it.
Resemblance = Callable[[Sequence[Sequence[Any]]], int]


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was read: ``rows[0]`` is row 1 of Excel. Cells are texts, numbers, dates, None.

    ``is_text`` tells that it came from a text table, where every cell is a text. ``merged`` are
    the merged cells as ((first row, first column), (last row, last column)), counted from 0.
    ``notes`` are what is to be known of the file as a whole; ``file`` is its name.
    """

    rows: Sequence[Sequence[Any]]
    name: str
    is_text: bool
    merged: Sequence[Span] = ()
    notes: tuple[Note, ...] = ()
    file: str = ""

    @property
    def own_name(self) -> str:
        """The sheet's name, empty for a text table, which has only that of its file."""
        return "" if self.is_text else self.name


def read_sheet(
    path: Path,
    sheet: str | None = None,
    resembles: Resemblance | None = None,
    progress: Progress | None = None,
) -> Sheet:
    """Read one sheet of a workbook, or a text table.

    Of several sheets the one named; otherwise, among those not hidden, the one that ``resembles``
    the ledger most, the first of equals. Workbooks are ``xlsx``, ``xlsm`` (macros are never run),
    ``xls``, ``et`` and ``ods``; of formulas the result that stands in the file is taken, nothing
    is worked out and no link followed. Text tables are parted by comma, tab or semicolon and
    written in UTF-8 (with or without BOM), UTF-16 with BOM or GB18030. Hidden rows and columns are
    read like others, and noted.

    Raises
    ------
    InvalidFile
        If the file cannot be read, is no table, or exceeds the limits.
    """
    with in_file(path):
        content = _content(path)
        if content.startswith((_ZIP, _EMPTY_ZIP, _OLE)):
            read = _read_workbook(path, content, sheet, resembles, progress or silent)
        elif sheet is not None:
            raise Invalid(f"是文本表格，没有工作表“{sheet}”，请去掉工作表名称后重试")
        else:
            rows = read_text_rows(content)
            read = Sheet(rows, path.stem, is_text=True, file=path.name)
    with in_file(path, read.own_name):
        _check_size(read)
    return read


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook with sheets, by its content; otherwise it is a text table."""
    with path.open("rb") as stream:
        return stream.read(8).startswith((_ZIP, _EMPTY_ZIP, _OLE))


def _content(path: Path) -> bytes:
    limit = settings().max_upload_megabytes
    if path.is_dir():
        raise Invalid("是文件夹，请指定一个表格文件")
    if path.suffix.lower() == ".xlsb":
        raise binary_workbook()
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


def _read_workbook(
    path: Path,
    content: bytes,
    wanted: str | None,
    resembles: Resemblance | None,
    progress: Progress,
) -> Sheet:
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise _locked()
    archive = Archive()
    if not content.startswith(_OLE):
        archive = check_workbook_archive(path, settings(), progress)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            name, notes = _sheet_name(workbook, wanted, resembles)
            sheet = workbook.get_sheet_by_name(name)
            merged = tuple(sheet.merged_cell_ranges or ())
            rows = sheet.to_python(skip_empty_area=False)
            with in_file(path, name):
                rows = with_errors(rows, content, name, workbook.sheet_names.index(name))
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
    notes = [*notes, *archive.notes(name)]
    merged = merged or tuple(archive.sheets.get(name, Part()).merged)
    return Sheet(rows, name, False, merged, tuple(notes), path.name)


def _locked() -> Invalid:
    return Invalid("有打开密码，请取消密码保护后再导入")


def _damaged() -> Invalid:
    return Invalid(f"已损坏或不完整，无法读取。请重新获取文件；能用 Excel 打开时，{SAVE_AS}")


def _sheet_name(
    workbook: CalamineWorkbook, wanted: str | None, resembles: Resemblance | None
) -> tuple[str, list[Note]]:
    """The sheet to be read, and what is to be said of the others."""
    sheets = [data for data in workbook.sheets_metadata if data.typ == SheetTypeEnum.WorkSheet]
    names = [data.name for data in sheets]
    if not names:
        raise Invalid("没有工作表，请检查是否选错文件")
    if wanted is not None:
        if wanted not in names:
            raise Invalid(f"没有名为“{wanted}”的工作表，有：{'、'.join(names[:20])}")
        return wanted, []
    seen = [data.name for data in sheets if data.visible == SheetVisibleEnum.Visible] or names
    if len(seen) == 1:
        return seen[0], []
    likeness = {name: _likeness(workbook, name, resembles) for name in seen}
    chosen = max(seen, key=likeness.__getitem__)
    # As many columns again, or nearly: probably another village's list.
    rivals = [
        name
        for name in seen
        if name != chosen and likeness[name] > 1 and likeness[name] >= likeness[chosen] / 2
    ]
    said = [Note(None, None, f"文件有{len(seen)}张工作表，读的是“{chosen}”")]
    if rivals:
        others = "、".join(f"“{name}”" for name in rivals[:10])
        message = f"工作表{others}也像是这个台账，没有读入；需要时请指定工作表另行导入"
        said.append(Note(None, None, message, sure=False))
    return chosen, said


def _likeness(workbook: CalamineWorkbook, name: str, resembles: Resemblance | None) -> int:
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=_GLANCE)
    if not any(cell not in (None, "") for row in rows for cell in row):
        return -1
    return 0 if resembles is None else resembles(rows)


def _check_size(sheet: Sheet) -> None:
    limits = settings()
    if not any(cell not in (None, "") for row in sheet.rows for cell in row):
        raise Invalid("表格是空的，没有可以导入的内容")
    # A header may stand below a few title lines.
    if len(sheet.rows) > limits.max_import_rows + 20:
        raise Invalid(
            f"表格有 {len(sheet.rows)} 行，一次最多导入 {limits.max_import_rows} 行，"
            "请删去数据之后的空行，或拆分后分次导入"
        )
    widest = max(len(row) for row in sheet.rows)
    if widest > limits.max_import_columns:
        raise Invalid(
            f"表格有 {widest} 列，最多 {limits.max_import_columns} 列，请删去数据右侧多余的列"
        )
