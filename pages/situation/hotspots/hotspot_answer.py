"""The answer of the hotspot page, in words: what was found, and what it is held to."""

from __future__ import annotations

import streamlit as st

from geo.levels import LEVEL_LABELS
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.wording import (
    ABOUT,
    found_words,
    missed_words,
    notes,
    null_words,
    period_words,
)
from pages._text import safe
from pages._views.case_measures import MEASURES
from pages._views.hotspot_view import HotspotView
from pages.situation.hotspots.hotspot_controls import filter_words


def show_answer(answer: Answer, view: HotspotView) -> None:
    """The answer, then in words what is shown and what it is held to."""
    ledger = ledger_named(view.ledger)
    few = len(answer.of_class("few"))
    found = found_words(answer)
    period = view.period
    days = f"({period.start}至{period.end})"
    filters = "，".join(filter_words(view))
    parts = [
        f"{LEVEL_LABELS[view.level]}共 {len(answer.table)} 个"
        + (f"，其中 {few} 个数据太少无法判断" if few else ""),
        f"地图显示{MEASURES[view.layer]}",
        f"时段{days}",
        *([f"只计{filters}"] if filters else []),
        *([f"数据截至 {clock.local_text(answer.as_of)}"] if answer.as_of else []),
    ]
    st.html(
        f'<h1 class="map-answer">{safe(answer.place.name)}{safe(ledger.label)}'
        f"{safe(period_words(period))}：{answer.total:,} 件，{found}</h1>"
        f'<p class="map-said">{safe("；".join(parts))}</p>'
        f'<p class="map-said">判断依据：{safe(null_words(answer))}，'
        f"现在这样的集中或稀少有多大可能只是偶然(随机数种子{view.request.seed})。"
        f"{ABOUT}{missed_words(answer)}</p>"
    )
    with st.container(key="hot-notes"):
        said = notes(answer)
        if said:
            st.html(f'<p class="map-said hot-notes">注意：{safe("；".join(said))}。</p>')
