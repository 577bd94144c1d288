"""Questions about facts of an institution: in the step of a case, and in the institution's record.

The fact is set or kept with a reason; beside each question stands what the tier would be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import streamlit as st

from ledger.casework import fact_proposals
from ledger.casework.case_facts import LONGEST_REASON, answer_fact
from ledger.casework.fact_proposals import Asked
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.proposals import Answer
from ledger.domain.values import TRI_LABELS
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from pages._text import plain, safe
from pages._ui.answers import ask_one
from pages._ui.badges import tier_badge
from pages.records.ledger.related import reference_html
from pages.records.ledger.session import Desk

KEEP = "保持不变"
_CASES_SHOWN = 5


def ask_facts(desk: Desk, asked: Sequence[Asked], key: str) -> dict[str, Answer | None]:
    """A field for each question; None where nothing was chosen yet."""
    answers: dict[str, Answer | None] = {}
    for one in asked:
        home = _institution(desk, one.institution)
        if home is None:
            continue
        with st.container(border=True, key=f"{key}-{one.fact}-box"):
            st.html(_question_html(home, one))
            answers[one.fact] = _answer(desk, home, one, f"{key}-{one.fact}")
    return answers


def show_open_questions(desk: Desk, institution: Mapping[str, Any]) -> None:
    """What cases say that the record does not: to be set or kept by who may edit it."""
    asked = fact_proposals.asked_of(desk.store, desk.actor, str(institution["number"]))
    if not asked:
        return
    st.markdown("**其他台账提出、尚未采纳的事实**")
    for (fact, _), same in groupby(asked, key=lambda one: (one.fact, one.value)):
        questions = list(same)
        first = questions[0]
        key = f"asked-{fact}-{first.ledger}-{first.record_id}-{institution['version']}"
        with st.container(border=True, key=f"{key}-box"):
            st.html(f"<p>{_cases_html(desk, questions)}</p>{_question_html(institution, first)}")
            if not desk.may(Action.EDIT):
                st.caption("由可以修改机构台账的人员处理。")
                continue
            answer = _answer(desk, institution, first, key)
            if st.button("确认", key=f"{key}-do", type="primary"):
                _carry_out(desk, institution, questions, answer)


def _cases_html(desk: Desk, questions: Sequence[Asked]) -> str:
    links = [
        f"{safe(LEDGERS[one.ledger].label)} {reference_html(desk, one.ledger, one.number, '')}"
        for one in questions[:_CASES_SHOWN]
    ]
    more = f" 等 {len(questions)} 件" if len(questions) > _CASES_SHOWN else ""
    return "、".join(links) + more


def _carry_out(
    desk: Desk, institution: Mapping[str, Any], questions: Sequence[Asked], answer: Answer | None
) -> None:
    if answer is None:
        st.error("请先选择。")
        return
    try:
        answer_fact(desk.store, desk.actor, questions, int(institution["version"]), answer)
    except LedgerError as error:
        st.error(plain(error, 400))
        return
    done = "保持不变，理由已记入历史" if answer.keep else "已更新"
    desk.memory.tell("success", f"“{INSTITUTIONS.label_of(questions[0].fact)}”{done}。")
    desk.memory.opened = None
    st.rerun()


def _question_html(home: Mapping[str, Any], one: Asked) -> str:
    now = TRI_LABELS[home[one.fact]]
    label = safe(INSTITUTIONS.label_of(one.fact))
    name = f"{safe(home['number'])} {safe(home.get('name') or '')}"
    asks = "建议改为“是”" if one.value else "是否还成立？"
    return f"<p>{safe(one.said)}。机构 {name} 的“<b>{label}</b>”现为“{now}”，{asks}</p>"


def _answer(desk: Desk, home: Mapping[str, Any], one: Asked, key: str) -> Answer | None:
    options: dict[str, bool | None] = (
        {"改为“是”": True} if one.value else {"改为“不详”": None, "改为“否”": False}
    )
    chosen = ask_one(
        f"{INSTITUTIONS.label_of(one.fact)} :red[（必选）]",
        [*options, KEEP],
        segmented=True,
        key=f"{key}-choice",
        persist_state="page",
    )
    if chosen is None:
        return None
    if chosen == KEEP:
        reason = st.text_input(
            "保持不变的理由 :red[（必填）]",
            key=f"{key}-why",
            max_chars=LONGEST_REASON,
            persist_state="page",
        )
        return Answer(keep=True, reason=reason)
    value = options[chosen]
    st.html(_tier_html(desk, home, one.fact, value))
    return Answer(value)


def _tier_html(desk: Desk, home: Mapping[str, Any], fact: str, value: bool | None) -> str:
    tier = fact_proposals.tier_with(desk.store, home, {fact: value}).tier
    then = home["tier_override"] or (None if tier is None else str(tier))
    if then == home["tier"]:
        return f"<p>风险等级：{tier_badge(then)} 不变</p>"
    return f"<p>风险等级：{tier_badge(home['tier'])} → {tier_badge(then)}</p>"


def _institution(desk: Desk, number: str) -> Mapping[str, Any] | None:
    wanted = Selection(conditions=(Condition("number", "eq", number),))
    rows = records.search(desk.store, desk.actor, INSTITUTIONS.key, wanted, size=1).rows
    return records.get(desk.store, desk.actor, INSTITUTIONS.key, rows[0]["id"]) if rows else None
