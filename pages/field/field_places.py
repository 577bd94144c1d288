"""The institutions in the user's scope, most urgent first, each with a button for a visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from ledger.casework.visiting import Place, Places
from ledger.domain.access import Actor
from ledger.records.due import due_text
from ledger.records.history import drafts
from ledger.storage import Store
from pages._text import safe
from pages._ui.badges import tier_badge
from pages._ui.field_frame import INSPECT, lead_to

LISTED = 30


def grid_answer(places: Places, overdue: int) -> str:
    """``在册 6 家，第 1 轮未走访 2 家，1 项逾期`` as HTML."""
    if not places.total:
        return "在册 0 家。发现养老服务场所时，请按“未登记场所”上报。"
    lacking = places.uninspected
    round_words = f"第 {places.round} 轮"
    visits = f"{round_words}未走访 <b>{lacking} 家</b>" if lacking else f"{round_words}已全部走访"
    late = f'<b class="field-late">▲ {overdue} 项逾期</b>' if overdue else "没有逾期事项"
    return f"在册 <b>{places.total} 家</b>，{visits}，{late}。"


def visit_form(number: str) -> str:
    """The name under which the draft of an institution's visit is kept."""
    return f"{drafts.form_name('inspections', None)}/{number}"


def since_words(days: int | None) -> str:
    """从未走访, 今天已走访, 距上次走访 12 天."""
    if days is None:
        return "从未走访"
    return "今天已走访" if days <= 0 else f"距上次走访 {days} 天"


def show_places(store: Store, actor: Actor, places: Sequence[Place], *, key: str) -> None:
    """One row an institution: name, tier, days since the last visit, and 走访."""
    more = f"{key}-shown"
    shown = st.session_state.get(more, LISTED)
    begun = drafts.names(store, actor)
    for place in places[:shown]:
        _card(place, begun=visit_form(place.number) in begun)
    if len(places) > shown:
        st.button(
            f"再列 {min(LISTED, len(places) - shown)} 家（共 {len(places)} 家）",
            key=f"{key}-more",
            on_click=lambda: st.session_state.update({more: shown + LISTED}),
        )


def _card(place: Place, *, begun: bool) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"field-card-{place.id}", wrap=False
    ):
        st.html(card_html(place, begun=begun))
        wanted: Literal["primary", "secondary"] = (
            "primary" if place.uninspected or place.late else "secondary"
        )
        if st.button("继续" if begun else "走访", key=f"field-visit-{place.id}", type=wanted):
            lead_to(INSPECT, institution=place.number)


def card_html(place: Place, *, begun: bool = False) -> str:
    """What a row says, as HTML."""
    said = [f'<span class="field-quiet">{since_words(place.days)}</span>']
    if begun:
        said.append("<b>有未保存的草稿</b>")
    if place.refused:
        said.append('<span class="field-late">本轮拒绝检查</span>')
    elif place.uninspected:
        said.append("<span>本轮未走访</span>")
    if place.late and place.due_on is not None:
        day = due_text(place.due_on, place.due_label)
        said.append(f'<span class="field-late">▲ 逾期（应在 {day} 前）</span>')
    link = f'<a href="institutions?record={place.id}" target="_self">{safe(place.name)}</a>'
    return (
        f'<div class="field-card"><span class="name">{link}</span>'
        f"{tier_badge(place.tier)}{''.join(said)}</div>"
    )
