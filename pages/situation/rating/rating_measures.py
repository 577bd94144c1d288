"""What is suggested for which village, and one village line by line."""

from __future__ import annotations

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.errors import NotFound
from ledger.reporting.rating.measures import KIND_LABELS, number_words, propose
from ledger.reporting.rating.model import Rating, VillageRating
from pages._text import plain
from pages._ui import guard, notices
from pages.situation.rating.rating_explained import explanation_html
from pages.situation.rating.rating_html import TakenOf
from pages.situation.rating.rating_view import RatingView

_BUTTONS = 8  # suggestions with a button of their own; the rest are found in the ranking


def show_suggested(actor: Actor, atlas: Atlas, rating: Rating, taken: TakenOf) -> None:
    """One button for each village below a threshold without a measure."""
    if not actor.may(Action.CREATE, "measures"):
        return
    waiting = [
        one
        for one in reversed(rating.villages)
        if one.suggested and (one.area.code, one.suggested.kind) not in taken
    ]
    if not waiting:
        return
    st.markdown("## 建议采取的措施")
    with st.container(horizontal=True, key="rating-suggested", gap="small"):
        for one in waiting[:_BUTTONS]:
            _propose_button(actor, atlas, rating, one, "suggest")
    if len(waiting) > _BUTTONS:
        st.caption(f"另有 {len(waiting) - _BUTTONS} 个村(社区)，请在排名中打开后提出。")


def _propose_button(
    actor: Actor, atlas: Atlas, rating: Rating, one: VillageRating, where: str
) -> None:
    if one.suggested is None:
        return
    kind = one.suggested.kind
    label = f"{one.area.name} {number_words(one.points)}分 · 提出{KIND_LABELS[kind]}"
    if st.button(plain(label, 60), key=f"propose-{where}-{one.area.code}", icon=":material/add:"):
        propose(guard.store(), actor, atlas, one.area.code, rating.period, kind)
        notices.keep(f"已对{one.area.name}提出{KIND_LABELS[kind]}，等待领导批准。")
        st.rerun()


def show_village(
    actor: Actor, atlas: Atlas, rating: Rating, view: RatingView, taken: TakenOf
) -> None:
    """One village line by line, with what can be done about it."""
    if not view.village:
        st.markdown("## 计分说明")
        st.caption("点排名里的村(社区)，看每一项数了哪些、计多少分；点件数打开那些记录。")
        st.caption(plain(f"{rating.rules.title}(版本 {rating.rules.version})", 120))
        return
    try:
        one = rating.of(view.village)
    except NotFound as missing:
        guard.refused(missing)
        return
    st.markdown(f"## {plain(one.area.name)} {number_words(one.points)} 分")
    st.html(explanation_html(rating, one))
    st.caption(
        plain(
            f"依据：{rating.rules.source}。版本 {rating.rules.version}；分值和界线由本地确定。", 200
        )
    )
    made = one.suggested is not None and (one.area.code, one.suggested.kind) in taken
    if not made and actor.may(Action.CREATE, "measures"):
        _propose_button(actor, atlas, rating, one, "village")
