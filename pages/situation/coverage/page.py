"""态势 · 排查覆盖率: which institutions are not inspected in the round, and where outreach was."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from geo.atlas import Area, Atlas
from ledger.casework import coverage
from ledger.casework.coverage import Coverage
from ledger.casework.outreach_coverage import outreach_coverage
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from pages._ui import guard, notices
from pages._ui.paging import page_number
from pages._ui.stylesheet import PAGING, stylesheet
from pages.situation.coverage.coverage_tables import LEVELS, answer_html, missing_html, rows_html
from pages.situation.coverage.reach_table import outreach_html

_LISTED = 200

STYLE = Path(__file__).with_name("coverage.css")


def show_page(actor: Actor) -> None:
    """The answer in one line, then by village or grid, then who is still to be visited."""
    store, atlas = guard.store(), guard.atlas()
    number = coverage.current_round(store)
    level = "grid" if st.query_params.get("level") == "grid" else "village"
    area = _asked_area(atlas, actor)
    covered = coverage.coverage(store, actor, atlas, number, level=level)
    st.html(stylesheet(PAGING, STYLE))
    st.markdown("# 排查覆盖率")
    st.html(answer_html(covered))
    if not covered.total.institutions:
        notices.nothing_here(
            "辖区内还没有养老服务机构。", next_step="请先到台账登记或导入机构，再看覆盖率。"
        )
    chosen = st.segmented_control(
        "按哪一级看",
        list(LEVELS),
        default=level,
        required=True,
        format_func=LEVELS.__getitem__,
        key="coverage-level",
    )
    if chosen != level:
        st.query_params["level"] = str(chosen)
        st.rerun()
    st.html(rows_html(covered, level, area, page_number(st.query_params.get("page", ""))))
    if "area" in st.query_params:
        _show_missing(actor, atlas, covered, area)
    st.markdown("## 宣传覆盖")
    reached = outreach_coverage(store, actor, atlas)
    st.html(outreach_html(reached, level, page_number(st.query_params.get("outreach-page", ""))))


def _asked_area(atlas: Atlas, actor: Actor) -> Area | None:
    """The area of the address, if it is one of the visitor's; None: all of theirs."""
    area = atlas.get(st.query_params.get("area", ""))
    return area if area is not None and actor.sees(area.path) else None


def _show_missing(actor: Actor, atlas: Atlas, covered: Coverage, area: Area | None) -> None:
    code, store = area.code if area else None, guard.store()
    found = coverage.uninspected(store, actor, atlas, covered.round, code, limit=_LISTED)
    where = area.name if area else "全部辖区"
    st.markdown("## 本轮未排查")
    if not found:
        notices.nothing_here(f"{where}：本轮已全部排查。")
        return
    total = _left_in(covered, area)
    visit = actor.may(Action.CREATE, "inspections")
    st.html(missing_html(found, where, max(total, len(found)), visit=visit))
    if total > len(found):
        st.caption(f"只列出前 {_LISTED} 家，请点具体的村(社区)或网格查看。")


def _left_in(covered: Coverage, area: Area | None) -> int:
    """How many are still to be visited in a row's area; in all of them without one."""
    row = next((one for one in covered.rows if one.area == area), covered.total)
    return row.institutions - row.inspected


who = guard.visitor(Action.READ)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
