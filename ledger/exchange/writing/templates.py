"""The empty workbook of a ledger, to be filled in by villages and read by the import.

First sheet: header, one validated column per declared column; the header is protected, the cells
below are open. Second sheet: 示例, rows filled in as they should be, marked as examples in 编号 so
that an import leaves them out even when they are copied. Third: 填表说明.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.errors import Invalid
from ledger.exchange.writing.tables_out import header_of
from ledger.exchange.writing.workbooks import header_format, lay_out_print, new_workbook, text_width

_ROWS = 5000
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
# Excel's limits for a list written into the rule itself and for the message beside a cell.
_LONGEST_LIST = 255
_LONGEST_MESSAGE = 250
_TYPE_WORDS: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "文字",
    ColumnType.LONG_TEXT: "文字",
    ColumnType.INTEGER: "整数",
    ColumnType.NUMBER: "数字",
    ColumnType.MONEY: "金额",
    ColumnType.DATE: "日期，如 2026-05-20",
    ColumnType.MOMENT: "日期和时间，如 2026-05-20 09:30",
    ColumnType.CHOICE: "从下拉选项中选",
    ColumnType.TRI: "是、否或不详；空白即不详",
    ColumnType.LONGITUDE: "经度，小数度(WGS84 或 CGCS2000)",
    ColumnType.LATITUDE: "纬度，小数度(WGS84 或 CGCS2000)",
    ColumnType.AREA: "区域代码，或不重名的区域名称",
    ColumnType.REFERENCE: "所指记录的编号",
    ColumnType.CREDIT_CODE: "18位统一社会信用代码",
    ColumnType.PHONE: "电话号码",
}
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
_NOTES = (
    "请在“填写”表中填写，一行一条；表头已锁定(无密码，审阅—撤销工作表保护可解除)，不要改动表头文字。",
    "“示例”表是填写样例；编号以“示例”开头的行导入时自动略过。",
    "带 * 的列必须填写。不清楚的格请留空，不要填 0、“无”或“/”。",
    "编号留空即为新增；填写已有编号则更新该条记录，空白格不改动原值。",
    "坐标按 WGS84 或 CGCS2000 填写；从手机地图抄来的坐标多为 GCJ-02 或 BD-09，请在导入时选明。",
    "没有坐标时请填所属区域(村、社区代码)。",
)


def template(ledger: Ledger) -> bytes:
    """The empty workbook of ``ledger``, as the content of an xlsx file.

    Raises `Invalid` for areas: they come from boundary files.
    """
    if ledger.geometry == "polygon":
        raise Invalid(f"{ledger.label}从边界文件载入，没有导入模板")
    columns = ledger.editable
    with new_workbook(f"{ledger.label}导入模板") as (content, workbook):
        sheet = workbook.add_worksheet("填写")
        examples = workbook.add_worksheet("示例")
        guide = workbook.add_worksheet("填表说明")
        lists = workbook.add_worksheet("选项")
        lists.hide()
        _write_header(workbook, sheet, columns)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _width(column), _format(workbook, column))
            rule = _validation(column, _list_of(lists, at, column))
            sheet.data_validation(1, at, _ROWS, at, rule)
        sheet.freeze_panes(1, 2)
        sheet.protect("", _OPEN)
        widths = [_width(column) for column in columns]
        lay_out_print(sheet, widths, rows=_PRINTED_ROWS, header=0, frozen=2)
        _write_examples(workbook, examples, columns)
        _write_guide(workbook, guide, ledger)
        sheet.activate()
    return content.getvalue()


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


def _list_of(lists: Any, at: int, column: Column) -> list[str] | str:
    """The texts of a drop-down; those too long for a rule lie on a hidden sheet."""
    texts = _choices(column)
    if len(",".join(texts)) <= _LONGEST_LIST:
        return texts
    for row, text in enumerate(texts):
        lists.write_string(row, at, text)
    return f"=选项!{_letters(at)}$1:{_letters(at)}${len(texts)}"


def _letters(at: int) -> str:
    name = ""
    number = at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return f"${name}"


def _choices(column: Column) -> list[str]:
    if column.type is ColumnType.TRI:
        return ["是", "否", "不详"]
    return [choice.label for choice in column.choices]


def _validation(column: Column, texts: list[str] | str) -> dict[str, Any]:
    """The rule of one column and the message that stands beside its cells."""
    rule = _RULES.get(column.type, _text_rule)(column)
    if texts:
        rule = {"validate": "list", "source": texts}
    message = _allowed(column) + (f"。{column.help}" if column.help else "")
    return rule | {
        "ignore_blank": True,
        "input_title": column.label[:32],
        "input_message": message[:_LONGEST_MESSAGE],
        "error_title": "内容不符合要求",
        "error_message": f"{column.label}：{_allowed(column)}"[:_LONGEST_MESSAGE],
    }


def _bounds(column: Column, validate: str, low: float, high: float) -> dict[str, Any]:
    least = low if column.minimum is None else column.minimum
    most = high if column.maximum is None else column.maximum
    return {"validate": validate, "criteria": "between", "minimum": least, "maximum": most}


def _date_rule(_column: Column) -> dict[str, Any]:
    first, last = date(1900, 1, 1), date(2200, 12, 31)
    return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}


def _text_rule(column: Column) -> dict[str, Any]:
    return {"validate": "length", "criteria": "<=", "value": column.length}


_RULES: Mapping[ColumnType, Callable[[Column], dict[str, Any]]] = {
    ColumnType.INTEGER: lambda column: _bounds(column, "integer", -1e9, 1e9),
    ColumnType.NUMBER: lambda column: _bounds(column, "decimal", -1e15, 1e15),
    ColumnType.MONEY: lambda column: _bounds(column, "decimal", -1e15, 1e15),
    ColumnType.LONGITUDE: lambda column: _bounds(column, "decimal", -180, 180),
    ColumnType.LATITUDE: lambda column: _bounds(column, "decimal", -90, 90),
    ColumnType.DATE: _date_rule,
    ColumnType.MOMENT: _date_rule,
}


def _allowed(column: Column) -> str:
    """What may stand in a column, in words."""
    if column.type is ColumnType.CHOICE:
        return "只能填：" + "、".join(_choices(column))
    words = _TYPE_WORDS[column.type]
    if column.minimum is not None and column.maximum is not None:
        words += f",{column.minimum:.0f} 至 {column.maximum:.0f}"
    elif column.minimum is not None:
        words += f",不小于 {column.minimum:.0f}"
    if column.happened:
        words += ",不晚于今天"
    if column.type in (ColumnType.TEXT, ColumnType.LONG_TEXT):
        words += f",最多{column.length}字"
    return words


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


def _write_guide(workbook: Any, guide: Any, ledger: Ledger) -> None:
    title = workbook.add_format({"bold": True, "font_size": 14})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    example = workbook.add_format(
        {"italic": True, "font_color": "#5A6472", "valign": "top", "num_format": "@"}
    )
    guide.write_string(0, 0, f"{ledger.label}填表说明", title)
    for at, note in enumerate(_NOTES, start=1):
        guide.write_string(at, 0, f"{at}. {note}")
    top = len(_NOTES) + 2
    heads = (("列", 24), ("必填", 6), ("填什么", 48), ("单位", 6), ("说明", 48), ("示例", 24))
    for at, (head, width) in enumerate(heads):
        guide.write_string(top, at, head, header_format(workbook))
        guide.set_column(at, at, width)
    for row, column in enumerate(ledger.editable, start=top + 1):
        required = "是" if column.required else ""
        texts = (header_of(column), required, _allowed(column), column.unit, column.help)
        for at, text in enumerate(texts):
            guide.write_string(row, at, text, wrapped)
        guide.write_string(row, len(texts), _example(column), example)
    guide.freeze_panes(top + 1, 1)
    bottom = top + 1 + len(ledger.editable)
    lay_out_print(guide, [width for _, width in heads], rows=bottom, header=top, frozen=1)
    guide.protect("", {"format_columns": True, "format_rows": True})
