"""What may stand in the columns of a template: drop-downs, bounds, and the words beside a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from ledger.domain.columns import Column, ColumnType

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


def list_of(lists: Any, at: int, texts: Sequence[str]) -> Sequence[str] | str:
    """The texts of a drop-down; those too long for a rule lie on a hidden sheet."""
    if len(",".join(texts)) <= _LONGEST_LIST and not any("," in text for text in texts):
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


def choices_of(column: Column) -> Sequence[str]:
    """The texts that a column has to choose from; empty where anything may be typed."""
    if column.type is ColumnType.TRI:
        return ["是", "否", "不详"]
    return [choice.label for choice in column.choices]


def validation(column: Column, texts: Sequence[str] | str) -> dict[str, Any]:
    """The rule of one column and the message that stands beside its cells."""
    rule = _RULES.get(column.type, _text_rule)(column)
    if texts:
        rule = {"validate": "list", "source": texts}
        if column.type is ColumnType.AREA:  # whatever names an area may be typed
            rule["error_type"] = "warning"
    message = allowed(column) + (f"。{column.help}" if column.help else "")
    return rule | {
        "ignore_blank": True,
        "input_title": column.label[:32],
        "input_message": message[:_LONGEST_MESSAGE],
        "error_title": "内容不符合要求",
        "error_message": f"{column.label}：{allowed(column)}"[:_LONGEST_MESSAGE],
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


def allowed(column: Column) -> str:
    """What may stand in a column, in words."""
    if column.type is ColumnType.CHOICE:
        return "只能填：" + "、".join(choices_of(column))
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
