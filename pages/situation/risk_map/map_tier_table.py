"""The layers of tiers as a table: institutions of each tier by area; a number opens its rows."""

from __future__ import annotations

from geo.atlas import Atlas
from ledger.casework.map_overview import TIERS, Situation
from pages._ui.badges import LOOKS
from pages.situation.risk_map.map_table import LayerTable, rows_cell


def tier_table(atlas: Atlas, found: Situation) -> LayerTable:
    """The worst area first; areas without institutions are left out."""
    drawn = found.drawn
    codes = sorted(drawn, key=lambda code: (drawn[code].order, code))
    return LayerTable(
        ["机构", *(LOOKS[tier].word for tier in TIERS)],
        {
            code: [
                rows_cell(atlas, "institutions", code, drawn[code].total, found.all_rows),
                *(
                    rows_cell(
                        atlas, "institutions", code, drawn[code].of(tier), found.tier_rows(tier)
                    )
                    for tier in TIERS
                ),
            ]
            for code in codes
        },
    )
