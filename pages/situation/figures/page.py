"""态势 · 工作指标: the figures of a period, each with its definition and the rows behind it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.reporting.figures import Figures, figures_in_force
from pages._text import plain
from pages._ui import guard
from pages._ui.shared_answers import asked, figures_of
from pages._ui.stylesheet import stylesheet
from pages.situation.figures.figure_lines import shown_as_of
from pages.situation.figures.figure_panel import go, show_figure
from pages.situation.figures.figures_controls import control_line
from pages.situation.figures.figures_html import groups_html, headline_html
from pages.situation.figures.figures_view import read_view

STYLE = Path(__file__).with_name("figures.css")


def show_page(actor: Actor) -> None:
    """The answer, what can be chosen, the numbers, and beside them one taken apart."""
    store = guard.store()
    atlas, book, today = guard.atlas(), figures_in_force(store), clock.today()
    view, problems = read_view(atlas, actor, book, st.query_params.to_dict(), today)
    st.html(stylesheet(STYLE))
    st.markdown("# 工作指标")
    if problems:
        lines = "\n".join(f"- {plain(problem)}" for problem in problems[:8])
        st.warning(f"网址里有看不懂的部分，已按默认显示：\n{lines}", icon=":material/link_off:")
    control_line(view, atlas, actor, today, go)
    code = view.area.code if view.area else None
    now = asked(store, actor)
    found = figures_of(now, view.period, code, view.official or None)
    st.caption(_said(found))
    st.html(headline_html(found))
    with st.container(key="figures-body"):
        numbers, panel = st.columns([3, 2])
        with numbers:
            st.html(groups_html(found, view))
        with panel, st.container(key="figures-panel"):
            show_figure(now, found, view)


def _said(found: Figures) -> str:
    """What is shown, in words."""
    period = found.period
    where = found.area.name if found.area else "全部区域"
    parts = [where, f"{period.label}({period.span_label})"]
    if period.start > found.today:
        parts.append("统计期还没有开始，暂无数据")
    parts.append(found.bases.words)
    parts.append(shown_as_of())
    return plain(" · ".join(parts), 300)


who = guard.visitor(Action.READ)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
