"""Why a record has its tier, what could still raise it, and a leader's own judgement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.domain.access import Action
from ledger.records import assessments
from pages._text import plain, safe
from pages._ui.badges import tier_word
from pages.records.ledger.confirm import show_confirm
from pages.records.ledger.fact_sources import facts_html
from pages.records.ledger.open_facts import show_open_questions
from pages.records.ledger.session import Desk
from pages.records.ledger.tier_override import show_override


def show_tier(desk: Desk, record: Mapping[str, Any]) -> None:
    """The reasons, the open questions, and 调整等级 for leaders."""
    why = assessments.why(desk.store, desk.actor, record, ledger=desk.ledger)
    reasons = max(1, len(why.judgement.matched))
    st.markdown("**为什么是这个等级**")
    st.html(_listed(why.lines[:reasons]))
    if record["tier_override"]:
        chosen = f"人工调整为{tier_word(record['tier_override'])}"
        st.html(_listed([f"{chosen}，理由：{record['override_reason'] or '未填写'}"]))
    show_open_questions(desk, record)
    if why.lines[reasons:]:
        st.markdown("**还不清楚、查明后可能提高等级的**")
        st.html(_listed(why.lines[reasons:]))
    _show_advice(desk, record)
    st.caption(f"规则版本 {plain(why.rules_version)}")
    facts = facts_html(desk, record)
    if facts:
        st.html(facts)
    show_confirm(desk, record)
    if desk.may(Action.OVERRIDE):
        show_override(desk, record)


def _show_advice(desk: Desk, record: Mapping[str, Any]) -> None:
    """What ends the case, to be written into the order to rectify; what to ask next."""
    advice = assessments.advice(desk.store, desk.actor, record, ledger=desk.ledger)
    if advice is None:
        return
    if advice.ways:
        st.markdown("**怎样才能降级**（涉及事实最少的几种，任一种做到即可，可写入责令整改）")
        st.html(_listed(advice.ways))
    if advice.first is not None:
        st.markdown("**下次走访先问**（最能定下等级的一项）")
        st.html(_listed([advice.first]))


def _listed(lines: Any) -> str:
    return '<ul class="why">' + "".join(f"<li>{safe(line)}</li>" for line in lines) + "</ul>"
