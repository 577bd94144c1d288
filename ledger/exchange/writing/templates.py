"""The empty workbook of a ledger, to be filled in by villages and read by the import.

First sheet: header, one validated column per declared column; the header is protected, the cells
below are open. It may hold the records of an area already, with the marks by which they are known
again (:mod:`ledger.exchange.writing.filled_templates`).
Second sheet: 示例, rows filled in as they should be, marked as examples in 编号 so that an import
leaves them out even when they are copied. Third: 填表说明.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.errors import Invalid
from ledger.exchange.writing import fingerprints
from ledger.exchange.writing.manifest_sheet import write_manifest
from ledger.exchange.writing.row_writer import Filling, fill_rows, reserve_rows
from ledger.exchange.writing.table import Cell, Marks
from ledger.exchange.writing.tables_out import header_of
from ledger.exchange.writing.template_rules import allowed, choices_of, list_of, validation
from ledger.exchange.writing.workbooks import header_format, lay_out_print, new_workbook, text_width

SHEET = "填写"
_ROWS = 5000
_SAMPLE, _WIDEST = 200, 44
_PRINTED_ROWS = 40
EXAMPLE = "示例"
_EXAMPLE_ROWS = 2
# What may be done on the protected sheet: no password, so that who must can take it off.
_OPEN = dict.fromkeys(
    (
        "format_cells",
        "format_columns",
        "format_rows",
        "insert_rows",
        "delete_rows",
        "sort",
        "autofilter",
    ),
    True,
)
_EXAMPLES: Mapping[ColumnType, str] = {
    ColumnType.INTEGER: "60",
    ColumnType.NUMBER: "6",
    ColumnType.MONEY: "3500",
    ColumnType.DATE: "2026-05-20",
    ColumnType.MOMENT: "2026-05-20 09:30",
    ColumnType.TRI: "不详",
    ColumnType.LONGITUDE: "127.437369",
    ColumnType.LATITUDE: "29.399030",
    ColumnType.AREA: "990101001001",
    ColumnType.CREDIT_CODE: "91110000600037341L",
    ColumnType.PHONE: "000-81234567",
}
_USUAL_NOTES = (
    "请在“填写”表中填写，一行一条；表头已锁定(无密码，审阅—撤销工作表保护可解除)，不要改动表头文字。",
    "“示例”表是填写样例；编号以“示例”开头的行导入时自动略过。",
    "带 * 的列必须填写。不清楚的格请留空，不要填 0、“无”或“/”。",
)
_EMPTY_NOTES = (
    "编号留空即为新增；填写已有编号则更新该条记录，空白格不改动原值。",
    "坐标按 WGS84 或 CGCS2000 填写；从手机地图抄来的坐标多为 GCJ-02 或 BD-09，请在导入时选明。",
    "没有坐标时请填所属区域(村、社区代码)。",
)
_FILLED_NOTES = (
    "表中已有的各行是发出时的台账内容：对的不动，不对的直接改，该空的删成空白。",
    "新增的写在最后，编号留空。某一条不在了也不要删行：删掉的行不会从台账删除，只会提示。",
    "以星号遮盖的内容没有变化时不用动；有变化时把整格改成新的内容。",
    "坐标按 WGS84 或 CGCS2000 填写；手机地图的坐标有几百米偏差，不要抄，没有就留空。",
    "所属区域从下拉选项中选；新增的一行留空时，归入发出这份表的村(社区)。",
    "填好后原样发回(可以改文件名)；发回之前台账又改过的格，会请经办人选定用哪个。",
)


@dataclass(frozen=True)
class Contents:
    """What a template holds besides its columns.

    ``rows`` have a cell for each column that may be typed in, ``marks`` tell which records they
    are. ``areas`` are what the drop-down of the area offers; ``name`` is that of the area that the
    workbook is for.
    """

    marks: Marks
    rows: Sequence[Sequence[Cell]] = ()
    areas: Sequence[str] = ()
    name: str = ""


def template(ledger: Ledger, contents: Contents | None = None) -> bytes:
    """The workbook of ``ledger`` to be filled in, as the content of an xlsx file.

    Without ``contents`` it is empty. Raises `Invalid` for areas: they come from boundary files.
    """
    if ledger.geometry == "polygon":
        raise Invalid(f"{ledger.label}从边界文件载入，没有导入模板")
    columns = ledger.editable
    named = f"：{contents.name}" if contents and contents.name else ""
    with new_workbook(f"{ledger.label}导入模板{named}") as (content, workbook):
        sheet = workbook.add_worksheet(SHEET)
        examples = workbook.add_worksheet("示例")
        guide = workbook.add_worksheet("填表说明")
        lists = workbook.add_worksheet("选项")
        lists.hide()
        _write_header(workbook, sheet, columns)
        last = _ROWS + (len(contents.rows) if contents else 0)
        widths = [_filled_width(column, at, contents) for at, column in enumerate(columns)]
        styles = []
        for at, column in enumerate(columns):
            styles.append(_format(workbook, column))
            sheet.set_column(at, at, widths[at], styles[-1])
            is_area = column.type is ColumnType.AREA and contents is not None
            texts = contents.areas if contents and is_area else choices_of(column)
            sheet.data_validation(1, at, last, at, validation(column, list_of(lists, at, texts)))
        if contents is not None:
            _write_marks(workbook, sheet, columns, contents, styles)
        sheet.freeze_panes(1, 2)
        sheet.protect("", _OPEN)
        printed = _PRINTED_ROWS + (len(contents.rows) if contents else 0)
        lay_out_print(sheet, widths, rows=printed, header=0, frozen=2)
        _write_examples(workbook, examples, columns)
        _write_guide(workbook, guide, ledger, contents)
        sheet.activate()
    if contents is None:
        return content.getvalue()
    return fill_rows(content.getvalue(), [Filling(1, len(styles), _marked_rows(contents))])


def _write_marks(
    workbook: Any, sheet: Any, columns: Sequence[Column], contents: Contents, styles: list[Any]
) -> None:
    """Three hidden columns and the hidden sheet. They are open as the others are: a protected
    sheet cannot be sorted where cells are locked."""
    first = len(columns)
    style = workbook.add_format({"locked": False})
    for at, header in enumerate(fingerprints.HEADERS, start=first):
        sheet.write_string(0, at, header)
        sheet.set_column(at, at, 4, style, {"hidden": True})
        styles.append(style)
    reserve_rows(sheet, 1, styles, len(contents.rows))
    keys = {_header(column): column.key for column in columns}
    write_manifest(workbook, SHEET, keys, contents.marks)


def _marked_rows(contents: Contents) -> Iterator[Sequence[Cell]]:
    for row, (_, mark) in zip(contents.rows, contents.marks.rows, strict=True):
        yield (*row, mark.record_id, mark.version, mark.fingerprint)


def _write_header(workbook: Any, sheet: Any, columns: tuple[Column, ...]) -> None:
    usual = header_format(workbook)
    needed = header_format(workbook)
    needed.set_bg_color("#7A2E2B")
    sheet.set_row(0, 36)
    for at, column in enumerate(columns):
        sheet.write_string(0, at, _header(column), needed if column.required else usual)


def _header(column: Column) -> str:
    return f"*{header_of(column)}" if column.required else header_of(column)


def _width(column: Column) -> float:
    wide = 30 if column.type in (ColumnType.LONG_TEXT, ColumnType.CREDIT_CODE) else 12
    return float(max(text_width(_header(column)) + 3, wide))


def _filled_width(column: Column, at: int, contents: Contents | None) -> float:
    """Wide enough for what stands there already, within reason."""
    rows = contents.rows[:_SAMPLE] if contents else ()
    longest = max((text_width(str(row[at])) for row in rows if row[at] is not None), default=0)
    return max(_width(column), float(min(longest + 2, _WIDEST)))


def _format(workbook: Any, column: Column) -> Any:
    """How the cells below a header look: open on a protected sheet, codes as text."""
    return workbook.add_format({"num_format": _number_format(column), "locked": False})


def _number_format(column: Column) -> str:
    if column.type in (ColumnType.DATE, ColumnType.MOMENT):
        return "yyyy-mm-dd hh:mm" if column.type is ColumnType.MOMENT else "yyyy-mm-dd"
    if column.type is ColumnType.MONEY:
        return "#,##0.00"
    if column.type in (ColumnType.INTEGER, ColumnType.NUMBER):
        return "General"
    if column.type in (ColumnType.LONGITUDE, ColumnType.LATITUDE):
        return "0.000000"
    # As text, codes keep their zeros and their eighteen digits.
    return "@"


def _example(column: Column, row: int = 1) -> str:
    """What could stand in a column; the second example row shows another choice."""
    if column.type is ColumnType.CHOICE:
        return column.choices[(row - 1) % len(column.choices)].label if column.choices else ""
    if column.key == "number":
        return ""
    if column.type in (ColumnType.TEXT, ColumnType.LONG_TEXT):
        return "示例养老院" if column.required else ""
    return _EXAMPLES.get(column.type, "")


def _write_examples(workbook: Any, sheet: Any, columns: tuple[Column, ...]) -> None:
    """Rows filled in as they should be, below the same header; nothing on it can be changed."""
    _write_header(workbook, sheet, columns)
    look = workbook.add_format({"italic": True, "font_color": "#5A6472", "num_format": "@"})
    for at, column in enumerate(columns):
        sheet.set_column(at, at, _width(column))
        for row in range(1, _EXAMPLE_ROWS + 1):
            text = f"{EXAMPLE}{row}" if column.key == "number" else _example(column, row)
            sheet.write_string(row, at, text, look)
    sheet.freeze_panes(1, 2)
    sheet.protect("", {"format_columns": True, "select_locked_cells": True})
    widths = [_width(column) for column in columns]
    lay_out_print(sheet, widths, rows=_EXAMPLE_ROWS + 1, header=0, frozen=2)


def _write_guide(
    workbook: Any, guide: Any, ledger: Ledger, contents: Contents | None = None
) -> None:
    title = workbook.add_format({"bold": True, "font_size": 14})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    example = workbook.add_format(
        {"italic": True, "font_color": "#5A6472", "valign": "top", "num_format": "@"}
    )
    guide.write_string(0, 0, f"{ledger.label}填表说明", title)
    notes = (*_USUAL_NOTES, *(_EMPTY_NOTES if contents is None else _FILLED_NOTES))
    for at, note in enumerate(notes, start=1):
        guide.write_string(at, 0, f"{at}. {note}")
    top = len(notes) + 2
    heads = (("列", 24), ("必填", 6), ("填什么", 48), ("单位", 6), ("说明", 48), ("示例", 24))
    for at, (head, width) in enumerate(heads):
        guide.write_string(top, at, head, header_format(workbook))
        guide.set_column(at, at, width)
    for row, column in enumerate(ledger.editable, start=top + 1):
        required = "是" if column.required else ""
        texts = (header_of(column), required, allowed(column), column.unit, column.help)
        for at, text in enumerate(texts):
            guide.write_string(row, at, text, wrapped)
        guide.write_string(row, len(texts), _example(column), example)
    guide.freeze_panes(top + 1, 1)
    bottom = top + 1 + len(ledger.editable)
    lay_out_print(guide, [width for _, width in heads], rows=bottom, header=top, frozen=1)
    guide.protect("", {"format_columns": True, "format_rows": True})
