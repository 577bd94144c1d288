"""Which of some areas covers a position, and which one is the nearest."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.joins import CoverIndex, NearestIndex

Geometries = NDArray[np.object_]
Degrees = NDArray[np.float64]
Rows = NDArray[np.intp]


class Locator:
    """The indices by which positions are found, made when first asked for.

    ``codes`` and ``shapes`` are those of all areas, ``levels`` the rows of each level among them,
    the deepest first.
    """

    def __init__(self, codes: "pd.Series[str]", shapes: Geometries, levels: Sequence[Rows]) -> None:
        self._codes, self._shapes, self._levels = codes, shapes, levels

    def locate(self, lon: ArrayLike, lat: ArrayLike, *, nearest: bool) -> pd.DataFrame:
        """As :meth:`geo.atlas.Atlas.locate`."""
        x, y = np.broadcast_arrays(np.atleast_1d(lon), np.atleast_1d(lat))
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            real = (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
        row = self._covering_rows(np.where(real, x, np.nan), y)
        metres = np.where(row >= 0, 0.0, np.nan)
        nearest_row = row.copy()
        outside = np.flatnonzero(real & (row < 0)) if nearest and self._levels else row[:0]
        if len(outside):
            rows = self._levels[0]
            found, distance = self._nearest_index.nearest(x[outside], y[outside])
            nearest_row[outside] = np.where(found >= 0, rows[found], -1)
            metres[outside] = distance
        columns = {"code": self._codes_at(row), "nearest_code": self._codes_at(nearest_row)}
        return pd.DataFrame({**columns, "distance_m": metres})

    def _covering_rows(self, lon: Degrees, lat: Degrees) -> Rows:
        row = np.full(len(lon), -1, dtype=np.intp)
        left = np.arange(len(lon))
        for rows, index in zip(self._levels, self._cover_indices, strict=True):
            found = index.cover(lon[left], lat[left])
            hit = found >= 0
            row[left[hit]] = rows[found[hit]]
            left = left[~hit]
            if len(left) == 0:
                break
        return row

    def _codes_at(self, rows: Rows) -> "pd.Series[str]":
        values = self._codes.array.take(rows, allow_fill=True)
        return pd.Series(values)

    @cached_property
    def _cover_indices(self) -> tuple[CoverIndex, ...]:
        return tuple(CoverIndex(self._shapes[rows]) for rows in self._levels)

    @cached_property
    def _nearest_index(self) -> NearestIndex:
        return NearestIndex(self._shapes[self._levels[0]])
