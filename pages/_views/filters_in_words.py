"""A selection in words: for chips, and for the record of an export. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from geo.atlas import Atlas
from ledger.domain.columns import TRI_LABELS, Column, ColumnType, Ledger
from ledger.domain.timing.spans import span_words
from ledger.records.query import Condition, Selection
from ledger.records.rowsets import row_set
from pages._text import clip
from pages._views.address import DEFAULT_SORT
from pages._views.condition_parameters import BLANK
from pages._views.date_filter import pair_of

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
    return [part.words for part in filter_parts(ledger, atlas, selection)]


class FilterPart(NamedTuple):
    """One filter in words, the selection without it, and the selection that has only it (None for
    an order, which finds nothing)."""

    words: str
    without: Selection
    alone: Selection | None


def filter_parts(ledger: Ledger, atlas: Atlas, selection: Selection) -> Iterator[FilterPart]:
    """Each filter of a selection; two days of one column are one filter."""
    bare = Selection(deleted=selection.deleted)
    if selection.text:
        words = f"搜索“{clip(selection.text, 20)}”"
        only = replace(bare, text=selection.text)
        yield FilterPart(words, replace(selection, text=""), only)
    if selection.area_path is not None:
        area = atlas.get(selection.area_path.strip("/").split("/")[-1])
        words = f"区域：{area.name if area else '未知'}"
        only = replace(bare, area_path=selection.area_path)
        yield FilterPart(words, replace(selection, area_path=None), only)
    told: list[Condition] = []
    for condition in selection.conditions:
        if any(condition is one for one in told):
            continue
        pair = pair_of(selection.conditions, condition)
        together = (condition,) if pair is None else (condition, pair[0])
        told += together
        words = condition_words(ledger, condition)
        if pair is not None:
            words = f"{ledger.label_of(condition.key)}：{span_words(pair[1])}"
        others = tuple(c for c in selection.conditions if not any(c is one for one in together))
        only = replace(bare, conditions=together)
        yield FilterPart(words, replace(selection, conditions=others), only)
    if selection.sort != DEFAULT_SORT:
        labels = {**SYSTEM_LABELS, **{c.key: c.label for c in ledger.columns}}
        order = "、".join(
            f"{labels.get(key, key)}{'从大到小' if down else '从小到大'}"
            for key, down in selection.sort
        )
        yield FilterPart(f"按{order}", replace(selection, sort=DEFAULT_SORT), None)
