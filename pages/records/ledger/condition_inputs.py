"""The fields in which a condition on one column is typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import streamlit as st

from ledger.domain.columns import Column, Ledger
from ledger.domain.timing.clock import local_text
from ledger.records.query import Condition
from pages._views.condition_parameters import operators_of, read_conditions
from pages._views.filters_in_words import choice_words, token

_FILLED = {"any": "不限", "not_blank": "已填", "blank": "空白"}


def inputs(column: Column, now: Mapping[str, Any], key: str) -> None:
    """The fields of one column's conditions, filled with those in force."""
    operators = operators_of(column)
    if "in" in operators:
        options = choice_words(column)
        st.pills(
            "包括",
            list(options),
            selection_mode="multi",
            default=[token(value) for value in now.get("in", ())],
            format_func=options.__getitem__,
            key=f"{key}-in",
        )
        return
    if "ge" in operators:
        unit = f"({column.unit})" if column.unit else ""
        st.text_input(f"不小于{unit}", _text(now.get("ge")), key=f"{key}-ge")
        st.text_input(f"不大于{unit}", _text(now.get("le")), key=f"{key}-le")
    else:
        st.text_input("包含文字", _text(now.get("contains")), key=f"{key}-contains")
    st.segmented_control(
        "是否填写",
        list(_FILLED),
        default=next((one for one in ("blank", "not_blank") if one in now), "any"),
        required=True,
        format_func=_FILLED.__getitem__,
        key=f"{key}-filled",
    )


def given_values(column: Column, key: str) -> dict[str, list[str]]:
    """What stands in those fields now, by operator, as the address would have it."""
    operators, typed = operators_of(column), st.session_state
    if "in" in operators:
        return {"in": list(typed.get(f"{key}-in") or ())}
    texts = {one: typed.get(f"{key}-{one}") for one in ("ge", "le", "contains")}
    given = {one: [str(text)] for one, text in texts.items() if text}
    filled = str(typed.get(f"{key}-filled") or "any")
    return given | ({filled: ["1"]} if filled != "any" else {})


def read_inputs(
    ledger: Ledger, column: Column, given: dict[str, list[str]]
) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for operator, values in given.items():
        if values:
            found += read_conditions(ledger, f"{column.key}.{operator}", values)
    return tuple(found)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return local_text(value)
    return value.isoformat() if isinstance(value, date) else f"{value}"
