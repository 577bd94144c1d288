"""Read a sheet that somebody sent: workbooks and text tables as plain rows of raw cells.

What a file is, is decided by its content; its ending only has to be one that people send. Every
complaint is one Chinese sentence that says what to do. Limits come from the settings: files come
from outside, and a small file can hold a very large sheet.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    WorksheetNotFound,
)

from ledger.errors import Invalid
from ledger.exchange.packed import check_workbook_archive
from ledger.settings import settings

ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt")
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A password-protected xlsx is an OLE container with this stream; names there are UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS = "请在 Excel 或 WPS 中另存为“Excel 工作簿(.xlsx)”后再导入"
# Cells are checked against a limit of our own, with their row and column.
csv.field_size_limit(2**30)


@dataclass(frozen=True)
class Sheet:
    """A sheet as it came: ``rows[0]`` is row 1 of Excel. Cells are texts, numbers, dates, None.

    ``is_text`` tells that it came from a text table, where every cell is a text.
    """

    rows: Sequence[Sequence[Any]]
    name: str
    is_text: bool


def read_sheet(path: Path, sheet: str | None = None) -> Sheet:
    """Read one sheet of a workbook (the first one by default), or a text table.

    Workbooks are ``xlsx``, ``xlsm`` (macros are never run) and ``xls``. Text tables are parted by
    comma, tab or semicolon and written in UTF-8 (with or without BOM), UTF-16 with BOM or GB18030.

    Raises
    ------
    Invalid
        If the file cannot be read, is no table, or exceeds the limits.
    """
    content = _content(path)
    if content.startswith((_ZIP, _EMPTY_ZIP, _OLE)):
        read = _read_workbook(path, content, sheet)
    else:
        read = _read_text(path, content, sheet)
    _check_size(read)
    return read


def _content(path: Path) -> bytes:
    limit = settings().max_upload_megabytes
    if path.is_dir():
        raise Invalid(f"“{path}”是文件夹，请指定一个表格文件")
    if path.suffix.lower() not in ENDINGS:
        kinds = "、".join(ending.removeprefix(".") for ending in ENDINGS)
        raise Invalid(f"“{path.name}”不是可以导入的文件类型，只接受 {kinds}。{_SAVE_AS}")
    try:
        size = path.stat().st_size
        if size > limit * 1_000_000:
            raise Invalid(
                f"“{path.name}”有 {size / 1e6:.0f} MB，上限为 {limit} MB，请拆分后分次导入"
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise Invalid(f"没有找到文件“{path}”，请检查路径") from None
    except OSError as error:
        raise Invalid(f"无法读取文件“{path}”，请检查权限({error.strerror})") from None
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Invalid(f"“{path.name}”是空文件，没有可以导入的内容")
    return content


def _read_workbook(path: Path, content: bytes, wanted: str | None) -> Sheet:
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise Invalid(f"“{path.name}”有打开密码，请取消密码保护后再导入")
    if not content.startswith(_OLE):
        check_workbook_archive(path, settings())
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            name = _sheet_name(workbook, wanted)
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except PasswordError:
        raise Invalid(f"“{path.name}”有打开密码，请取消密码保护后再导入") from None
    except Invalid:
        raise
    except WorksheetNotFound:
        raise Invalid(f"“{path.name}”中没有可以读取的工作表。{_SAVE_AS}") from None
    except (CalamineError, OSError, ValueError):
        raise _damaged(path) from None
    except BaseException as error:  # the reader's own panics derive from BaseException alone
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(path) from None
    return Sheet(rows, name, is_text=False)


def _damaged(path: Path) -> Invalid:
    return Invalid(
        f"“{path.name}”已损坏或不完整，无法读取。请重新获取文件；能用 Excel 打开时，{_SAVE_AS}"
    )


def _sheet_name(workbook: CalamineWorkbook, wanted: str | None) -> str:
    names = [data.name for data in workbook.sheets_metadata if data.typ == SheetTypeEnum.WorkSheet]
    if not names:
        raise Invalid("文件中没有工作表，请检查是否选错文件")
    if wanted is None:
        return names[0]
    if wanted not in names:
        raise Invalid(f"没有名为“{wanted}”的工作表，文件中有：{'、'.join(names[:20])}")
    return wanted


def _read_text(path: Path, content: bytes, wanted: str | None) -> Sheet:
    if wanted is not None:
        raise Invalid(f"“{path.name}”是文本表格，没有工作表“{wanted}”，请去掉工作表名称后重试")
    text = _decoded(path, content)
    if re.match(r"\s*<(!doctype|html|table|\?xml)", text[:500], re.IGNORECASE):
        raise Invalid(f"“{path.name}”其实是网页或 XML 文件，不是表格。{_SAVE_AS}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        line = reader.line_num
        raise Invalid(
            f"“{path.name}”第{line}行或之前的引号没有成对，无法读取。{_SAVE_AS}"
        ) from None
    return Sheet(rows, path.stem, is_text=True)


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content[:100_000]:
        raise Invalid(f"“{path.name}”的内容不是表格，请检查是否选错文件。{_SAVE_AS}")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(f"“{path.name}”的文字编码无法识别，请另存为 UTF-8 编码的 CSV，或 xlsx")


def _delimiter(text: str) -> str:
    """The mark that parts the cells of the first line with anything in it."""
    first = next(line for line in text.splitlines() if line.strip())
    unquoted = re.sub(r'"[^"]*"', "", first)
    return max((",", "\t", ";"), key=unquoted.count)


def _check_size(sheet: Sheet) -> None:
    limits = settings()
    if not any(cell not in (None, "") for row in sheet.rows for cell in row):
        raise Invalid(f"工作表“{sheet.name}”是空的，没有可以导入的内容")
    # A header may stand below a few title lines.
    if len(sheet.rows) > limits.max_import_rows + 20:
        raise Invalid(
            f"工作表“{sheet.name}”有 {len(sheet.rows)} 行，"
            f"一次最多导入 {limits.max_import_rows} 行，请删去数据之后的空行，或拆分后分次导入"
        )
    widest = max(len(row) for row in sheet.rows)
    if widest > limits.max_import_columns:
        raise Invalid(
            f"工作表“{sheet.name}”有 {widest} 列，最多 {limits.max_import_columns} 列，"
            "请删去数据右侧多余的列"
        )
