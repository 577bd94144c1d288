"""The filters in force, each with what it finds and a cross; then where the records lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from ledger.records.query import Selection
from pages._text import plain
from pages._ui.search_field import stamp
from pages._ui.shared_answers import asked, found_by_each, found_in_areas
from pages._views.address import View
from pages._views.filters_in_words import FilterPart, filter_parts
from pages.records.ledger.session import Desk, go

# Counting each filter of a larger ledger alone would take longer than the page.
_MOST_COUNTED = 100_000
_MOST_AREAS = 8


def show_chips(desk: Desk, everything: int | None = None, total: int = 0) -> None:
    """One chip a filter, and one to take all away; then the areas in which records were found.

    ``everything`` is how many records the ledger shows without the filters of key numbers,
    ``total`` how many with all filters; without them the chips stand alone.
    """
    selection = desk.view.selection
    parts = list(filter_parts(desk.ledger, desk.atlas, selection))
    if not parts:
        return
    counts = {} if everything is None else _counts(desk, parts, everything)
    with st.container(horizontal=True, key="chips", gap="small", vertical_alignment="center"):
        st.markdown("**当前筛选**", width="content")
        for place, part in enumerate(parts):
            found = f" ({counts[place]:,})" if place in counts else ""
            st.button(
                plain(f"{part.words}{found}", 70),
                key=f"chip-{place}-{stamp(part.words)}",
                icon=":material/close:",
                icon_position="right",
                on_click=_remover(desk.view, part.without),
            )
        cleared = Selection(deleted=selection.deleted)
        st.button(
            "全部清除", key="chips-clear", type="tertiary", on_click=_remover(desk.view, cleared)
        )
        if selection.conditions and 0 < total <= _MOST_COUNTED:
            _show_areas(desk, selection)


def _counts(desk: Desk, parts: list[FilterPart], everything: int) -> dict[int, int]:
    """What each filter finds alone, by its place; of a single one the table says so."""
    alone = [(place, part.alone) for place, part in enumerate(parts) if part.alone is not None]
    if len(alone) < 2 or everything > _MOST_COUNTED:
        return {}
    now = asked(desk.store, desk.actor)
    found = found_by_each(now, desk.ledger.key, tuple(one for _, one in alone))
    return {place: number for (place, _), number in zip(alone, found, strict=True)}


def _show_areas(desk: Desk, selection: Selection) -> None:
    """The areas with most of the records; one press narrows to it."""
    areas = found_in_areas(asked(desk.store, desk.actor), desk.ledger.key, selection)
    if len(areas) < 2:
        return
    st.markdown("**在哪里**", width="content")
    for area, number in areas[:_MOST_AREAS]:
        narrowed = replace(selection, area_path=area.path)
        st.button(
            plain(f"{area.name} {number:,}", 40),
            key=f"found-{area.code}",
            on_click=_remover(desk.view, narrowed),
        )
    if len(areas) > _MOST_AREAS:
        st.caption(f"等 {len(areas)} 个区域", width="content")


def _remover(view: View, without: Selection) -> Callable[[], None]:
    return lambda: go(view.with_selection(without))
