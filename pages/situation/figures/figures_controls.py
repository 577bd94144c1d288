"""What can be chosen on the figures page, in one line: period, area, file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from geo.atlas import Area, Atlas
from ledger.domain.access import ROOT_PATH, Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.small_counts import BESIDE_DOWNLOADS, VILLAGES
from ledger.domain.timing.periods import KIND_LABELS, KINDS, Period, period_of
from ledger.domain.timing.spans import named_span, read_span
from pages._text import attribute, plain
from pages._ui.date_span import date_span
from pages._ui.download_links import print_page_button
from pages.situation.figures.figures_view import FigureView, download_link

Go = Callable[[FigureView], None]
SPAN = "span"


def control_line(view: FigureView, atlas: Atlas, actor: Actor, today: date, go: Go) -> None:
    """Period and area side by side, then the files."""
    with st.container(horizontal=True, key="figures-line", vertical_alignment="center"):
        _step("上一期", ":material/chevron_left:", "figures-before", _moved(view, -1), go)
        with st.popover(plain(view.period.label, 40), icon=":material/calendar_month:"):
            _period_choice(view, today, go)
        later = _moved(view, 1)
        late = later is None or later.period.start > today
        _step("下一期", ":material/chevron_right:", "figures-after", None if late else later, go)
        name = view.area.name if view.area else "全部辖区"
        with st.popover(plain(name, 24), icon=":material/location_on:"):
            _area_choice(view, atlas, actor, go)
        if view.official:
            st.button(
                f"包案领导：{plain(view.official, 20)}",
                icon=":material/close:",
                icon_position="right",
                key="figures-official",
                on_click=go,
                args=(replace(view, official=""),),
            )
        if actor.may(Action.EXPORT):
            files = "".join(
                f'<a href="{attribute(download_link(view, suffix))}" target="_self" '
                f"download>下载{suffix}</a>"
                for suffix in ("xlsx", "csv")
            )
            st.html(f'<span class="figures-files">{files}</span>', width="content")
        print_page_button()
    if actor.may(Action.EXPORT) and view.area is not None and view.area.level in VILLAGES:
        st.caption(BESIDE_DOWNLOADS)


def _step(label: str, icon: str, key: str, to: FigureView | None, go: Go) -> None:
    st.button(
        label,
        icon=icon,
        key=key,
        disabled=to is None,
        on_click=go if to is not None else None,
        args=(to,) if to is not None else None,
    )


def _moved(view: FigureView, by: int) -> FigureView | None:
    """The view one period earlier or later; None beyond what can be counted."""
    period = view.period
    try:
        if by < 0:
            return replace(view, period=period.previous())
        if period.kind != SPAN:
            after = date.fromordinal(period.end.toordinal() + 1)
            kind = next(kind for kind in KINDS if kind == period.kind)
            return replace(view, period=period_of(kind, after))
        days = period.days
        start, end = (
            date.fromordinal(day.toordinal() + days) for day in (period.start, period.end)
        )
        return replace(view, period=Period(start, end))
    except (Invalid, ValueError, OverflowError):
        return None


def _period_choice(view: FigureView, today: date, go: Go) -> None:
    """A kind of period, and for a span its two days."""
    words: dict[str, str] = {kind: KIND_LABELS[kind] for kind in KINDS}
    words[SPAN] = "自选"
    key = f"figures-kind-{view.period.text}"

    def kind_chosen() -> None:
        kind = st.session_state[key]
        day = min(view.period.end, max(today, view.period.start))
        period = view.period if kind in (SPAN, None) else period_of(kind, day)
        go(replace(view, period=period))

    st.segmented_control(
        "统计周期",
        list(words),
        default=view.period.kind,
        required=True,
        format_func=words.__getitem__,
        key=key,
        on_change=kind_chosen,
    )

    def span_chosen(span: str | None) -> None:
        go(replace(view, period=read_span(span or "month")))

    date_span("日期", "figures-days", named_span(view.period), span_chosen, unset="")


def _area_choice(view: FigureView, atlas: Atlas, actor: Actor, go: Go) -> None:
    """Areas level by level; 全部 goes one level up."""
    chain = _chain(view.area, atlas, actor)
    top = None if actor.scope_path == ROOT_PATH else atlas.get(actor.scope_code)
    above: list[Area | None] = [top, *chain]
    for depth, area in enumerate(above):
        children = atlas.children(area.code if area else None)
        if not children:
            break
        chosen = chain[depth] if depth < len(chain) else None
        _level_box(view, children, area if depth else None, chosen, go)


def _level_box(
    view: FigureView, children: Sequence[Area], above: Area | None, chosen: Area | None, go: Go
) -> None:
    names = {"": "全部", **{one.code: one.name for one in children}}
    by_code: dict[str, Area | None] = {"": above, **{one.code: one for one in children}}
    key = f"figures-area-{children[0].code}-{view.area.code if view.area else ''}"

    def choose() -> None:
        go(replace(view, area=by_code[st.session_state[key]]))

    labels = {"county": "县(区)", "township": "镇(街道)", "village": "村(社区)", "grid": "网格"}
    st.selectbox(
        labels.get(children[0].level, "区域"),
        list(names),
        index=list(names).index(chosen.code) if chosen else 0,
        format_func=names.__getitem__,
        key=key,
        on_change=choose,
    )


def _chain(area: Area | None, atlas: Atlas, actor: Actor) -> list[Area]:
    """The chosen area and those above it that lie within the visitor's own."""
    codes = [code for code in (area.path if area else "").split("/") if code]
    chain = [one for one in map(atlas.get, codes) if one is not None]
    return [one for one in chain if not actor.scope_path.startswith(one.path)]
