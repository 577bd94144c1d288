"""The layer of petitions: the statistics of the hotspot page, for the areas of the risk map.

Number, rate, smoothed rate and significance are those that the hotspot page shows of the same
areas and days. Who may read petitions sees the numbers of their own scope; nothing of another
office is counted, so nothing of it reaches the browser.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from geo.atlas import Atlas
from geo.hotspot_classes import HotKind, HotspotClass
from ledger.domain.access import Actor
from ledger.domain.ledgers import ledger_named
from ledger.records.query import Condition, within
from ledger.reporting.statistics.hotspots import Answer
from ledger.reporting.statistics.requests import Request
from ledger.reporting.statistics.wording import class_words, explain, found_words, period_words
from ledger.storage import Store
from pages._text import safe
from pages._ui.hotspot_look import measured, note_of, rate_text, sign_of
from pages._ui.html_table import Cell, html_table
from pages._ui.red_homes_list import show_red_homes
from pages._views.case_measures import MEASURES, period_asked
from pages._views.map_view import PETITIONS, MapView, shown_areas
from pages._views.rows_link import area_rows, number_link, rows_address
from pages.situation.risk_map.map_panel import (
    Go,
    area_buttons,
    enter_button,
    panel_head,
    show_institution,
)
from pages.situation.risk_map.map_picture import Picture

TABLED = 120
# What is judged comes first, the hot before the others.
_ORDER = (HotspotClass.HOT, HotspotClass.NONE, HotspotClass.COLD, HotspotClass.FEW)


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
    store: Store, actor: Actor, atlas: Atlas, view: MapView, answer: Answer, go: Go
) -> None:
    """The chosen institution or area, or where petitions cluster; the map as a table."""
    if view.institution is not None:
        show_institution(store, actor, atlas, view, go)
    elif view.area in answer.rows:
        _area(atlas, view, answer, str(view.area), go)
    else:
        _ranking(view, answer, go)
        show_red_homes(store, actor, answer)
        st.html(_table(atlas, answer))


def _area(atlas: Atlas, view: MapView, answer: Answer, code: str, go: Go) -> None:
    panel_head(answer.names[code], view, go)
    lines = "".join(f"<li>{safe(line)}</li>" for line in explain(answer, code))
    st.html(
        f'<p class="map-numbers">{_count(atlas, answer, code, "信访 {} 件")}</p>'
        f'<ul class="map-why">{lines}</ul>'
    )
    enter_button(atlas, code, view, go)


def _ranking(view: MapView, answer: Answer, go: Go) -> None:
    st.html('<h2 class="map-title">信访：哪里真正集中</h2>')
    hot = _ordered(answer)[: len(answer.of_class(HotspotClass.HOT))]
    if not hot:
        st.caption("没有热点：各区域的多少都可能只是偶然，或数据太少。")
        return
    st.caption("点一行或点地图上的区域，看数字和理由。")
    lines = []
    for code in hot:
        row = answer.rows[code]
        kind = HotKind(row["hot_kind"]).label
        said = f"{row['count']:,} 件 · 每千人 {_rate(row['rate'])} · {kind}"
        lines.append((code, answer.names[code], said, "cases-petitions-hot"))
    area_buttons(lines, view, go)


def _ordered(answer: Answer) -> list[str]:
    """The areas by class, then those with more cases first."""
    rank = {str(kind): at for at, kind in enumerate(_ORDER)}
    rows = answer.rows
    return sorted(rows, key=lambda code: (rank[rows[code]["gi_class"]], -rows[code]["count"], code))


def _table(atlas: Atlas, answer: Answer) -> str:
    """Everything on the map as a table; a number opens the petitions that it counts."""
    codes = _ordered(answer)
    rows = []
    for code in codes[:TABLED]:
        row = answer.rows[code]
        judged = class_words(row)
        name, count = Cell(answer.names[code], head=True), _count(atlas, answer, code, "{}")
        rows.append((name, count, _rate(row["rate"]), _rate(row["eb_rate"]), judged))
    rest = len(codes) - TABLED
    note = f"<p>其余 {rest} 个区域请进入下一级查看。</p>" if rest > 0 else ""
    head = ("区域", "件数", "每千人", "平滑后", "判断")
    return (
        f'<details class="map-more"><summary>以表格查看 {len(codes)} 个区域</summary>'
        f"{html_table(head, rows, look='map-table')}{note}</details>"
    )


def _count(atlas: Atlas, answer: Answer, code: str, said: str) -> str:
    count = int(answer.rows[code]["count"])
    words = said.format(f"{count:,}")
    if not count or code not in atlas:
        return words
    address = rows_address(PETITIONS, area_rows(atlas, code, registered(answer)))
    return number_link(words, address, count)


def _rate(value: Any) -> str:
    return "—" if pd.isna(value) else rate_text(value)
