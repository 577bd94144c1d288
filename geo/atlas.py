"""The tree of areas: an immutable view of one loaded version.

Built from a frame with one row per area; indices for look-ups by place are made when first asked
for. An area without a shape (empty geometry) is part of the tree but covers no point.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geo.area_frame import COLUMNS, area_frame, as_objects, paths_of
from geo.codes import is_under
from geo.errors import UnknownAreaError
from geo.joins import PREPARED
from geo.levels import LEVELS
from geo.locating import Geometries, Locator

# Borders closer than this (degrees, about 1 m) count as touching, and must do so over some length.
_TOUCH = 1e-5
_SHARED = 1e-4

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the tree. ``elderly`` counts people of 60 years and more."""

    code: str
    name: str
    level: str
    parent_code: str | None
    path: str
    population: int | None
    elderly: int | None


class Atlas:
    """An immutable tree of areas with their shapes in WGS84.

    Examples
    --------
    >>> atlas = Atlas.from_frame(frame)
    >>> [area.code for area in atlas.ancestors("DX-1-3")]
    ['DX', 'DX-1']
    >>> atlas.locate([113.2, 120.0], [23.1, 30.0])
        code nearest_code  distance_m
    0  DX-1-3       DX-1-3         0.0
    1     NaN       DX-1-9    812345.6
    """

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        """``frame`` is complete and sorted; use :meth:`from_frame`."""
        self._frame = frame
        self._rows: dict[str, int] = {code: row for row, code in enumerate(frame["code"])}
        self._asked_bounds: dict[str | None, Bounds] = {}
        self._asked_under: dict[tuple[str, ...], tuple[Area, ...]] = {}

    @classmethod
    def from_frame(cls, frame: gpd.GeoDataFrame) -> "Atlas":
        """The tree of ``frame``.

        Parameters
        ----------
        frame
            Columns ``code, name, level, parent_code, geometry`` (WGS84) and, where known,
            ``path, population, elderly``; others are dropped. Rows in any order. A parent has a
            higher level than its children; roots have none (None or NaN).

        Raises
        ------
        AtlasError
            On missing columns, repeated codes, unknown levels or parents that do not exist.
        """
        tidy = area_frame(frame)
        if "path" not in frame.columns:
            tidy["path"] = paths_of(tidy)
        return cls(tidy[list(COLUMNS)])

    def with_areas(self, areas: gpd.GeoDataFrame) -> "Atlas":
        """A tree with further areas, or with others in the place of those of the same codes.

        ``areas`` has the columns of ``geo.area_frame.COLUMNS``; raises as `from_frame`.
        """
        kept = self._frame[~self._frame["code"].isin(areas["code"])]
        if kept.empty or areas.empty:
            return Atlas.from_frame(areas) if kept.empty else self
        joined = gpd.GeoDataFrame(pd.concat([kept, areas], ignore_index=True), crs=self._frame.crs)
        return Atlas.from_frame(joined.drop(columns="path"))

    def __len__(self) -> int:
        return len(self._frame)

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[Area]:
        """All areas, larger levels first, by code within a level."""
        return iter(self._areas)

    def __getitem__(self, code: str) -> Area:
        return self._areas[self._row(code)]

    def __repr__(self) -> str:
        return f"<Atlas: {len(self)} areas of {', '.join(self.levels) or 'no level'}>"

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels present, largest first."""
        present = set(self._frame["level"])
        return tuple(level for level in LEVELS if level in present)

    def get(self, code: str | None) -> Area | None:
        """The area of ``code``, None if there is none."""
        return self[code] if code in self._rows and code is not None else None

    def codes(self, level: str) -> list[str]:
        """The codes of one level, ascending."""
        codes: list[str] = self._frame["code"][self._level_rows(level)].tolist()
        return codes

    def roots(self) -> tuple[Area, ...]:
        """The areas without a parent."""
        return self.children(None)

    def children(self, code: str | None) -> tuple[Area, ...]:
        """The areas directly below ``code`` (the roots for None), by code."""
        if code is not None:
            self._row(code)
        return tuple(self._areas[row] for row in self._child_rows.get(code, ()))

    def has_children(self, code: str) -> bool:
        """True when areas lie directly below ``code``."""
        self._row(code)
        return code in self._child_rows

    def ancestors(self, code: str) -> tuple[Area, ...]:
        """The areas above ``code``, root first, without itself."""
        above: list[Area] = []
        parent = self[code].parent_code
        while parent is not None:
            above.append(self[parent])
            parent = above[-1].parent_code
        return tuple(reversed(above))

    def under(self, path: str, *levels: str) -> tuple[Area, ...]:
        """The areas at or below a path, of these levels or of all, larger levels first, by code.

        Answers are cached as long as the tree exists.

        Parameters
        ----------
        path
            As `Area.path`; ``/`` is above all.
        levels
            Of :data:`geo.levels.LEVELS`; none of them means every level.
        """
        asked = (path, *levels)
        if asked not in self._asked_under:
            self._asked_under[asked] = tuple(
                area
                for area in self._areas
                if (not levels or area.level in levels) and is_under(area.path, path)
            )
        return self._asked_under[asked]

    def neighbours(self, code: str) -> tuple[Area, ...]:
        """Areas of the same level that share a border line with ``code``, by code.

        Corners do not count. Borders up to a metre apart do, since files are not that exact.
        """
        row = self._row(code)
        rows, geometries, tree = self._level_tree(self._frame["level"].iat[row])
        own = self._geometries[row]
        if own.is_empty:
            return ()
        with PREPARED:
            near = np.sort(tree.query(own, predicate="dwithin", distance=_TOUCH))
        near = near[rows[near] != row]
        border = shapely.intersection(
            shapely.buffer(own, _TOUCH), shapely.boundary(geometries[near])
        )
        touching = near[shapely.length(border) > _SHARED]
        return tuple(self._areas[at] for at in rows[touching])

    def geometry(self, code: str) -> BaseGeometry:
        """The shape of an area: polygon or multipolygon in WGS84 degrees, possibly empty."""
        shape: BaseGeometry = self._geometries[self._row(code)]
        return shape

    def frame(self, level: str | None = None, under: str | None = None) -> gpd.GeoDataFrame:
        """A copy of the areas as a frame with the columns `geo.area_frame.COLUMNS`.

        Parameters
        ----------
        level
            Only areas of this level.
        under
            Only the area of this code and those below it.
        """
        chosen = np.ones(len(self), dtype=bool)
        if level is not None:
            chosen &= (self._frame["level"] == level).to_numpy()
        if under is not None:
            chosen &= self._frame["path"].str.startswith(self[under].path).to_numpy()
        return self._frame[chosen].reset_index(drop=True)

    def bounds(self, code: str | None = None) -> Bounds:
        """West, south, east, north in degrees, of one area or of all; NaN without any shape."""
        if code not in self._asked_bounds:
            shapes = self._geometries
            if code is not None:
                shapes = np.array([self.geometry(code)], dtype=object)
            west, south, east, north = (float(side) for side in shapely.total_bounds(shapes))
            self._asked_bounds[code] = west, south, east, north
        return self._asked_bounds[code]

    def locate(self, lon: ArrayLike, lat: ArrayLike, *, nearest: bool = True) -> pd.DataFrame:
        """The deepest area that covers each WGS84 position.

        Parameters
        ----------
        lon, lat
            Degrees; NaN where unknown.
        nearest
            Also look for the nearest area of positions outside.

        Returns
        -------
        DataFrame
            One row per position, index 0…n-1:

            ``code``
                deepest covering area, missing outside; on a shared border the lowest code
            ``nearest_code``
                ``code``, or for positions outside the nearest area of the deepest level
            ``distance_m``
                metres to ``nearest_code``: 0 inside

            All three are missing for positions that are NaN or no longitude and latitude.
        """
        return self._locator.locate(lon, lat, nearest=nearest)

    def _row(self, code: str) -> int:
        try:
            return self._rows[code]
        except KeyError:
            raise UnknownAreaError(f"没有代码为“{code}”的区域。") from None

    @cached_property
    def _areas(self) -> tuple[Area, ...]:
        columns = [as_objects(self._frame[column]) for column in COLUMNS[:-1]]
        return tuple(Area(*values) for values in zip(*columns, strict=True))

    @cached_property
    def _child_rows(self) -> dict[str | None, list[int]]:
        children: dict[str | None, list[int]] = {}
        for row, parent in enumerate(as_objects(self._frame["parent_code"])):
            children.setdefault(parent, []).append(row)
        return children

    @cached_property
    def _geometries(self) -> Geometries:
        return np.asarray(self._frame.geometry.array, dtype=object)

    @cached_property
    def _locator(self) -> Locator:
        codes, levels = self._frame["code"], reversed(self.levels)
        return Locator(codes, self._geometries, [self._level_rows(level) for level in levels])

    @cached_property
    def _trees(self) -> dict[str, tuple[NDArray[np.intp], Geometries, shapely.STRtree]]:
        return {}

    def _level_tree(self, level: str) -> tuple[NDArray[np.intp], Geometries, shapely.STRtree]:
        if level not in self._trees:
            rows = self._level_rows(level)
            shapes = self._geometries[rows]
            self._trees[level] = rows, shapes, shapely.STRtree(shapes)
        return self._trees[level]

    def _level_rows(self, level: str) -> NDArray[np.intp]:
        return np.flatnonzero((self._frame["level"] == level).to_numpy())
