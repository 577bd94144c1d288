"""What the log is filtered by: person, act, number and days, all in the address."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing.spans import read_span
from ledger.records.history import logbook
from ledger.records.history.audit import ACTION_LABELS
from ledger.records.history.logbook import LogFilter
from ledger.records.person_names import person_names
from ledger.storage import Store
from pages._ui.date_span import date_span


def span_asked() -> str | None:
    """The span of days of the address bar; what cannot be read counts as none."""
    text = st.query_params.get("span", "")
    try:
        read_span(text)
    except Invalid:
        return None
    return text


def filter_of_address() -> LogFilter:
    """What the address bar asks for."""
    action, span = st.query_params.get("kind"), span_asked()
    days = None if span is None else read_span(span)
    return LogFilter(
        person=st.query_params.get("person") or None,
        action=action if action in ACTION_LABELS else None,
        number=st.query_params.get("number", "").strip()[:40] or None,
        first_day=days.start if days else None,
        last_day=days.end if days else None,
    )


def ask_filter(store: Store, actor: Actor, current: LogFilter) -> None:
    """Three boxes and the span of days; their values are parameters of the address."""

    def chosen_days(span: str | None) -> None:
        if span is None:
            st.query_params.pop("span", None)
        else:
            st.query_params["span"] = span

    date_span("日期", "log-days", span_asked(), chosen_days)
    people = logbook.people_in_log(store, actor)
    names = person_names(store, people)
    one, two, number = st.columns(3)
    chosen = {
        "person": one.selectbox(
            "操作人",
            people,
            format_func=names.__getitem__,
            index=people.index(current.person) if current.person in people else None,
            placeholder="全部",
        ),
        "kind": two.selectbox(
            "操作",
            list(ACTION_LABELS),
            index=list(ACTION_LABELS).index(current.action) if current.action else None,
            format_func=lambda key: ACTION_LABELS[key],
            placeholder="全部",
        ),
        "number": number.text_input(
            "记录编号", current.number or "", max_chars=40, placeholder="如 JG-00012"
        ).strip(),
    }
    wanted = {key: str(value) for key, value in chosen.items() if value}
    if wanted != {key: st.query_params[key] for key in chosen if key in st.query_params}:
        span = span_asked()
        st.query_params.from_dict(wanted | ({} if span is None else {"span": span}))
        st.rerun()
