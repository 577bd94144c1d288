"""One condition of a ledger page's view ↔ one parameter of its address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, get_args

from ledger.domain.columns import NUMERIC, Column, ColumnType, Ledger, ValueRefused
from ledger.domain.errors import Invalid
from ledger.domain.timing.clock import local_text
from ledger.records.query import Condition, Operator
from ledger.records.rowsets import row_set
from pages._text import clip

MAX_TEXT = 200
MAX_NUMBER = 1e15
BLANK = "_"
RELATIVE = "due"
NOTHING = "!"
_FLAGS = ("blank", "not_blank")
_BY_RANGE = NUMERIC | {ColumnType.DATE, ColumnType.MOMENT}
_BY_CHOICE = frozenset({ColumnType.CHOICE, ColumnType.TRI})
_TRI = {"yes": True, "no": False, BLANK: None}


def operators_of(column: Column) -> tuple[Operator, ...]:
    """The ways in which a column can be filtered on a page."""
    if column.type in _BY_CHOICE:
        return ("in",)
    if column.type in _BY_RANGE:
        return ("ge", "le", "blank", "not_blank")
    return ("contains", "blank", "not_blank")


def _readable(column: Column) -> tuple[Operator, ...]:
    """The ways in which an address may filter a column: those of a page, and a text as it is."""
    offered = operators_of(column)
    return (*offered, "eq") if "contains" in offered else offered


def read_conditions(ledger: Ledger, name: str, values: Iterable[str]) -> list[Condition]:
    """The conditions of one parameter such as ``beds.ge``. Raises `Invalid` in Chinese."""
    key, _, operator = name.rpartition(".")
    if operator == "set":
        return [_row_set(ledger, key, value) for value in values]
    column = ledger.by_key.get(key)
    if column is None or column.rule.masked:
        raise Invalid(f"{ledger.label}没有名为“{clip(key, 40)}”的列")
    if operator not in get_args(Operator) or operator not in _readable(column):
        raise Invalid(f"“{column.label}”列不能按“{clip(operator, 20)}”筛选")
    try:
        return _conditions_of(column, operator, list(values))
    except ValueRefused as refused:
        raise Invalid(f"“{column.label}”列的筛选值有误：{refused}") from None


def _row_set(ledger: Ledger, key: str, text: str) -> Condition:
    """A named condition; putting its text into words shows that it can be read."""
    row_set(ledger.key, key).words(text)
    return Condition(key, "set", text)


def _conditions_of(column: Column, operator: Any, values: list[str]) -> list[Condition]:
    if operator in _FLAGS:
        return [Condition(column.key, operator)]
    if operator == "in":
        given = [value for value in values if value != NOTHING]
        return [Condition(column.key, "in", tuple(_choice(column, value) for value in given))]
    if operator in ("contains", "eq"):
        texts = [checked_text(value).strip() for value in values]
        return [Condition(column.key, operator, text) for text in texts if text]
    return [Condition(column.key, operator, _bound(column, value)) for value in values]


def _choice(column: Column, text: str) -> str | bool | None:
    if text == BLANK:
        return None
    if column.type is ColumnType.TRI:
        if text not in _TRI:
            raise ValueRefused(f"“{clip(text, 20)}”无法识别，只能是 yes、no 或 {BLANK}")
        return _TRI[text]
    if text not in {choice.key for choice in column.choices}:
        raise ValueRefused(f"“{clip(text, 20)}”不在可选项内")
    return text


def _bound(column: Column, text: str) -> int | float | date:
    value = column.parse(checked_text(text))
    if not isinstance(value, (int, float, date)):
        raise ValueRefused("请填写界限")
    if not isinstance(value, date) and abs(value) > MAX_NUMBER:
        raise ValueRefused("数字过大")
    return value


def checked_text(text: str) -> str:
    """A text fit for a search. Raises `ValueRefused` on controls, halves of letters and length."""
    if len(text) > MAX_TEXT:
        raise ValueRefused(f"过长，最多{MAX_TEXT}字")
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueRefused("含有无法识别的字符")
    return text


def parameter_of(condition: Condition) -> str:
    named = f"{condition.key}.{condition.operator}"
    return RELATIVE if named == f"{RELATIVE}.set" else named


def written_values(condition: Condition) -> list[str]:
    value = condition.value
    if condition.operator in _FLAGS:
        return ["1"]
    if condition.operator == "set":
        return [str(value)]
    if condition.operator == "in":
        return [_written_choice(one) for one in value] or [NOTHING]
    if isinstance(value, datetime):
        return [local_text(value)]
    return [value.isoformat() if isinstance(value, date) else str(value)]


def _written_choice(value: Any) -> str:
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
