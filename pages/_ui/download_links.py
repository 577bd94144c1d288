"""The links that download what a ledger's filters hold, in each format."""

from __future__ import annotations

from urllib.parse import urlencode

from ledger.domain.columns import Ledger
from pages._text import attribute
from pages._views.address import View, write_address

FORMATS = {
    "xlsx": "Excel 表格",
    "csv": "CSV 文本",
    "geojson": "GeoJSON 图层",
    "gpkg": "GeoPackage 图层",
}


def download_links(ledger: Ledger, view: View, total: int) -> str:
    """The links that download exactly what the filters hold, as HTML."""
    view = View(view.selection)
    query = urlencode(write_address(view), doseq=True)
    address = f"/download/{ledger.key}.{{}}" + (f"?{query}" if query else "")
    items = "".join(
        f'<a href="{attribute(address.replace("{}", suffix))}"'
        f' target="_blank" rel="noopener">{label}(.{suffix})</a>'
        for suffix, label in FORMATS.items()
        if ledger.geometry is not None or suffix in {"xlsx", "csv"}
    )
    return f'<div class="downloads"><p>下载当前筛选的全部 {total:,} 条</p>{items}</div>'
