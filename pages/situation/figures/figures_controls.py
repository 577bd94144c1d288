"""What can be chosen on the figures page, in one line: period, area, file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.small_counts import BESIDE_DOWNLOADS, VILLAGES
from pages._text import attribute, plain
from pages._ui.area_picker import chosen_areas, narrow_area
from pages._ui.download_links import print_page_button
from pages.situation.figures.figures_period import Go, moved, period_choice
from pages.situation.figures.figures_view import FigureView, download_link


def control_line(view: FigureView, atlas: Atlas, actor: Actor, today: date, go: Go) -> None:
    """Period and area side by side, then the files."""
    with st.container(horizontal=True, key="figures-line", vertical_alignment="center"):
        _step("上一期", ":material/chevron_left:", "figures-before", moved(view, -1), go)
        with st.popover(plain(view.period.label, 40), icon=":material/calendar_month:"):
            period_choice(view, today, go)
        later = moved(view, 1)
        late = later is None or later.period.start > today
        _step("下一期", ":material/chevron_right:", "figures-after", None if late else later, go)
        name = view.area.name if view.area else "全部辖区"
        with st.popover(plain(name, 24), icon=":material/location_on:"):
            _area_choice(view, atlas, actor, go)
        if view.official:
            st.button(
                f"包案领导：{plain(view.official, 20)}",
                icon=":material/close:",
                icon_position="right",
                key="figures-official",
                on_click=go,
                args=(replace(view, official=""),),
            )
        if actor.may(Action.EXPORT):
            files = "".join(
                f'<a href="{attribute(download_link(view, suffix))}" target="_self" '
                f"download>下载{suffix}</a>"
                for suffix in ("xlsx", "csv")
            )
            st.html(f'<span class="figures-files">{files}</span>', width="content")
        print_page_button()
    if actor.may(Action.EXPORT) and view.area is not None and view.area.level in VILLAGES:
        st.caption(BESIDE_DOWNLOADS)


def _step(label: str, icon: str, key: str, to: FigureView | None, go: Go) -> None:
    st.button(
        label,
        icon=icon,
        key=key,
        disabled=to is None,
        on_click=go if to is not None else None,
        args=(to,) if to is not None else None,
    )


def _area_choice(view: FigureView, atlas: Atlas, actor: Actor, go: Go) -> None:
    """Areas level by level; 全部 goes one level up."""

    def choose(path: str | None) -> None:
        chosen = chosen_areas(atlas, path, actor.scope_path)
        go(replace(view, area=chosen[-1] if chosen else None))

    path = view.area.path if view.area else None
    narrow_area(atlas, actor.scope_path, path, "figures-area", choose)
