"""One question about a fact of an institution, its answer, and what the tier would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.casework.case_facts import LONGEST_REASON
from ledger.casework.fact_moves import tier_with
from ledger.domain.columns import ColumnType
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.proposals import Answer, Asked
from ledger.domain.values import TRI_LABELS
from pages._text import safe
from pages._ui.answers import ask_one
from pages._ui.badges import tier_badge
from pages.records.ledger.session import Desk

KEEP = "保持不变"
CHOICE, WHY = "choice", "why"


def question_html(home: Mapping[str, Any], questions: Sequence[Asked]) -> str:
    one = questions[0]
    name = f"{safe(home['number'])} {safe(home.get('name') or '')}"
    said = [_fact_html(home, fact) for fact in dict.fromkeys(each.fact for each in questions)]
    if one.value:
        return f"机构 {name} 的{said[0]}，建议改为“是”"
    if len(said) == 1:
        return f"机构 {name} 的{said[0]}，是否还成立？"
    listed = "、".join(said)
    return f"机构 {name} 的下列 {len(said)} 项是由它写明的，是否还成立？{listed}"


def _fact_html(home: Mapping[str, Any], fact: str) -> str:
    column, value = INSTITUTIONS.by_key[fact], home[fact]
    tri = column.type is ColumnType.TRI
    words = TRI_LABELS[value] if tri else f"{column.format(value)}{column.unit}"
    return f"“<b>{safe(column.label)}</b>”现为“{safe(words)}”"


def _options(questions: Sequence[Asked]) -> dict[str, bool | None]:
    """What may be answered; several facts at once, or a number, can only become unknown."""
    if questions[0].value:
        return {"改为“是”": True}
    facts = {INSTITUTIONS.by_key[one.fact] for one in questions}
    if len(facts) > 1:
        return {"都改为“不详”": None}
    tri = all(column.type is ColumnType.TRI for column in facts)
    return {"改为“不详”": None} | ({"改为“否”": False} if tri else {})


def answer_field(
    desk: Desk, home: Mapping[str, Any], questions: Sequence[Asked], key: str
) -> Answer | None:
    options, facts = _options(questions), {one.fact for one in questions}
    label = INSTITUTIONS.label_of(questions[0].fact) if len(facts) == 1 else "这些事实"
    chosen = ask_one(
        f"{label} :red[（必选）]",
        [*options, KEEP],
        segmented=True,
        key=f"{key}-{CHOICE}",
        persist_state="page",
    )
    if len(facts) > 1:
        st.caption("要逐项改的，请在“资料”里修改；改过的不再询问。")
    if chosen is None:
        return None
    if chosen == KEEP:
        reason = st.text_input(
            "保持不变的理由 :red[（必填）]",
            key=f"{key}-{WHY}",
            max_chars=LONGEST_REASON,
            persist_state="page",
        )
        return Answer(keep=True, reason=reason)
    value = options[chosen]
    st.html(_tier_html(desk, home, dict.fromkeys(facts, value)))
    return Answer(value)


def _tier_html(desk: Desk, home: Mapping[str, Any], values: Mapping[str, bool | None]) -> str:
    tier = tier_with(desk.store, home, values).tier
    then = home["tier_override"] or (None if tier is None else str(tier))
    if then == home["tier"]:
        return f"<p>风险等级：{tier_badge(then)} 不变</p>"
    return f"<p>风险等级：{tier_badge(home['tier'])} → {tier_badge(then)}</p>"
