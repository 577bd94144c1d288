"""The period of the figures page: which one, and the one before or after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import streamlit as st

from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import KIND_LABELS, KINDS, Period, period_of
from ledger.domain.timing.spans import named_span, read_span
from pages._ui.date_span import date_span
from pages.situation.figures.figures_view import FigureView

Go = Callable[[FigureView], None]
SPAN = "span"


def moved(view: FigureView, by: int) -> FigureView | None:
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


def period_choice(view: FigureView, today: date, go: Go) -> None:
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
