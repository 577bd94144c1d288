"""How an area of the hotspot map fared before."""

from __future__ import annotations

from geo.hotspot_classes import HotspotClass
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.reporting.statistics.history import History, pattern_words
from pages._text import markup, safe
from pages._ui.html_table import Cell, html_table


def show_history(past: History, code: str) -> str:
    """The last periods as bars with their numbers and classes in words."""
    periods = past.of(code)
    most = max((count for _, count, _ in periods), default=0)
    rows = []
    for period, count, kind in periods:
        width = 0 if not most else round(100 * count / most)
        word = "" if kind is HotspotClass.NONE else kind.label
        bar = markup('<i class="hot-bar-{}" style="width:{}%"></i>', kind, width)
        rows.append((_short(period), Cell(bar, look="hot-bar"), f"{count:,}", word))
    table = html_table(("时段", "多少", "件数", "判断"), rows, look="hot-table")
    return (
        f'<h3 class="map-sub">近{len(periods)}期</h3>'
        f'<p class="map-said">{safe(pattern_words(past, code))}</p>'
        f"{table}"
    )


def _short(period: Period) -> str:
    """A period in a narrow column: a span by its last day, a week by its number."""
    if period.kind == "span":
        return f"截至{period.end}"
    name = period.label.partition("(")[0]
    return f"{name}（未结束）" if period.end > clock.today() else name
