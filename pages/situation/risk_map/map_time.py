"""Of which days, or at the end of which day, the risk map shows a layer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

import streamlit as st

from ledger.domain.timing import clock
from ledger.domain.timing.periods import EARLIEST, Kind, Period, period_of
from ledger.domain.timing.spans import named_span, read_span
from pages._ui.date_span import date_span, one_day
from pages._views.case_measures import DEFAULT_KIND, KINDS, period_asked, periods_of
from pages._views.map_view import CHANGES, PETITIONS, MapView
from pages.situation.risk_map.map_panel import Go

# The eleven months before this one and today; one more is a day that an address names.
MONTHS = 12


def show_months(view: MapView, go: Go) -> None:
    """The time of a layer: by the control of all pages, and month by month to see matters come and
    go; of petitions the last twelve months, then the last 90 days; of the others the end of each
    month before this one, then today."""
    if view.layer == CHANGES:
        return
    registered = view.layer == PETITIONS
    if registered:
        _registered_in(view, go)
    else:
        _day(view, go)
    newest = period_asked("")
    months = [*periods_of("month")][: None if registered else -1]
    chosen = view.period if registered or view.on is not None else None
    options = [*([chosen] if chosen not in (*months, None, newest) else []), *months, newest]

    words = _words(tuple(options), registered)
    place = options.index(chosen or newest)

    def moved() -> None:
        period = options[st.session_state["map-period"]]
        go(replace(view, period=None if period == newest else period))

    if st.session_state.get("map-period") != place:
        st.session_state["map-period"] = place
    # Numbers, not periods: of each option the widget makes copies, keys and words at every run.
    st.select_slider(
        "逐月移动",
        range(len(options)),
        format_func=words.__getitem__,
        key="map-period",
        on_change=moved,
    )


def _registered_in(view: MapView, go: Go) -> None:
    """In which days the petitions were registered."""
    newest = period_asked("")

    def chosen(span: str | None) -> None:
        period = None if span is None else read_span(span)
        go(replace(view, period=None if period == newest else period))

    span = None if view.period is None else named_span(view.period)
    date_span("登记时间", "map-days", span, chosen, unset=KINDS[DEFAULT_KIND])


def _day(view: MapView, go: Go) -> None:
    """At the end of which day matters are shown: the address holds its month until then."""
    today = clock.today()

    def chosen(day: date) -> None:
        go(replace(view, period=None if day >= today else Period(day.replace(day=1), day)))

    one_day(
        "看哪一天的情况",
        "map-day",
        view.on or today,
        ends_before(today),
        chosen,
        earliest=EARLIEST,
        latest=today,
    )


def ends_before(today: date) -> dict[str, date]:
    """Today, and the ends of month, quarter and year before it, by their words."""
    kinds: dict[str, Kind] = {"上月底": "month", "上季末": "quarter", "上年底": "year"}
    return {"今天": today} | {
        word: period_of(kind, today).previous().end for word, kind in kinds.items()
    }


@lru_cache(maxsize=64)
def _words(options: tuple[Period, ...], registered: bool) -> tuple[str, ...]:
    """The words of the slider's periods, of which the last is the newest."""
    *earlier, _ = options
    if registered:
        return (*(period.label for period in earlier), "近90天")
    ends = (period.end for period in earlier)
    return (
        *(f"{end.month}月底" if len(options) == MONTHS else f"截至{end}" for end in ends),
        "今天",
    )
