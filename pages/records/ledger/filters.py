"""Search, area, conditions and order of a ledger page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import streamlit as st

from geo.atlas import Area, Atlas
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.errors import Invalid
from ledger.domain.initials import initials
from ledger.domain.ledgers.areas import LEVEL_CHOICES
from ledger.domain.timing.clock import local_text
from ledger.records.query import Condition, order_of
from pages._text import plain
from pages._ui.date_span import date_span
from pages._ui.search_field import search_field, stamp
from pages._views.address import View, operators_of, read_conditions
from pages._views.date_filter import span_of, with_span
from pages._views.filters_in_words import SYSTEM_LABELS, choice_words, token

Go = Callable[[View], None]
LEVEL_LABELS = {choice.key: choice.label for choice in LEVEL_CHOICES}
_ALL = ""
_FILLED = {"any": "不限", "not_blank": "已填", "blank": "空白"}


def search_box(view: View, go: Go) -> None:
    """Words to look for in every text of the ledger; Enter searches."""

    def search(text: str) -> None:
        go(view.with_selection(replace(view.selection, text=text)))

    search_field(view.selection.text, "搜索编号、名称、地址…按回车", search)


def area_picker(view: View, atlas: Atlas, actor: Actor, go: Go) -> None:
    """An area within the visitor's own, level by level."""
    chosen = chosen_areas(atlas, view.selection.area_path, actor.scope_path)
    label = f"区域：{chosen[-1].name}" if chosen else "区域：全部"
    with st.popover(plain(label, 24), icon=":material/location_on:", key="area-popover"):
        top = _top(atlas, actor.scope_path)
        above = [top, *chosen]
        for depth, area in enumerate(above):
            options = atlas.children(area.code if area else None)
            if not options:
                st.caption("已到最末一级区域")
                break
            current = chosen[depth] if depth < len(chosen) else None
            narrowed = area.path if area and depth else None
            _level_box(options, current, narrowed, view, go)


def chosen_areas(atlas: Atlas, path: str | None, scope_path: str) -> list[Area]:
    """The chosen area and those above it that lie within the visitor's own."""
    codes = [code for code in (path or "").split("/") if code]
    chain = [area for area in map(atlas.get, codes) if area is not None]
    return [area for area in chain if not scope_path.startswith(area.path)]


def _top(atlas: Atlas, scope_path: str) -> Area | None:
    return None if scope_path == ROOT_PATH else atlas.get(scope_path.strip("/").split("/")[-1])


def _level_box(
    options: Sequence[Area], current: Area | None, narrowed: str | None, view: View, go: Go
) -> None:
    """One level; its 全部 goes back to ``narrowed``, the path chosen on the levels above."""
    names = {
        _ALL: "全部",
        **{one.code: f"{one.name} · {one.code} · {initials(one.name)}" for one in options},
    }
    paths = {_ALL: narrowed, **{one.code: one.path for one in options}}
    codes = list(names)
    key = f"area-{stamp((options[0].code, view.selection.area_path))}"

    def choose() -> None:
        path = paths[st.session_state[key]]
        go(view.with_selection(replace(view.selection, area_path=path)))

    st.selectbox(
        LEVEL_LABELS.get(options[0].level, options[0].level),
        codes,
        index=codes.index(current.code) if current else 0,
        format_func=names.__getitem__,
        key=key,
        on_change=choose,
    )


def sort_picker(ledger: Ledger, view: View, go: Go) -> None:
    """One column to sort by and which way."""
    (current, descending), *_ = order_of(ledger, view.selection)
    sortable = [c for c in ledger.columns if not c.rule.masked]
    labels = {**SYSTEM_LABELS, **{c.key: c.label for c in sortable}}
    key = f"sort-{stamp(view.selection.sort)}"

    def choose() -> None:
        by = (st.session_state[f"{key}-by"], bool(st.session_state[f"{key}-down"]))
        go(view.with_selection(replace(view.selection, sort=(by,))))

    with st.popover("排序", icon=":material/sort:", key="sort-popover"):
        keys = list(labels)
        st.selectbox(
            "按哪一列排序",
            keys,
            index=keys.index(current) if current in keys else 0,
            format_func=labels.__getitem__,
            key=f"{key}-by",
            on_change=choose,
        )
        st.toggle("从大到小(从新到旧)", descending, key=f"{key}-down", on_change=choose)


def condition_picker(ledger: Ledger, view: View, go: Go) -> None:
    """Any column and what it should hold; 应用 replaces that column's conditions."""
    with st.popover("筛选", icon=":material/filter_alt:", key="filter-popover"):
        columns = {c.key: c for c in ledger.columns if not c.rule.masked}
        key = st.selectbox(
            "按哪一列筛选",
            list(columns),
            index=None,
            format_func=lambda one: columns[one].label,
            placeholder="选择一列",
            key=f"filter-column-{stamp(view.selection.conditions)}",
        )
        if key is None:
            return
        column = columns[key]
        if column.type in (ColumnType.DATE, ColumnType.MOMENT):

            def chosen(span: str | None) -> None:
                go(view.with_selection(with_span(view.selection, column, span)))

            found = span_of(view.selection, column)
            date_span(column.label, f"filter-days-{key}", found, chosen)
        _conditions_form(ledger, column, view, go)


def _conditions_form(ledger: Ledger, column: Column, view: View, go: Go) -> None:
    """The conditions of one column. What was typed is read when 应用筛选 is pressed, not before."""
    now: dict[str, Any] = {
        c.operator: c.value for c in view.selection.conditions if c.key == column.key
    }
    key = f"filter-{column.key}-{stamp(now)}"
    refused = f"{key}-refused"

    def apply() -> None:
        st.session_state.pop(refused, None)
        try:
            conditions = _read_inputs(ledger, column, _given(column, key))
        except Invalid as invalid:
            st.session_state[refused] = str(invalid)
            return
        others = tuple(c for c in view.selection.conditions if c.key != column.key)
        go(view.with_selection(replace(view.selection, conditions=(*others, *conditions))))

    with st.form(f"{key}-form", border=False):
        _inputs(column, now, key)
        if refused in st.session_state:
            st.error(plain(st.session_state[refused]))
        st.form_submit_button(
            "应用筛选", type="primary", key=f"filter-apply-{column.key}", on_click=apply
        )


def _inputs(column: Column, now: Mapping[str, Any], key: str) -> None:
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


def _given(column: Column, key: str) -> dict[str, list[str]]:
    """What stands in those fields now, by operator, as the address would have it."""
    operators, typed = operators_of(column), st.session_state
    if "in" in operators:
        return {"in": list(typed.get(f"{key}-in") or ())}
    texts = {one: typed.get(f"{key}-{one}") for one in ("ge", "le", "contains")}
    given = {one: [str(text)] for one, text in texts.items() if text}
    filled = str(typed.get(f"{key}-filled") or "any")
    return given | ({filled: ["1"]} if filled != "any" else {})


def _read_inputs(
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
