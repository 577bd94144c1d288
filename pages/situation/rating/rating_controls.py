"""What can be chosen on the rating page: period, township, order; and its downloads."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from geo.atlas import Area, Atlas
from ledger.casework.map_overview import top_of
from ledger.domain.access import Action, Actor
from ledger.domain.small_counts import BESIDE_DOWNLOADS
from ledger.domain.timing import clock
from pages._text import attribute
from pages.situation.rating.rating_view import RatingView, periods_on_offer, write_view


def show_tools(actor: Actor, atlas: Atlas, view: RatingView) -> None:
    """Period, township, order and download; each choice goes into the address."""
    with st.container(horizontal=True, key="rating-tools", vertical_alignment="bottom"):
        offered = periods_on_offer(clock.today())
        periods = list(dict.fromkeys((*offered, view.period)))
        period = st.selectbox(
            "考评周期",
            periods,
            index=periods.index(view.period),
            format_func=lambda one: one.label,
            key=f"rating-period-{view.period.text}",
            width=220,
        )
        area = _area_box(actor, atlas, view)
        order = st.segmented_control(
            "排列",
            ["worst", "best"],
            default="best" if view.best_first else "worst",
            required=True,
            format_func={"worst": "从低到高", "best": "从高到低"}.__getitem__,
            key=f"rating-order-{view.best_first}",
        )
        if actor.may(Action.EXPORT):
            with st.popover("下载", icon=":material/download:", key="rating-download"):
                st.html(_download_links(view))
                st.caption(BESIDE_DOWNLOADS)
    chosen = replace(view, period=period, area=area, best_first=order == "best")
    if chosen != view:
        if chosen.area != view.area:
            chosen = replace(chosen, village="")
        chosen = replace(chosen, page=1)
        st.query_params.from_dict(write_view(chosen))
        st.rerun()


def _area_box(actor: Actor, atlas: Atlas, view: RatingView) -> Area | None:
    """The townships of a visitor who sees several of them."""
    top = top_of(actor)
    townships = [
        one for one in map(atlas.get, atlas.codes("township")) if one and actor.sees(one.path)
    ]
    if len(townships) < 2 or (top is not None and atlas[top].level == "township"):
        return view.area
    known = [one.code for one in townships]
    current = view.area.code if view.area else ""
    codes = ["", *known] if current in ("", *known) else ["", current, *known]
    code = st.selectbox(
        "镇(街道)",
        codes,
        index=codes.index(current),
        format_func=lambda one: atlas[one].name if one else "全部",
        key=f"rating-area-{current}",
        width=200,
    )
    return atlas[code] if code else None


def _download_links(view: RatingView) -> str:
    query = attribute(urlencode(write_view(replace(view, village="", best_first=False, page=1))))
    links = "".join(
        f'<a href="/download/rating/ranking.{suffix}?{query}" target="_self">{name}</a>'
        for suffix, name in (("xlsx", "考评排名(Excel)"), ("csv", "考评排名(CSV)"))
    )
    measures = '<a href="/download/measures.xlsx" target="_self">考评措施台账(Excel)</a>'
    return f'<div class="downloads">{links}{measures}</div>'
