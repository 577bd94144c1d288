"""态势 · 村(社区)考评: points and ranks, why, what is suggested, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from geo.atlas import Area, Atlas
from ledger.casework.map_overview import top_of
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError, NotFound
from ledger.domain.small_counts import BESIDE_DOWNLOADS
from ledger.domain.timing import clock
from ledger.reporting.rating.measures import (
    KIND_LABELS,
    measures_of_period,
    number_words,
    open_conditions,
    open_measures,
    propose,
)
from ledger.reporting.rating.model import Rating, VillageRating
from pages._text import attribute, plain
from pages._ui import guard, notices
from pages._ui.shared_answers import asked, rating_of
from pages._views.rows_link import area_rows
from pages.situation.rating.rating_style import STYLE
from pages.situation.rating.rating_tables import (
    TakenOf,
    answer_html,
    explanation_html,
    open_html,
    ranking_html,
)
from pages.situation.rating.rating_view import RatingView, periods_on_offer, read_view, write_view

_BUTTONS = 8  # suggestions with a button of their own; the rest are found in the ranking


def show_page(actor: Actor) -> None:
    """The answer in one line, then the ranking with one village explained, then what is open."""
    store, atlas = guard.store(), guard.atlas()
    st.html(STYLE)
    st.markdown("# 村(社区)考评")
    notices.show_kept()
    view = read_view(atlas, actor, st.query_params.to_dict(), clock.today())
    area = view.area.code if view.area else None
    rating = rating_of(asked(store, actor), view.period, area)
    if not rating.villages:
        notices.nothing_here(
            "辖区内没有村(社区)，无从考评。", next_step="请先由系统管理员载入村(社区)一级的区域。"
        )
        return
    if len(rating.villages) == 1:
        view = replace(view, village=rating.villages[0].area.code)
    measures = open_measures(store, actor, atlas, area)
    taken = measures_of_period(store, actor, atlas, view.period)
    opened = area_rows(atlas, area, open_conditions())
    st.html(answer_html(rating, measures, opened, clock.today()))
    _tools(actor, atlas, view)
    _show_suggested(actor, atlas, rating, taken)
    if len(rating.villages) == 1:
        _show_village(actor, atlas, rating, view, taken)
    else:
        with st.container(key="rating-beside"):
            left, right = st.columns([5, 4])
            with right:
                _show_village(actor, atlas, rating, view, taken)
            with left:
                st.html(ranking_html(rating, view, atlas, taken))
    st.markdown("## 未销号的措施")
    if not measures:
        notices.nothing_here("没有未销号的通报、约谈或限期整改。")
        return
    st.html(open_html(measures, opened, atlas, clock.today()))


def _tools(actor: Actor, atlas: Atlas, view: RatingView) -> None:
    """Period, township, order and download; each choice goes into the address."""
    with st.container(horizontal=True, key="rating-tools", vertical_alignment="bottom"):
        offered = periods_on_offer(clock.today())
        periods = list(dict.fromkeys((*offered, view.period)))
        period = st.selectbox(
            "考评周期",
            periods,
            index=periods.index(view.period),
            format_func=lambda one: one.label,
            key=f"rating-period-{view.period.text}",
            width=220,
        )
        area = _area_box(actor, atlas, view)
        order = st.segmented_control(
            "排列",
            ["worst", "best"],
            default="best" if view.best_first else "worst",
            required=True,
            format_func={"worst": "从低到高", "best": "从高到低"}.__getitem__,
            key=f"rating-order-{view.best_first}",
        )
        if actor.may(Action.EXPORT):
            with st.popover("下载", icon=":material/download:", key="rating-download"):
                st.html(_download_links(view))
                st.caption(BESIDE_DOWNLOADS)
    chosen = replace(view, period=period, area=area, best_first=order == "best")
    if chosen != view:
        if chosen.area != view.area:
            chosen = replace(chosen, village="")
        chosen = replace(chosen, page=1)
        st.query_params.from_dict(write_view(chosen))
        st.rerun()


def _area_box(actor: Actor, atlas: Atlas, view: RatingView) -> Area | None:
    """The townships of a visitor who sees several of them."""
    top = top_of(actor)
    townships = [
        one for one in map(atlas.get, atlas.codes("township")) if one and actor.sees(one.path)
    ]
    if len(townships) < 2 or (top is not None and atlas[top].level == "township"):
        return view.area
    known = [one.code for one in townships]
    current = view.area.code if view.area else ""
    codes = ["", *known] if current in ("", *known) else ["", current, *known]
    code = st.selectbox(
        "镇(街道)",
        codes,
        index=codes.index(current),
        format_func=lambda one: atlas[one].name if one else "全部",
        key=f"rating-area-{current}",
        width=200,
    )
    return atlas[code] if code else None


def _download_links(view: RatingView) -> str:
    query = attribute(urlencode(write_view(replace(view, village="", best_first=False, page=1))))
    links = "".join(
        f'<a href="/download/rating/ranking.{suffix}?{query}" target="_self">{name}</a>'
        for suffix, name in (("xlsx", "考评排名(Excel)"), ("csv", "考评排名(CSV)"))
    )
    measures = '<a href="/download/measures.xlsx" target="_self">考评措施台账(Excel)</a>'
    return f'<div class="downloads">{links}{measures}</div>'


def _show_suggested(actor: Actor, atlas: Atlas, rating: Rating, taken: TakenOf) -> None:
    """One button for each village that lies below a threshold and was not acted upon yet."""
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


def _show_village(
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


who = guard.visitor(Action.READ_RATING)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
