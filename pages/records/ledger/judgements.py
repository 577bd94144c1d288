"""Every judgement of a record in words: by which rules, and what a leader decided."""

from __future__ import annotations

from typing import Any

import streamlit as st
from markupsafe import Markup

from ledger.domain.tiers import UNDETERMINED
from ledger.domain.timing import clock
from ledger.records import assessments
from ledger.records.person_names import person_names
from pages._text import markup, safe
from pages._ui.badges import tier_word
from pages.records.ledger.session import Desk

_OCCASIONS = {
    "save": "保存时判定",
    "assess": "重新判定",
    "override": "人工调整",
    "withdraw": "撤销调整",
    "import": "导入时判定",
}
MOST = 100
LIST = '<ol class="history">{}</ol>'
_JUDGEMENT = (
    """<li><b>{}</b> {} <time>{}</time><div>规则判定:<b>{}</b>{}{}{} · 规则版本 {}</div></li>"""
)


def show_judgements(desk: Desk, record_id: int) -> None:
    rows = assessments.past_assessments(desk.store, desk.actor, record_id, ledger=desk.ledger)
    st.markdown("**等级判定记录**")
    if not rows:
        st.caption("还没有判定记录。")
        return
    names = person_names(desk.store, [row.actor for row in rows[:MOST]])
    told = [_judgement(row, names[row.actor]) for row in rows[:MOST]]
    st.html(markup(LIST, Markup().join(told)))


def _judgement(row: Any, who: str) -> Markup:
    computed = UNDETERMINED if row.tier is None else tier_word(row.tier)
    override = most = rules = ""
    if row.override:
        override = markup(",人工调整为<b>{}</b>", tier_word(row.override))
    if row.at_most is not None and row.at_most != row.tier:
        most = f"(最高可能为{tier_word(row.at_most)})"
    if row.matched:
        rules = markup(" · 符合规则 {}", safe("、".join(row.matched)))
    return markup(
        _JUDGEMENT,
        _OCCASIONS.get(row.occasion) or safe(row.occasion),
        safe(who),
        clock.local_text(row.at),
        computed,
        most,
        override,
        rules,
        safe(row.rules_version),
    )
