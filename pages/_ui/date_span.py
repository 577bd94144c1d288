"""The one control for days: a span (今天, 本周, 本月, 上月, 本季, 本年, any two days), or the day
since which something is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import EARLIEST, LATEST, Period
from ledger.domain.timing.spans import NAMED, read_span
from pages._ui.search_field import stamp

ALL, OWN = "all", "own"
_WORDS = {**NAMED, OWN: "自选"}
Choose = Callable[[str | None], None]


def date_span(
    label: str, key: str, span: str | None, choose: Choose, *, unset: str = "全部"
) -> None:
    """The control with ``span`` chosen; ``choose`` is called with another, or None for ``unset``.

    A span is a name of `NAMED` or two days (`Period.text`). 自选 opens a calendar. ``unset`` is the
    word for what is on show without a span; empty: there is always one.
    """
    said = {**({ALL: unset} if unset else {}), **_WORDS}
    name = f"{key}-span-{stamp(span)}"
    asking = f"{key}-asking"

    def pressed() -> None:
        picked = st.session_state[name]
        st.session_state[asking] = picked == OWN
        if picked != OWN:
            choose(None if picked == ALL else picked)

    own = st.session_state.get(asking, False) or (span is not None and span not in NAMED)
    st.segmented_control(
        label,
        list(said),
        default=OWN if own or (span is None and not unset) else span or ALL,
        required=True,
        format_func=said.__getitem__,
        key=name,
        on_change=pressed,
    )
    if own:
        _calendar(label, name, span, choose, asking)


def one_day(
    label: str,
    key: str,
    day: date,
    usual: Mapping[str, date],
    choose: Callable[[date], None],
    *,
    earliest: date,
    latest: date,
) -> None:
    """The control with one ``day`` chosen; ``choose`` is called with another.

    ``usual`` are days by the word that stands for them; 自选 opens a calendar.
    """
    name = f"{key}-day-{stamp(day)}"
    asking = f"{key}-asking"

    def pressed() -> None:
        picked = st.session_state[name]
        st.session_state[asking] = picked == OWN
        if picked != OWN:
            choose(usual[picked])

    def chosen() -> None:
        picked = st.session_state[f"{name}-own"]
        if picked is not None:
            st.session_state.pop(asking, None)
            choose(picked)

    known = next((word for word, one in usual.items() if one == day), None)
    own = st.session_state.get(asking, False) or known is None
    st.segmented_control(
        label,
        [*usual, OWN],
        default=OWN if own else known,
        required=True,
        format_func=lambda word: _WORDS[OWN] if word == OWN else word,
        key=name,
        on_change=pressed,
        label_visibility="collapsed",
    )
    if own:
        st.date_input(
            label,
            day,
            min_value=earliest,
            max_value=latest,
            format="YYYY-MM-DD",
            key=f"{name}-own",
            on_change=chosen,
            label_visibility="collapsed",
            width=150,
        )


def _calendar(label: str, name: str, span: str | None, choose: Choose, asking: str) -> None:
    shown: list[date | Any] = list(_days(span))

    def chosen() -> None:
        picked = st.session_state[f"{name}-days"]
        # The first press chooses the first day; the second one closes the span.
        if isinstance(picked, tuple) and len(picked) == 2:
            st.session_state.pop(asking, None)
            choose(Period(*picked).text)

    st.date_input(
        f"{label}：从哪天到哪天",
        value=shown,
        min_value=EARLIEST,
        max_value=LATEST,
        format="YYYY-MM-DD",
        key=f"{name}-days",
        on_change=chosen,
        label_visibility="collapsed",
        width=260,
    )


def _days(span: str | None) -> list[date]:
    if span is None:
        return []
    try:
        period = read_span(span)
    except Invalid:
        return []
    return [period.start, period.end]
