"""态势 · 村(社区)考评: points and ranks, why, what is suggested, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.reporting.rating.measures import measures_of_period, open_conditions, open_measures
from pages._ui import guard, notices
from pages._ui.shared_answers import asked, rating_of
from pages._ui.stylesheet import PAGING, stylesheet
from pages._views.rows_link import area_rows
from pages.situation.rating.open_measures import open_html
from pages.situation.rating.rating_controls import show_tools
from pages.situation.rating.rating_html import answer_html, ranking_html
from pages.situation.rating.rating_measures import show_suggested, show_village
from pages.situation.rating.rating_view import read_view

STYLE = Path(__file__).with_name("rating.css")


def show_page(actor: Actor) -> None:
    """The answer in one line, then the ranking with one village explained, then what is open."""
    store, atlas = guard.store(), guard.atlas()
    st.html(stylesheet(PAGING, STYLE))
    st.markdown("# 村(社区)考评")
    notices.show_kept()
    view = read_view(atlas, actor, st.query_params.to_dict(), clock.today())
    area = view.area.code if view.area else None
    rating = rating_of(asked(store, actor), view.period, area)
    if not rating.villages:
        notices.nothing_here(
            "辖区内没有村(社区)，无从考评。", next_step="请先由系统管理员载入村(社区)一级的区域。"
        )
        return
    if len(rating.villages) == 1:
        view = replace(view, village=rating.villages[0].area.code)
    measures = open_measures(store, actor, atlas, area)
    taken = measures_of_period(store, actor, atlas, view.period)
    opened = area_rows(atlas, area, open_conditions())
    st.html(answer_html(rating, measures, opened, clock.today()))
    show_tools(actor, atlas, view)
    show_suggested(actor, atlas, rating, taken)
    if len(rating.villages) == 1:
        show_village(actor, atlas, rating, view, taken)
    else:
        with st.container(key="rating-beside"):
            left, right = st.columns([5, 4])
            with right:
                show_village(actor, atlas, rating, view, taken)
            with left:
                st.html(ranking_html(rating, view, atlas, taken))
    st.markdown("## 未销号的措施")
    if not measures:
        notices.nothing_here("没有未销号的通报、约谈或限期整改。")
        return
    st.html(open_html(measures, opened, atlas, clock.today()))


who = guard.visitor(Action.READ_RATING)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
