"""The list beside an opened record: 编号, name and state of each, and the way to the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from ledger.records import service as records
from pages._text import plain
from pages.records.ledger.chips import show_chips
from pages.records.ledger.drawn_lists import Beside, Entry
from pages.records.ledger.list_entries import NAME, entry_of, listing
from pages.records.ledger.session import Desk, go


def show_list(desk: Desk, opened: Mapping[str, Any] | None) -> None:
    """Title, the way back, 上一条 and 下一条, the filters, and the records of this page.

    The list says of the ``opened`` record what it says now.
    """
    listed = listing(desk)
    if opened is not None:
        fresh = entry_of(desk, opened)
        entries = tuple(fresh if one.id == fresh.id else one for one in listed.entries)
        listed = desk.memory.beside = replace(listed, entries=entries)
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, key="beside-head"):
        menu = desk.ledger.menu
        st.markdown(f"# {(menu and menu.title) or desk.ledger.label}", width="stretch")
        closed = replace(desk.view, record=None, section="")
        st.button("返回列表", key="record-close", on_click=go, args=(closed,))
    _show_neighbours(desk, listed)
    show_chips(desk)
    if listed.entries:
        _show_entries(desk, listed)


def _place(desk: Desk, listed: Beside) -> int | None:
    """Where in the list the opened record stands."""
    places = (at for at, one in enumerate(listed.entries) if one.id == desk.view.record)
    return next(places, None)


def _show_neighbours(desk: Desk, listed: Beside) -> None:
    at = _place(desk, listed)
    last = listed.first + len(listed.entries) - 1
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, key="beside-steps"):
        for label, by, key in (("上一条", -1, "alt+up"), ("下一条", 1, "alt+down")):
            ends = 1 if by < 0 else listed.total
            there = by > 0 and bool(listed.entries) if at is None else listed.first + at != ends
            st.button(
                label,
                key="record-before" if by < 0 else "record-after",
                shortcut=key,
                disabled=not there,
                on_click=partial(_step, desk, listed, at, by),
            )
        place = f"第 {listed.first + at:,} 条，" if at is not None else ""
        where = f"{place}共 {listed.total:,} 条"
        if listed.pages > 1 and at is None and listed.entries:
            where = f"第 {listed.first:,}–{last:,} 条，{where}"
        st.caption(where, width="stretch")


def _step(desk: Desk, listed: Beside, at: int | None, by: int) -> None:
    """Open the record before or after, on the page before or after where this one ends."""
    to = 0 if at is None else at + by
    if 0 <= to < len(listed.entries):
        go(replace(desk.view, record=listed.entries[to].id))
        return
    view = replace(desk.view, page=desk.view.page + by)
    rows = records.search(
        desk.store, desk.actor, desk.ledger.key, view.selection, page=view.page, size=view.size
    ).rows
    if rows:
        go(replace(view, record=int(rows[0 if by > 0 else -1]["id"])))


def _show_entries(desk: Desk, listed: Beside) -> None:
    """The list as one choice: arrow keys move in it as in any list of a form."""
    key = f"beside-{desk.ledger.key}"
    by_id = {one.id: one for one in listed.entries}
    st.session_state[key] = desk.view.record if desk.view.record in by_id else None

    def choose() -> None:
        go(replace(desk.view, record=st.session_state[key]))

    with st.container(key="beside-list"):
        st.radio(
            f"{desk.ledger.label}列表",
            list(by_id),
            index=None,
            format_func=lambda one: _line(by_id[one]),
            key=key,
            on_change=choose,
            label_visibility="collapsed",
        )


def _line(entry: Entry) -> str:
    below = " · ".join(filter(None, (entry.number, entry.state)))
    return f"{plain(entry.name, NAME)} :gray[{plain(below)}]"
