"""Institutions and open cases on the hotspot map: points, lines of tooltips, and a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.atlas import Atlas
from geo.layers import PointLayer
from ledger.casework.by_area import open_rows
from ledger.domain.access import Action, Actor
from ledger.reporting.statistics.hotspots import Answer
from pages._basemap import Basemap
from pages._text import markup
from pages._ui.html_table import Cell, html_table
from pages._ui.map import points_url
from pages._ui.map_legend import POINT_CLASSES, POINT_ORDER
from pages._ui.shared_answers import Asked, open_of
from pages._views.hotspot_view import HotspotView
from pages._views.rows_link import area_rows, number_link, rows_address

TABLED = 120
_WORDS = {"leads": ("未办结线索", "条"), "dispositions": ("未办结处置", "项")}


@dataclass(frozen=True)
class Beside:
    """What stands on the map beside the statistics: open cases by ledger and area."""

    opened: Mapping[str, Mapping[str, int]]
    points: PointLayer

    def note_of(self, code: str) -> list[str]:
        """The line of an area's tooltip; none where nothing is open."""
        parts = [
            f"{_WORDS[ledger][0]} {counts[code]:,} {_WORDS[ledger][1]}"
            for ledger, counts in self.opened.items()
            if code in counts
        ]
        return ["，".join(parts)] if parts else []


def beside(now: Asked, actor: Actor, answer: Answer, view: HotspotView, basemap: Basemap) -> Beside:
    """Institutions and open cases of the actor's scope, as they stand today."""
    area = answer.place.area
    code = None if area is None else area.code
    opened = {
        ledger: open_of(now, ledger, code, answer.regions.known)
        for ledger in _WORDS
        if actor.may(Action.READ, ledger)
    }
    url = points_url(view.under, (), now.revisions.data, basemap.datum)
    return Beside(opened, PointLayer(url, POINT_CLASSES, POINT_ORDER, interactive=False))


def cases_table(atlas: Atlas, answer: Answer, found: Beside) -> str:
    """The open cases of every area that has any, hotspots first; a number opens its rows."""
    kinds = [_WORDS[ledger][0] for ledger in found.opened]
    hot = set(answer.of_class("hot"))
    codes = {code for counts in found.opened.values() for code in counts if code in atlas}
    most = {code: sum(one.get(code, 0) for one in found.opened.values()) for code in codes}
    ranked = sorted(codes, key=lambda code: (code not in hot, -most[code], code))
    rows = []
    for code in ranked[:TABLED]:
        numbers = [
            _number(atlas, ledger, code, counts.get(code, 0))
            for ledger, counts in found.opened.items()
        ]
        rows.append((Cell(answer.names[code], head=True), *numbers, "热点" if code in hot else ""))
    rest = len(ranked) - len(rows)
    note = markup("<p>其余 {} 个区域见台账。</p>", rest) if rest > 0 else ""
    table = html_table(("区域", *kinds, "判断"), rows, look="map-table")
    return (
        f'<details class="map-more"><summary>未办结案件：{len(ranked)} 个区域</summary>'
        f"{table}{note}</details>"
    )


def _number(atlas: Atlas, ledger: str, code: str, number: int) -> object:
    if not number:
        return "0"
    address = rows_address(ledger, area_rows(atlas, code, open_rows(ledger)))
    return number_link(f"{number:,}", address, number)
