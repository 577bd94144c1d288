"""The panel beside the hotspot map: what is hot and cold, or one area explained."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geo.atlas import Atlas
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.history import History
from ledger.reporting.statistics.wording import class_words
from pages._text import markup
from pages._ui.hotspot_look import in_order, rate_cells
from pages._ui.html_table import Cell, html_table
from pages._views.hotspot_view import HotspotView, counted_rows
from pages._views.rows_link import number_link, rows_address
from pages.situation.hotspots.hotspot_area import Go, show_area
from pages.situation.hotspots.hotspot_cases import Beside, case_cells, case_heads
from pages.situation.hotspots.hotspot_ranking import show_ranking

TABLED = 120


def show_panel(
    answer: Answer, past: History, atlas: Atlas, view: HotspotView, also: Beside | None, go: Go
) -> None:
    """The chosen area, or the ranking of what the map shows, or all of it as a table."""
    if view.area in answer.names:
        show_area(answer, past, atlas, view, go)
        return
    if not view.table:
        show_ranking(answer, past, view, go)
    st.button(
        "收起表格" if view.table else f"以表格查看 {len(answer.rows)} 个区域",
        icon=":material/table_rows:",
        key="hot-table",
        type="tertiary",
        on_click=go,
        args=(replace(view, table=not view.table),),
    )
    if view.table:
        st.html(_table(answer, atlas, view, also))


def _table(answer: Answer, atlas: Atlas, view: HotspotView, also: Beside | None) -> str:
    """Everything on the map as a table, hotspots first; each number opens its rows."""
    rows = []
    for code in in_order(answer)[:TABLED]:
        row = answer.rows[code]
        said = (f"{row['count']:,}", *rate_cells(row), class_words(row))
        count = int(row["count"]) if code in atlas else 0
        address = count and rows_address(view.ledger, counted_rows(view, atlas, code))
        cells: list[object] = [
            number_link(one, str(address), count) if count else one for one in said
        ]
        cells += case_cells(atlas, also, code) if also else []
        rows.append((Cell(answer.names[code], head=True), *cells))
    rest = len(answer.rows) - len(rows)
    note = markup("<p>其余 {} 个区域见下载的表格。</p>", rest) if rest > 0 else ""
    head = ("区域", "件数", "每千人", "平滑后", "判断", *(case_heads(also) if also else ()))
    return html_table(head, rows, look="map-table", frame="map-table-box", label="全部区域") + note
