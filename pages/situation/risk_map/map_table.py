"""Any layer of the risk map as a table: a row an area; each number opens the rows it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from geo.atlas import Atlas
from ledger.records.query import Condition
from pages._text import markup
from pages._ui.html_table import Cell, html_table
from pages._views.map_view import MapView, shown_areas
from pages._views.rows_link import area_rows, number_link, rows_address
from pages.situation.risk_map.map_panel import Go

TABLED = 120


@dataclass(frozen=True)
class LayerTable:
    """``heads`` of the columns after the area's name; ``rows``: area code → cells, in order."""

    heads: Sequence[str]
    rows: Mapping[str, Sequence[object]]


def show_table(atlas: Atlas, view: MapView, table: LayerTable) -> None:
    """Everything on the map as a table, for those who cannot or will not use a map."""
    names = {area.code: area.name for area in shown_areas(atlas, view.under)}
    known = [(names[code], cells) for code, cells in table.rows.items() if code in names]
    rows = [(Cell(name, head=True), *cells) for name, cells in known[:TABLED]]
    rest = len(known) - len(rows)
    note = markup("<p>其余 {} 个区域请进入下一级查看。</p>", rest) if rest > 0 else ""
    said = "以表格查看" if rows else "没有可列的区域"
    html = html_table(
        ("区域", *table.heads), rows, look="map-table", frame="map-table-box", label=said
    )
    st.html(html + note)


def table_button(atlas: Atlas, view: MapView, go: Go) -> None:
    """Opens the table, or closes it."""
    areas = len(shown_areas(atlas, view.under))
    st.button(
        "收起表格" if view.table else f"以表格查看 {areas} 个区域",
        icon=":material/table_rows:",
        key="map-table",
        type="tertiary",
        on_click=go,
        args=(replace(view, table=not view.table),),
    )


def rows_cell(
    atlas: Atlas, ledger: str, code: str, number: int, conditions: Iterable[Condition]
) -> object:
    """A number with the link to its rows under an area; none of them is no link."""
    if not number:
        return "0"
    address = rows_address(ledger, area_rows(atlas, code, conditions))
    return number_link(f"{number:,}", address, number)
