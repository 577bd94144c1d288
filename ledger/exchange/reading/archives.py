"""Facts found while checking a packed workbook, and the reasons for refusing one.

Used by the modules that check workbooks before a reader unpacks them into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ledger.domain.errors import Invalid, InvalidFile, Problem
from ledger.domain.settings import Settings
from ledger.exchange.reading.understanding import Note

CHUNK = 1 << 20
ROWS_OF_A_SHEET = 1_048_576
# Measured with 100,000 rows of 36 columns: a cell as it is read, parsed and checked.
_BYTES_OF_CELL, _BYTES_OF_PLACE = 150, 40
Span = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Part:
    """What was seen of one sheet in passing; rows and columns count from 1, in ``merged`` from 0.

    ``merged`` is filled only where the reader itself does not tell of merged cells.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: int = 0
    without_result: int = 0
    cells: int = 0
    rows: int = 0
    columns: int = 0
    merged: list[Span] = field(default_factory=list)


@dataclass
class Archive:
    """What was seen of a workbook in passing: per sheet name, and of the whole."""

    sheets: dict[str, Part] = field(default_factory=dict)
    macros: bool = False
    links: bool = False

    def notes(self, sheet: str) -> Iterator[Note]:
        """What is to be known of the file before one of its sheets is taken over."""
        if self.macros:
            yield Note(None, None, "文件带有宏，没有运行")
        if self.links:
            yield Note(None, None, "文件引用了别的工作簿，没有去取，按文件里保存的数值读入")
        part = self.sheets.get(sheet, Part())
        if part.hidden_rows:
            rows = _listed(part.hidden_rows, str)
            message = f"第{rows}行在文件中是隐藏的，也读入了；不需要时请先删除"
            yield Note(None, None, message, sure=False)
        if part.hidden_columns:
            columns = _listed(part.hidden_columns, letters)
            message = f"{columns}列在文件中是隐藏的，也读入了；不需要时请先删除"
            yield Note(None, None, message, sure=False)
        if part.without_result:
            message = (
                f"有{part.without_result}个公式没有保存结果，按空白读入；"
                "请用 Excel 或 WPS 打开文件，保存后再导入"
            )
            yield Note(None, None, message, sure=False)


def _listed(numbers: set[int], name: Callable[[int], str]) -> str:
    """Numbers as people list them: "3、5—8"."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    texts = [name(a) if a == b else f"{name(a)}—{name(b)}" for a, b in spans]
    return "、".join(texts[:8]) + ("……" if len(texts) > 8 else "")


def letters(number: int) -> str:
    """The letters of a column counted from 1: 27 is AA."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def too_large(path: Path, limits: Settings) -> InvalidFile:
    """Why a file that unpacks to too much is not read."""
    message = (
        f"解压后超过 {limits.max_unpacked_megabytes} MB，不像正常的表格，已停止读取。请检查文件来源"
    )
    return InvalidFile(message, path.name)


def too_much_text(
    path: Path, limits: Settings, where: tuple[str, str, int] | None = None
) -> InvalidFile:
    """Why a file with an endless text is not read; ``where`` is (sheet, column letters, row)."""
    sheet, column, row = where or ("", None, None)
    message = (
        f"{'里面有一格' if where is None else ''}文字超过 {limits.max_cell_characters:,} 个字，"
        "不像正常的表格，已停止读取。请删去或缩短这一格的内容后再导入"
    )
    return InvalidFile([Problem(row, column, message)], path.name, sheet)


def too_long(row: int, most: int = ROWS_OF_A_SHEET) -> Invalid:
    """Why a sheet with a cell in this row is not read."""
    return Invalid(
        f"用到了第 {row} 行，一次最多导入 {most} 行。"
        "请删去数据之后的空行(选中整行后删除)，或拆分后分次导入"
    )


def too_sparse(row: int) -> Invalid:
    """Why a sheet is not read that reaches down to this row and has fewer cells than rows."""
    return Invalid(
        f"用到了第 {row} 行，其中大多是空行。请删去数据之后的空行(选中整行后删除)，再导入"
    )


def check_memory(cells: int, places: int, limits: Settings) -> None:
    """Refuse a table that needs more memory than the settings allow.

    Parameters
    ----------
    cells : cells that hold anything.
    places : rows times columns, up to the last that holds anything.
    """
    needed = (cells * _BYTES_OF_CELL + places * _BYTES_OF_PLACE) / 1e6
    if needed > limits.max_import_megabytes:
        raise Invalid(
            f"有 {places / 1e4:,.0f} 万格，一次读入约需 {needed:,.0f} MB 内存，"
            f"最多 {limits.max_import_megabytes:,} MB。请删去数据之后的空行和空列"
            "(选中后删除)，或拆分后分次导入；数据确有这么多的，"
            "请管理员在服务器上用命令行 python -m ledger import 导入，它会分段读取"
        )


def too_wide(row: int, column: int, limits: Settings) -> Invalid:
    """Why a sheet with a cell in this row and column (both from 1) is not read."""
    return Invalid(
        f"第 {row} 行用到了 {letters(column)} 列，"
        f"最多 {limits.max_import_columns} 列。请删去数据右侧多余的列(选中整列后删除)"
    )


def binary_workbook() -> Invalid:
    """The refusal of a binary workbook (xlsb): it cannot be checked before it is read."""
    return Invalid(
        "是二进制工作簿(.xlsb)，不能直接导入。"
        "请在 Excel 或 WPS 中另存为“Excel 工作簿(.xlsx)”后再导入"
    )


def check_formulas(seen: Part, limits: Settings) -> None:
    """Refuse a sheet with more formulas than the settings allow."""
    if seen.formulas > limits.max_formulas:
        raise Invalid(
            f"公式超过 {limits.max_formulas} 个。"
            "请在 Excel 中全选、复制，再“选择性粘贴—数值”后保存，然后导入"
        )
