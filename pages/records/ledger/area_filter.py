"""The area to which a ledger page is narrowed."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.access import Actor
from pages._text import plain
from pages._ui.area_picker import chosen_areas, narrow_area
from pages._views.address import View
from pages.records.ledger.filters import Go


def area_picker(view: View, atlas: Atlas, actor: Actor, go: Go) -> None:
    """An area within the visitor's own, level by level."""
    path = view.selection.area_path
    chosen = chosen_areas(atlas, path, actor.scope_path)
    label = f"区域：{chosen[-1].name}" if chosen else "区域：全部"

    def choose(path: str | None) -> None:
        go(view.with_selection(replace(view.selection, area_path=path)))

    with st.popover(plain(label, 24), icon=":material/location_on:", key="area-popover"):
        narrow_area(atlas, actor.scope_path, path, "area", choose)
