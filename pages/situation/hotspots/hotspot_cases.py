"""Institutions and open cases on the hotspot map: points, lines of tooltips, table columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.atlas import Atlas
from geo.layers import PointLayer
from ledger.casework.by_area import open_rows
from ledger.domain.access import Action, Actor
from ledger.reporting.statistics.answers import Answer
from pages._basemap import Basemap
from pages._ui.map import points_url
from pages._ui.map_legend import POINT_CLASSES, POINT_ORDER
from pages._ui.shared_answers import Asked, open_of
from pages._views.hotspot_view import HotspotView
from pages._views.rows_link import area_rows, number_link, rows_address

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


def case_heads(found: Beside) -> list[str]:
    """The heads of the columns of `case_cells`."""
    return [_WORDS[ledger][0] for ledger in found.opened]


def case_cells(atlas: Atlas, found: Beside, code: str) -> list[object]:
    """The open cases of an area in a table; each number opens its rows."""
    return [
        _number(atlas, ledger, code, counts.get(code, 0)) for ledger, counts in found.opened.items()
    ]


def _number(atlas: Atlas, ledger: str, code: str, number: int) -> object:
    if not number or code not in atlas:
        return f"{number:,}"
    address = rows_address(ledger, area_rows(atlas, code, open_rows(ledger)))
    return number_link(f"{number:,}", address, number)
