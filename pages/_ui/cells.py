"""A declaration as table cells: frames to show, column settings, and texts to read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from geo.atlas import Atlas
from ledger.domain.colours import UNDETERMINED
from ledger.domain.columns import NUMERIC, OVERDUE_DAYS, TRI_LABELS, Column, ColumnType, Ledger
from ledger.domain.timing import clock
from ledger.records.due import DAYS_LABEL, days_overdue
from ledger.records.entering import AREA_MARK
from ledger.records.places.area_words import area_names
from pages._ui.badges import LOOK_OF_WORD
from pages._views.filters_in_words import SYSTEM_LABELS

_TEXT: Any = pd.Series([], dtype="str").dtype
TIER_COLUMNS = frozenset({"tier", "tier_computed", "tier_override", "at_most"})
_WIDTHS: Mapping[ColumnType, Any] = {
    ColumnType.LONG_TEXT: 240,
    ColumnType.AREA: 320,
    ColumnType.CREDIT_CODE: 190,
    ColumnType.TRI: 110,
    ColumnType.INTEGER: 110,
    ColumnType.CHOICE: 150,
}


def area_words(atlas: Atlas, code: str | None, scope_path: str = "/") -> str:
    """An area by name, from just below the reader's own area down, with its code behind."""
    if code is None:
        return ""
    return area_names(atlas, code, scope_path) + AREA_MARK + code if code in atlas else code


def shown_value(column: Column, value: Any, atlas: Atlas, scope_path: str = "/") -> Any:
    """A stored value as its cell holds it: numbers and dates as such, all else in words."""
    if column.type is ColumnType.AREA:
        return area_words(atlas, value, scope_path)
    if column.key == "tier" and value is None:
        return UNDETERMINED.word
    if column.type in NUMERIC or column.type is ColumnType.DATE:
        return value
    return column.format(value)


def words(column: Column, value: Any, atlas: Atlas, scope_path: str = "/") -> str:
    """A stored value as a sentence needs it; （空） for blank."""
    if column.type is ColumnType.AREA:
        return area_words(atlas, value, scope_path) or "（空）"
    if column.key == "tier" and value is None:
        return UNDETERMINED.word
    text = column.format(value)
    return f"{text}{column.unit}" if text and column.unit else text or "（空）"


def build_frame(
    ledger: Ledger,
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    atlas: Atlas,
    scope_path: str = "/",
    names: Mapping[str, str] | None = None,
    *,
    before: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """The rows as a table: one column per key, typed so that the editor knows how to edit it.

    ``names`` are those of the people whose user names stand in the records, ``before`` further
    columns (arrays by key) that stand before them. Arrays cost a quarter of Series, of which pandas
    would compare the indexes, and columns that are inserted later twice as much.
    """
    arrays = dict(before or {})
    arrays |= {key: _array(ledger, rows, key, atlas, scope_path, names or {}) for key in keys}
    return pd.DataFrame(arrays, columns=pd.Index(list(arrays), dtype=object), copy=False)


def text_array(texts: Sequence[str | None]) -> Any:
    """Texts as a column of a frame holds them."""
    return pd.array(texts, dtype=_TEXT)


def _array(
    ledger: Ledger,
    rows: Sequence[Mapping[str, Any]],
    key: str,
    atlas: Atlas,
    scope_path: str,
    names: Mapping[str, str],
) -> Any:
    declared = ledger.by_key.get(key)
    if key == OVERDUE_DAYS:
        return pd.array([days_overdue(row["due_on"]) for row in rows], dtype="Int64")
    if declared is None:
        return text_array([names.get(row[key]) or _system_value(row[key]) for row in rows])
    values = [shown_value(declared, row.get(key), atlas, scope_path) for row in rows]
    if declared.type is ColumnType.INTEGER:
        return pd.array(values, dtype="Int64")
    if declared.type in NUMERIC:
        return pd.array(values, dtype="Float64")
    if declared.type is ColumnType.DATE:
        return pd.array(values, dtype="object")
    return text_array(values)


def _system_value(value: Any) -> str:
    return clock.local_text(value) if hasattr(value, "astimezone") else str(value or "")


def column_settings(
    ledger: Ledger, keys: Sequence[str], pinned: Sequence[str], widths: Mapping[str, int]
) -> dict[str, Any]:
    """Streamlit's settings for each column, from its declaration; ``widths`` are pixels by key, of
    columns that shall have others than declared."""
    return {key: _setting(ledger, key, key in pinned, widths.get(key)) for key in keys}


def _setting(ledger: Ledger, key: str, pinned: bool, width: int | None) -> Any:
    column = ledger.by_key.get(key)
    if key == OVERDUE_DAYS:
        label = f"{DAYS_LABEL}(天)"
        return st.column_config.NumberColumn(label, width=width or 110, format="localized")
    if column is None:
        return st.column_config.TextColumn(SYSTEM_LABELS.get(key, key), width=width or 150)
    label = f"{column.label}({column.unit})" if column.unit else column.label
    common: dict[str, Any] = {
        "help": column.help or None,
        "pinned": pinned or None,
        "width": width or _width(ledger, column),
    }
    if column.key in TIER_COLUMNS:
        # As labels in the colours of their tiers. A Styler did so too, but marked every cell of the
        # table anew at every run.
        colours = [look.tint for look in LOOK_OF_WORD.values()]
        return st.column_config.MultiselectColumn(
            label, options=list(LOOK_OF_WORD), color=colours, **common
        )
    if column.type is ColumnType.TRI:
        options = list(TRI_LABELS.values())
        return st.column_config.SelectboxColumn(label, options=options, required=True, **common)
    if column.type is ColumnType.CHOICE and not column.computed:
        options = ["", *(choice.label for choice in column.choices)]
        return st.column_config.SelectboxColumn(label, options=options, **common)
    if column.type in NUMERIC:
        return st.column_config.NumberColumn(label, **common, **_number_setting(column))
    if column.type is ColumnType.DATE:
        return st.column_config.DateColumn(label, format="YYYY-MM-DD", **common)
    return st.column_config.TextColumn(label, max_chars=_max_chars(column), **common)


def _max_chars(column: Column) -> int | None:
    """Areas are shown with their names, which are longer than the code that is kept."""
    return None if column.type is ColumnType.AREA or column.computed else column.length


def _width(ledger: Ledger, column: Column) -> Any:
    if column.key == "number":
        return 120
    if column.key == ledger.title:
        return 220
    if column.key in TIER_COLUMNS:
        return 110
    return _WIDTHS.get(column.type, 150)


def _number_setting(column: Column) -> dict[str, Any]:
    """Without bounds: the browser would lower a number that is too high, and not say so."""
    if column.type is ColumnType.INTEGER:
        return {"step": 1, "format": "localized"}
    if column.type is ColumnType.MONEY:
        return {"step": 0.01, "format": "localized"}
    if column.type in {ColumnType.LONGITUDE, ColumnType.LATITUDE}:
        return {"format": "%.6f", "step": 1e-06}
    return {}
