"""The head of an opened record, always in sight: what it is, how it stands, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from ledger.domain.access import Action
from ledger.domain.columns import Column, ColumnType
from ledger.domain.timing import clock
from ledger.domain.timing.deadline import days_late, late_words
from pages._text import attribute, markup, plain, safe
from pages._ui.badges import tier_badge, tier_word
from pages.records.ledger.sections import open_section
from pages.records.ledger.session import Desk

# Who answers for a record, in the first of these columns that is filled in.
_ANSWERABLE = ("assignee", "handler", "responsible_unit", "inspectors")


def show_head(desk: Desk, record: Mapping[str, Any]) -> None:
    """编号, name, tier or state; next deadline, who answers for it, and its telephone."""
    said = markup(
        '<div class="record-head"><h2 title="{}">{}</h2>{}<small>{}</small></div>',
        str(record.get(desk.ledger.title) or ""),
        safe(record.get(desk.ledger.title) or "未命名"),
        _badges(desk, record),
        safe(record["number"]),
    )
    facts = [one for one in (_due(record), _answerable(desk, record)) if one]
    phone = _phone(desk, record)
    with st.container(key="record-head"):
        st.html(said)
        with st.container(
            horizontal=True, vertical_alignment="center", gap="small", key="record-key"
        ):
            if facts:
                st.html(markup('<p class="head-facts">{}</p>', Markup(" ").join(facts)))
            if phone is not None:
                _show_phone(desk, record, phone)


def _badges(desk: Desk, record: Mapping[str, Any]) -> Markup:
    if not desk.ledger.judged:
        key = desk.ledger.counted
        said = "" if key is None else desk.ledger.by_key[key].format(record.get(key))
        return markup('<span class="state-badge">{}</span>', safe(said)) if said else Markup()
    override = record["tier_override"]
    badge = tier_badge(record["tier"], "(人工调整)" if override else "")
    if not override:
        return badge
    computed = tier_word(record["tier_computed"])
    return badge + markup('<span class="beside">规则判定：{}</span>', computed)


def _due(record: Mapping[str, Any]) -> Markup | None:
    """The next deadline, and how late it is: by colour, sign and word."""
    due = record.get("due_on")
    if due is None:
        return None
    label = record.get("due_label") or "最近期限"
    late = days_late(due, clock.today())
    how = markup(' <b class="late">▲ 超期 {}</b>', late_words(late)) if late > 0 else ""
    return markup("<span>{}：<b>{}</b>{}</span>", safe(label), due.isoformat(), how)


def _answerable(desk: Desk, record: Mapping[str, Any]) -> Markup | None:
    for key in _ANSWERABLE:
        column = desk.ledger.by_key.get(key)
        if column is not None and record.get(key):
            said = desk.words(key, record[key])
            return markup("<span>{}：<b>{}</b></span>", safe(column.label), safe(said))
    return None


def _phone(desk: Desk, record: Mapping[str, Any]) -> Column | None:
    """The column of the telephone: one that is filled in, else one that can be."""
    phones = [one for one in desk.ledger.columns if one.type is ColumnType.PHONE]
    filled = [one for one in phones if record.get(one.key)]
    return next(iter(filled or phones), None)


def _show_phone(desk: Desk, record: Mapping[str, Any], column: Column) -> None:
    """The number, as the reader may see it; who may edit gets to its field by one click."""
    value = record.get(column.key)
    said = desk.words(column.key, value) if value else "未填写"
    if not desk.may(Action.EDIT) or record["deleted"]:
        label = attribute(column.label)
        fact = '<p class="head-facts"><span>{}：<b>{}</b></span></p>'
        st.html(markup(fact, label, safe(said)))
        return
    st.button(
        f"{plain(column.label)}：**{plain(said)}**",
        key="head-phone",
        type="tertiary",
        icon=":material/edit:",
        on_click=partial(_edit, desk, column.key),
    )


def _edit(desk: Desk, column_key: str) -> None:
    open_section(desk, "资料")
    desk.memory.jump_to(column_key)
