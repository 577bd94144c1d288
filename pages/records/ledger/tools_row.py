"""The row above the table: search and filters, then what is done with the whole."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ledger.domain.access import Action
from pages._ui.download_links import print_list_button
from pages.records.ledger.adding import start_adding
from pages.records.ledger.area_filter import area_picker
from pages.records.ledger.condition_picker import condition_picker
from pages.records.ledger.current_sheet import current_sheet
from pages.records.ledger.downloads import download_menu
from pages.records.ledger.drawn_lists import Sheet
from pages.records.ledger.filters import search_box, sort_picker
from pages.records.ledger.rows_panel import default_columns, pinned_columns
from pages.records.ledger.session import Desk, go
from pages.records.ledger.shown_columns import column_chooser
from pages.records.ledger.toolbar import bin_switch
from pages.records.ledger.views_row import show_views


def show_tools(desk: Desk, acts: DeltaGenerator) -> Sheet:
    """Search and filters; in ``acts`` what is done with the whole; returns the table to show."""
    pinned = pinned_columns(desk.ledger)
    with st.container(horizontal=True, key="tools", vertical_alignment="center"):
        search_box(desk.view, go)
        area_picker(desk.view, desk.atlas, desk.actor, go)
        condition_picker(desk.ledger, desk.view, go)
        sort_picker(desk.ledger, desk.view, go)
        keys = column_chooser(desk, default_columns(desk.ledger), pinned)
        if not desk.ledger.dated:
            show_views(desk)
        sheet = current_sheet(desk, keys)
    with acts:
        download_menu(desk, sheet.total)
        print_list_button(desk.actor, desk.ledger.key, desk.view, keys, sheet.total)
        bin_switch(desk)
        if desk.may(Action.CREATE) and not desk.view.selection.deleted:
            st.button(
                "新增",
                type="primary",
                icon=":material/add:",
                key="add",
                on_click=start_adding,
                args=(desk,),
            )
    return sheet
