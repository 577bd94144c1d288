"""Positions of a file: both halves or none, converted to WGS84."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from geo.crs import SourceCrs, to_wgs84
from ledger.exchange.reading.understanding import BLANK
from ledger.records.entering import wrong_position

# 1e-9 degrees are a tenth of a millimetre; more digits do not survive a workbook.
_DIGITS = 9
# Given the place of a record among the records, a ledger key, and what is wrong.
Complain = Callable[[int, str, str], None]


def require_positions(
    columns: dict[str, list[Any]],
    rows: Sequence[int],
    refused: Collection[tuple[int, str]],
    complain: Complain,
) -> None:
    """Refuse half a position, and 0/0: neither is a place; what is refused becomes a blank.

    ``rows`` are the numbers of the records in Excel; ``refused`` cells have their problem already.
    """
    blank = [BLANK] * len(rows)
    lon, lat = (columns.setdefault(key, list(blank)) for key in ("lon", "lat"))
    for at, pair in enumerate(zip(lon, lat, strict=True)):
        halves = [value if isinstance(value, float) else None for value in pair]
        key, message = wrong_position(*halves)
        if not message:
            continue
        if None not in halves or (rows[at], key) not in refused:
            complain(at, key, message)
        lon[at] = lat[at] = BLANK


def to_degrees(columns: dict[str, list[Any]], crs: SourceCrs, complain: Complain) -> None:
    """Convert whole positions to WGS84 in place."""
    if crs.is_wgs84:
        return
    lon, lat = columns["lon"], columns["lat"]
    both = [at for at, value in enumerate(lon) if isinstance(value, float)]
    x, y = to_wgs84([lon[at] for at in both], [lat[at] for at in both], crs)
    for at, east, north in zip(both, np.round(x, _DIGITS), np.round(y, _DIGITS), strict=True):
        if abs(east) <= 180 and abs(north) <= 90:
            lon[at], lat[at] = float(east), float(north)
        else:
            message = f"不是 {crs.label} 中的坐标，请核对坐标系，以及经纬度是否写反"
            complain(at, "lon", message)
            lon[at] = lat[at] = BLANK
