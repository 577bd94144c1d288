"""A selection in words: for chips, and for the record of an export. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from geo.atlas import Atlas
from ledger.domain.columns import TRI_LABELS, Column, ColumnType, Ledger
from ledger.records.query import Condition, Selection
from ledger.records.rowsets import row_set
from pages._text import clip
from pages._views.address import BLANK, DEFAULT_SORT

SYSTEM_LABELS = {"updated_at": "更新时间", "updated_by": "更新人"}


def choice_words(column: Column) -> dict[str, str]:
    """The choices of a column as the address has them → their words."""
    if column.type is ColumnType.TRI:
        return {"yes": TRI_LABELS[True], "no": TRI_LABELS[False], BLANK: TRI_LABELS[None]}
    blank = "待研判" if column.key == "tier" else "空白"
    return {**{choice.key: choice.label for choice in column.choices}, BLANK: blank}


def token(value: Any) -> str:
    """A choice as the address has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return BLANK if value is None else str(value)


def condition_words(ledger: Ledger, condition: Condition) -> str:
    """One condition as people say it: 床位数 ≥ 50张."""
    if condition.operator == "set":
        return row_set(ledger.key, condition.key).words(str(condition.value))
    column = ledger.by_key[condition.key]
    match condition.operator:
        case "in":
            names = choice_words(column)
            said = "、".join(names[token(one)] for one in condition.value)
            return f"{column.label}：{said or '没有符合的'}"
        case "contains":
            return f"{column.label}含“{clip(condition.value, 20)}”"
        case "blank":
            return f"{column.label}空白"
        case "not_blank":
            return f"{column.label}已填"
        case operator:
            sign = {"ge": "≥", "le": "≤", "eq": "="}[operator]
            return f"{column.label} {sign} {column.format(condition.value)}{column.unit}"


def selection_words(ledger: Ledger, atlas: Atlas, selection: Selection) -> list[str]:
    """The whole selection in words, for chips and for the record of an export."""
    return [words for words, _ in filter_parts(ledger, atlas, selection)]


def filter_parts(
    ledger: Ledger, atlas: Atlas, selection: Selection
) -> Iterator[tuple[str, Selection]]:
    """Each filter in words, and the selection without it."""
    if selection.text:
        yield f"搜索“{clip(selection.text, 20)}”", replace(selection, text="")
    if selection.area_path is not None:
        area = atlas.get(selection.area_path.strip("/").split("/")[-1])
        yield f"区域：{area.name if area else '未知'}", replace(selection, area_path=None)
    for condition in selection.conditions:
        others = tuple(one for one in selection.conditions if one is not condition)
        yield condition_words(ledger, condition), replace(selection, conditions=others)
    if selection.sort != DEFAULT_SORT:
        labels = {**SYSTEM_LABELS, **{c.key: c.label for c in ledger.columns}}
        order = "、".join(
            f"{labels.get(key, key)}{'从大到小' if down else '从小到大'}"
            for key, down in selection.sort
        )
        yield f"按{order}", replace(selection, sort=DEFAULT_SORT)
