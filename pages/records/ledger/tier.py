"""Why a record has its tier, what could still raise it, and a leader's own judgement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.records import assessments
from pages._text import plain, safe
from pages._ui.answers import ask_one
from pages._ui.badges import tier_word
from pages.records.ledger.confirm import show_confirm
from pages.records.ledger.fact_questions import show_open_questions
from pages.records.ledger.related import facts_html
from pages.records.ledger.session import Desk


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
        _show_override(desk, record)


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


def _show_override(desk: Desk, record: Mapping[str, Any]) -> None:
    with st.container(border=True, key="override"):
        st.markdown("**调整等级**")
        key = f"override-{record['id']}-{record['version']}"
        draft = desk.draft(record["id"], "override")
        fields = {"tier": f"{key}-tier", "reason": f"{key}-reason"}
        draft.refill(fields)
        draft.show_restored()
        tier = ask_one(
            "调整为",
            [4, 3, 2, 1],
            segmented=True,
            format_func=tier_word,
            key=f"{key}-tier",
            persist_state="page",
        )
        reason = st.text_area(
            "理由(必填，会记入历史)",
            key=f"{key}-reason",
            max_chars=500,
            height=90,
            persist_state="page",
        )
        draft.keep_fields(fields, record["version"])
        with st.container(horizontal=True):
            if st.button("确认调整", type="primary", key=f"{key}-do"):
                _override(desk, record, tier, reason)
            if record["tier_override"] and st.button("撤销调整", key=f"{key}-undo"):
                _withdraw(desk, record, reason)


def _override(desk: Desk, record: Mapping[str, Any], tier: int | None, reason: str) -> None:
    if tier is None:
        st.error("请先选择要调整到的等级。")
        return
    try:
        assessments.override(
            desk.store,
            desk.actor,
            record["id"],
            record["version"],
            tier,
            reason,
            ledger=desk.ledger,
        )
    except LedgerError as error:
        st.error(plain(error, 400))
        return
    desk.draft(record["id"], "override").discard()
    moved = f"风险等级：{tier_word(record['tier'])} → {tier_word(tier)}"
    desk.memory.tell("success", f"{record['number']} 已人工调整，{moved}。")
    st.rerun()


def _withdraw(desk: Desk, record: Mapping[str, Any], reason: str) -> None:
    try:
        assessments.withdraw_override(
            desk.store, desk.actor, record["id"], record["version"], reason, ledger=desk.ledger
        )
    except LedgerError as error:
        st.error(plain(error, 400))
        return
    desk.draft(record["id"], "override").discard()
    now = tier_word(record["tier_computed"])
    desk.memory.tell("success", f"{record['number']} 已撤销人工调整，恢复为规则判定的{now}。")
    st.rerun()
