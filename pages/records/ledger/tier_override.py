"""A leader's own judgement of a tier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.records import assessments
from pages._text import plain
from pages._ui.answers import ask_one
from pages._ui.badges import tier_word
from pages.records.ledger.session import Desk


def show_override(desk: Desk, record: Mapping[str, Any]) -> None:
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
