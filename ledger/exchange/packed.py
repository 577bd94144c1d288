"""Look into a packed workbook before a reader unpacks it into memory.

An xlsx is a zip archive: a few kilobytes can unpack to gigabytes, and a single cell in the last
row and column makes a reader lay out a sheet of billions of cells. Unpacking everything once,
counting and throwing away, also finds archives that were cut off.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from ledger.errors import Invalid
from ledger.settings import Settings

# Real ledgers of the largest allowed size unpack to a third of this.
MOST_UNPACKED = 1_000_000_000
_MOST_PARTS = 5_000
_CHUNK = 1 << 20
_OVERLAP = 256
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d{1,9})"[^>]*[^/>]>|<(?:\w+:)?row r="(\d{1,9})">')
_WIDE = re.compile(rb'<(?:\w+:)?c [^>]{0,100}?\br="([A-Z]{3,})(\d{1,9})"')
# Rows beyond the limit that titles above a header may need.
_SLACK = 20


def check_workbook_archive(path: Path, limits: Settings) -> None:
    """Refuse archives that are no workbook, damaged, or too large once unpacked.

    Raises
    ------
    Invalid
        With one Chinese sentence.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_kind(path, archive)
            unpacked = 0
            for part in archive.infolist():
                unpacked += _walk(path, archive, part, limits, MOST_UNPACKED - unpacked)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        raise Invalid(f"“{path.name}”已损坏或不完整，无法读取，请重新获取文件") from None
    except RuntimeError:  # zipfile's word for an archive with a password
        raise Invalid(f"“{path.name}”有打开密码，请取消密码保护后再导入") from None


def _check_kind(path: Path, archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(names) > _MOST_PARTS:
        raise Invalid(f"“{path.name}”内含 {len(names)} 个部件，不像表格文件，请检查是否选错")
    if "xl/workbook.xml" not in names:
        raise Invalid(
            f"“{path.name}”是压缩包或其他文档，不是 xlsx 表格。"
            "请解压后选择其中的表格，或在 Excel 中另存为“Excel 工作簿(.xlsx)”"
        )


def _walk(
    path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Settings, room: int
) -> int:
    """Unpack one part, throwing it away; returns its size in bytes."""
    is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
    size, tail = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > room:
                raise Invalid(
                    f"“{path.name}”解压后超过 {MOST_UNPACKED // 1_000_000} MB，不像正常的表格，"
                    "已停止读取。请检查文件来源"
                )
            if is_sheet:
                _check_extent(tail + chunk, limits)
                tail = chunk[-_OVERLAP:]
    return size


def _check_extent(xml: bytes, limits: Settings) -> None:
    rows = _ROW.findall(xml)
    last = max((int(long or short) for long, short in rows), default=0)
    if last > limits.max_import_rows + _SLACK:
        raise Invalid(
            f"工作表用到了第 {last} 行，一次最多导入 {limits.max_import_rows} 行。"
            "请删去数据之后的空行(选中整行后删除)，或拆分后分次导入"
        )
    wide = _WIDE.search(xml)
    if wide:
        raise Invalid(
            f"工作表在第 {int(wide[2])} 行用到了 {wide[1].decode()} 列，"
            f"最多 {limits.max_import_columns} 列。请删去数据右侧多余的列(选中整列后删除)"
        )
