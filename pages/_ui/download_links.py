"""Ways out of a page: files of what the filters hold, papers of their own, the page on paper."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.exchange.printing.lists import MOST_ROWS
from pages._text import attribute
from pages._views.address import View, write_address

_ICON = ":material/print:"
FORMATS = {
    "xlsx": "Excel 表格",
    "csv": "CSV 文本",
    "geojson": "GeoJSON 图层",
    "gpkg": "GeoPackage 图层",
}


def download_address(ledger: Ledger, view: View, suffix: str) -> str:
    """The address of the file in one format."""
    query = urlencode(write_address(View(view.selection)), doseq=True)
    return f"/download/{ledger.key}.{suffix}" + (f"?{query}" if query else "")


def download_links(ledger: Ledger, view: View, total: int) -> str:
    """The links that download exactly what the filters hold, as HTML."""
    items = "".join(
        f'<a href="{attribute(download_address(ledger, view, suffix))}"'
        f' target="_blank" rel="noopener">{label}(.{suffix})</a>'
        for suffix, label in FORMATS.items()
        if ledger.geometry is not None or suffix in {"xlsx", "csv"}
    )
    return f'<div class="downloads"><p>下载当前筛选的全部 {total:,} 条</p>{items}</div>'


def print_list_button(
    actor: Actor, ledger_key: str, view: View, keys: Sequence[str], total: int
) -> None:
    """The list as it is filtered, in the columns that the page shows; for those who may export."""
    if not actor.may(Action.EXPORT, ledger_key) or not total:
        return
    query = {**write_address(View(view.selection)), "columns": [",".join(keys)]}
    many = total > MOST_ROWS
    print_button(
        f"/print/list/{ledger_key}?{urlencode(query, doseq=True)}",
        why_not=f"一次最多打印 {MOST_ROWS:,} 条，请先筛选" if many else None,
    )


def print_button(address: str, label: str = "打印", *, why_not: str | None = None) -> None:
    """Opens a paper in a window of its own, which asks to be printed."""
    st.link_button(label, address, icon=_ICON, disabled=why_not is not None, help=why_not)


def print_page_button() -> None:
    """Prints the page on show; the press is heard by ``pages/_web/static/printing.js``."""
    st.html('<button type="button" class="print-page" data-print>打印</button>', width="content")
