"""Ready-made filters: the span of the ledger's day, and views kept under a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.people.saved_views import MOST_NAME, SavedView, drop_view, save_view
from pages._text import plain
from pages._ui.date_span import date_span
from pages._views.address import View, read_address, write_address
from pages._views.date_filter import span_of, with_span
from pages._views.kept_views import views_of_ledger
from pages.records.ledger.session import Desk, go

# So many stand in the row itself; the others in 我的视图.
_IN_ROW = 3


def show_days(desk: Desk) -> None:
    """The span of the day by which the ledger is dated, and the views beside it."""
    if not desk.ledger.dated:
        return
    selection, column = desk.view.selection, desk.ledger.by_key[desk.ledger.dated]

    def chosen(span: str | None) -> None:
        go(desk.view.with_selection(with_span(selection, column, span)))

    with st.container(horizontal=True, key="views", vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(column.label)}**", width="content")
        date_span(column.label, f"dated-{desk.ledger.key}", span_of(selection, column), chosen)
        show_views(desk)


def show_views(desk: Desk) -> None:
    """The first views, and 我的视图 with all of them."""
    kept = views_of_ledger(desk.store, desk.actor, desk.ledger.key)
    for view in kept[:_IN_ROW]:
        _open_button(desk, view)
    with st.popover("我的视图", icon=":material/bookmark:", key="views-popover"):
        _all_views(desk, kept)


def query_of(view: View) -> str:
    """What is kept of a view: all but the words searched for, the page and the open record."""
    bare = View(replace(view.selection, text=""), size=view.size)
    return urlencode(write_address(bare), doseq=True)


def _open_button(desk: Desk, view: SavedView, place: str = "row") -> None:
    on = bool(view.address) and query_of(desk.view) == view.address

    def show() -> None:
        params = parse_qs(view.address)
        found, _ = read_address(desk.ledger, desk.atlas, desk.actor, params)
        go(found)

    st.button(
        plain(view.name, MOST_NAME),
        key=f"view-{place}-{view.id}",
        type="primary" if on else "secondary",
        help=None if view.own else f"{plain(view.owner)} 共享",
        on_click=show,
    )


def _all_views(desk: Desk, kept: tuple[SavedView, ...]) -> None:
    said = st.session_state.pop("view-refused", None)
    if said:
        st.error(plain(said))
    for view in kept:
        with st.container(horizontal=True, vertical_alignment="center"):
            _open_button(desk, view, "list")
            st.caption(_whose(view), width="stretch")
            if view.own:
                st.button(
                    "删除",
                    icon=":material/delete:",
                    key=f"view-drop-{view.id}",
                    on_click=_drop,
                    args=(desk, view.id),
                )
    if not kept:
        st.caption("还没有视图。筛选好以后在这里起个名字，下次一点就到。")
    if not query_of(desk.view):
        st.caption("现在没有筛选。先筛选，再保存为视图。")
        return
    with st.form("view-form", border=False):
        st.text_input("把现在的筛选存为", max_chars=MOST_NAME, key="view-name")
        st.toggle("与本单位共享", key="view-shared", help="辖区相同或在其下的人都能看到")
        if desk.view.selection.text:
            st.caption("搜索词不随视图保存。")
        st.form_submit_button("保存视图", type="primary", key="view-save", on_click=_save(desk))


def _whose(view: SavedView) -> str:
    if not view.own:
        return f"{plain(view.owner)} 共享"
    return "已共享" if view.shared else ""


def _save(desk: Desk) -> Callable[[], None]:
    def save() -> None:
        name, shared = st.session_state["view-name"], st.session_state["view-shared"]
        try:
            save_view(
                desk.store, desk.actor, desk.ledger.key, name, query_of(desk.view), shared=shared
            )
        except LedgerError as refused:
            st.session_state["view-refused"] = str(refused)

    return save


def _drop(desk: Desk, view_id: int) -> None:
    try:
        drop_view(desk.store, desk.actor, view_id)
    except LedgerError as refused:
        st.session_state["view-refused"] = str(refused)
