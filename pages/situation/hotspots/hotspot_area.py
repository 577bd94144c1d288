"""One area of the hotspot map explained: its numbers, its history, where to go from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from geo.atlas import Atlas
from geo.hotspot_classes import HotspotClass
from geo.levels import LEVEL_LABELS
from ledger.domain.ledgers import ledger_named
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.history import History
from ledger.reporting.statistics.requests import PEOPLE_LABELS
from ledger.reporting.statistics.wording import class_words, explain
from pages._text import safe
from pages._ui.hotspot_look import rate_text
from pages._views.hotspot_view import HotspotView, counted_rows
from pages._views.rows_link import number_link, rows_address
from pages.situation.hotspots.hotspot_history import show_history

Go = Callable[[HotspotView], None]


def show_area(answer: Answer, past: History, atlas: Atlas, view: HotspotView, go: Go) -> None:
    code = str(view.area)
    row = answer.rows[code]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<h2 class="map-title">{safe(answer.names[code])}</h2>')
        st.button(
            "返回列表",
            icon=":material/close:",
            key="hot-close",
            type="tertiary",
            on_click=go,
            args=(replace(view, area=None),),
        )
    kind = HotspotClass(str(row["gi_class"]))
    sentences = "".join(f"<li>{safe(line)}</li>" for line in explain(answer, code))
    st.html(
        f'<p class="hot-class hot-class-{kind}">{safe(class_words(row))}</p>'
        f'<ul class="hot-why">{sentences}</ul>'
    )
    st.html(_numbers(answer, row))
    st.html(show_history(past, code))
    _links(answer, atlas, view, code, row, go)


def _numbers(answer: Answer, row: Mapping[Any, Any]) -> str:
    people = PEOPLE_LABELS[answer.request.people]
    items = [
        (people, "没有数据" if pd.isna(row["population"]) else f"{row['population']:,.0f}"),
        ("每千人件数", rate_words(row["rate"])),
        ("平滑后", rate_words(row["eb_rate"])),
    ]
    if not pd.isna(row["gi_z"]):
        items.append(("Gi* 统计量", f"{row['gi_z']:.2f}"))
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in items)
    return f'<dl class="hot-numbers">{cells}</dl>'


def _links(
    answer: Answer,
    atlas: Atlas,
    view: HotspotView,
    code: str,
    row: Mapping[Any, Any],
    go: Go,
) -> None:
    label = ledger_named(view.ledger).label
    if code in atlas and row["count"]:
        count = int(row["count"])
        address = rows_address(view.ledger, counted_rows(view, atlas, code))
        link = number_link(f"打开这{count}件{label}", address, count, {"class": "map-open"})
        st.html(f"<p>{link}</p>")
    if code in atlas and atlas.has_children(code):
        below = atlas.children(code)[0].level
        if below in LEVEL_LABELS and atlas[code].level in ("county", "township"):
            st.button(
                f"只看这里：各{LEVEL_LABELS[below]}",
                icon=":material/zoom_in:",
                key="hot-enter",
                width="stretch",
                on_click=go,
                args=(replace(view, under=code, level=below, area=None),),
            )


def safe_link(address: str) -> str:
    """An address for an attribute; it was made of encoded parameters."""
    return address.replace("&", "&amp;").replace('"', "%22")


def rate_words(value: Any) -> str:
    return "—" if pd.isna(value) else rate_text(value)
