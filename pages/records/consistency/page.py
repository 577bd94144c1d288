"""台账 · 一致性核对: what contradicts itself, by rule and village, and one finding to settle."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from geo.atlas import Atlas
from ledger.casework.contradiction_counts import Counted, overview
from ledger.casework.contradictions import findings
from ledger.domain.access import Action, Actor
from ledger.domain.contradiction_words import BLANKS, basis, told
from ledger.domain.errors import LedgerError
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.paging import page_number, paged
from pages._ui.stylesheet import PAGING, stylesheet
from pages.records.consistency.finding_rows import findings_html
from pages.records.consistency.finding_tables import (
    View,
    answer_html,
    areas_html,
    meanings_html,
    rules_html,
)
from pages.records.consistency.settle_form import show_form

STYLE = Path(__file__).with_name("consistency.css")


def show_page(actor: Actor) -> None:
    """The answer in one line, one rule's findings when chosen, the rules, then the villages."""
    atlas = guard.atlas()
    view = _asked_view(atlas, actor)
    seen = overview(guard.store(), actor, atlas, view.code)
    st.html(stylesheet(PAGING, STYLE))
    st.markdown("# 一致性核对")
    notices.show_kept()
    st.html(answer_html(seen, view, atlas))
    if view.area is not None:
        st.link_button("查看全部辖区", View().address())
    chosen = next((one for one in seen.rules if one.rule.id == view.rule), None)
    if chosen is not None:
        _show_rule(actor, atlas, chosen, view)
        st.markdown("## 全部规则")
    elif not seen.findings:
        notices.nothing_here("没有待核对的地方：各台账彼此一致。")
    st.html(rules_html(seen.rules, view, atlas))
    placed = [one for one in seen.areas if one.area is not None]
    if placed:
        st.markdown("## 按村(社区)")
        st.html(areas_html(seen.areas, list(seen.total.records), atlas))
    with st.expander("规则怎样算"):
        st.html(meanings_html(seen.rules))
        st.caption(BLANKS)
    st.caption("同一条记录有几处不一致的，按村(社区)只数一条。查出的只列出，不自动改动台账。")


def _asked_view(atlas: Atlas, actor: Actor) -> View:
    """What the address asks for, as far as it is the visitor's."""
    asked = st.query_params
    area = atlas.get(asked.get("area", ""))
    return View(
        area if area is not None and actor.sees(area.path) else None,
        asked.get("rule", ""),
        asked.get("settled") == "1",
        page_number(asked["record"]) if "record" in asked else None,
    )


def _show_rule(actor: Actor, atlas: Atlas, chosen: Counted, view: View) -> None:
    """The findings of one rule, a page of them, and the form of the one that is asked for."""
    rule = chosen.rule
    found = findings(guard.store(), actor, atlas, rule.id, view.code, settled=view.settled)
    may_settle = actor.may(Action.EDIT, rule.ledger)
    st.markdown(
        f"## {plain(rule.label)}：{'已核对' if view.settled else '待核对'} {len(found):,} 处"
    )
    st.caption(plain(f"{told(rule)}的，就是不一致。{rule.advice}。依据：{basis(rule)}", None))
    one = next((one for one in found if one.record_id == view.record), None)
    if one is not None and may_settle:
        show_form(actor, one, view)
    if not found:
        notices.nothing_here("这一项没有。", next_step="请在下面的规则中另选一项。")
        return
    shown = paged(found, page_number(st.query_params.get("page", "")))
    table = findings_html(shown.rows, view, atlas, may_settle=may_settle)
    pages = shown.html(lambda number: view.address(page=str(number)))
    st.html(f"{table}{pages}")


who = guard.visitor(Action.READ)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
