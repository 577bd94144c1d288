"""The layer of petitions: the statistics of the hotspot page, for the areas of the risk map.

Number, rate, smoothed rate and significance are those that the hotspot page shows of the same
areas and days. Who may read petitions sees the numbers of their own scope; nothing of another
office is counted, so nothing of it reaches the browser.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from geo.atlas import Atlas
from geo.hotspot_classes import HotKind, HotspotClass
from ledger.domain.access import Actor
from ledger.domain.ledgers import ledger_named
from ledger.records.query import Condition, within
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.requests import Request
from ledger.reporting.statistics.wording import class_words, explain, found_words, period_words
from pages._text import safe
from pages._ui.hotspot_look import in_order, measured, note_of, rate_cells, rate_text, sign_of
from pages._ui.red_homes_list import show_red_homes
from pages._ui.shared_answers import Asked
from pages._views.case_measures import MEASURES, period_asked
from pages._views.map_view import PETITIONS, MapView, shown_areas
from pages._views.rows_link import area_rows, number_link, rows_address
from pages.situation.risk_map.map_panel import (
    Go,
    area_buttons,
    enter_button,
    panel_head,
    panel_title,
    show_institution,
)
from pages.situation.risk_map.map_picture import Picture
from pages.situation.risk_map.map_table import LayerTable


def question(atlas: Atlas, view: MapView) -> Request:
    """What the layer asks: the areas on the map, as they are today, in the period of the view."""
    return Request(
        view.period or period_asked(""),
        PETITIONS,
        shown_areas(atlas, view.under)[0].level,
        view.under,
        basis="today",
    )


def registered(answer: Answer) -> tuple[Condition, ...]:
    """The conditions under which the ledger lists what was counted."""
    ledger = ledger_named(PETITIONS)
    return within(ledger.by_key[str(ledger.dated)], answer.request.period)


def petitions_said(answer: Answer) -> str:
    """The answer of the layer in words, after the name of the area."""
    when = safe(period_words(answer.request.period))
    return f"{when}信访 {answer.total:,} 件，{found_words(answer)}"


@lru_cache(maxsize=64)
def petitions_picture(answer: Answer, measure: str) -> Picture:
    """The picture of one measure; "too few to judge" is a class of its own, with a hatch."""
    look, classes = measured(measure, answer.table)
    period = answer.request.period
    return Picture(
        look=look,
        shows=f"信访{MEASURES[measure]}({period.start}至{period.end}登记的)",
        values=classes,
        notes={code: note_of(row) for code, row in answer.rows.items()},
        signs={code: sign_of(measure, row) for code, row in answer.rows.items()},
        as_of=answer.as_of,
    )


def show_petitions(
    now: Asked, actor: Actor, atlas: Atlas, view: MapView, answer: Answer, go: Go
) -> None:
    """The chosen institution or area, or where petitions cluster; the list of red homes."""
    if view.institution is not None:
        show_institution(now.store, actor, atlas, view, go)
    elif view.area in answer.rows:
        _area(atlas, view, answer, str(view.area), go)
    else:
        _ranking(view, answer, go)
        show_red_homes(now, answer)


def _area(atlas: Atlas, view: MapView, answer: Answer, code: str, go: Go) -> None:
    panel_head(answer.names[code], view, go)
    lines = "".join(f"<li>{safe(line)}</li>" for line in explain(answer, code))
    said = f"信访 {answer.rows[code]['count']:,} 件"
    st.html(
        f'<p class="map-numbers">{_count(atlas, answer, code, said)}</p>'
        f'<ul class="map-why">{lines}</ul>'
    )
    enter_button(atlas, code, view, go)


def _ranking(view: MapView, answer: Answer, go: Go) -> None:
    hot = in_order(answer)[: len(answer.of_class(HotspotClass.HOT))]
    none = "没有热点：各区域的多少都可能只是偶然，或数据太少。"
    panel_title("信访：哪里真正集中", "点一行或点地图上的区域，看数字和理由。" if hot else none)
    lines = []
    for code in hot:
        row = answer.rows[code]
        kind = HotKind(row["hot_kind"]).label
        said = f"{row['count']:,} 件 · 每千人 {_rate(row['rate'])} · {kind}"
        lines.append((code, answer.names[code], said, "cases-petitions-hot"))
    area_buttons(lines, view, go)


def petitions_table(atlas: Atlas, answer: Answer) -> LayerTable:
    """Every measure of every area; each number opens the petitions that it rests on."""
    rows = {}
    for code in in_order(answer):
        row = answer.rows[code]
        said = (f"{row['count']:,}", *rate_cells(row), class_words(row))
        rows[code] = [_count(atlas, answer, code, one) for one in said]
    return LayerTable(("件数", "每千人", "平滑后", "判断"), rows)


def _count(atlas: Atlas, answer: Answer, code: str, said: str) -> str:
    """A text as the link to the petitions counted in an area."""
    count = int(answer.rows[code]["count"])
    if not count or code not in atlas:
        return said
    address = rows_address(PETITIONS, area_rows(atlas, code, registered(answer)))
    return number_link(said, address, count)


def _rate(value: Any) -> str:
    return "—" if pd.isna(value) else rate_text(value)
