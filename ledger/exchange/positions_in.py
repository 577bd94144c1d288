"""Positions of a file: both halves or none, converted to WGS84."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from geo.crs import SourceCrs, to_wgs84
from ledger.exchange.understanding import BLANK

# 1e-9 degrees are a tenth of a millimetre; more digits do not survive a workbook.
_DIGITS = 9
HALF = "只有{there}、没有{missing}，定不了位。请补上{missing}，或把两格都清空"
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
        known = [isinstance(value, float) for value in pair]
        if all(known) and pair != (0.0, 0.0):
            continue
        if all(known):
            complain(at, "lon", "经度和纬度都是 0，不是真实位置，请填写坐标，或把两格都清空")
        elif any(known):
            key = "lat" if known[0] else "lon"
            if (rows[at], key) not in refused:
                there, missing = ("经度", "纬度") if known[0] else ("纬度", "经度")
                complain(at, key, HALF.format(there=there, missing=missing))
        else:
            continue
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
