"""The frame of a tree of areas: its columns, checks, and order.

:class:`geo.atlas.Atlas` is built from it.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.codes import path_of
from geo.crs import WGS84_EPSG
from geo.errors import AtlasError
from geo.levels import LEVELS

# Columns of `geo.atlas.Atlas.frame`; ``population`` and ``elderly`` are nullable integers.
COLUMNS = ("code", "name", "level", "parent_code", "path", "population", "elderly", "geometry")


def area_frame(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The areas of a frame as `geo.atlas.Atlas.from_frame` takes them: checked, typed, sorted.

    Returns
    -------
    GeoDataFrame
        Those of `COLUMNS` that are there, populations in any case; by level, then by code.

    Raises
    ------
    AtlasError
        On missing columns, repeated codes, unknown levels or parents that do not exist.
    """
    missing = [column for column in (*COLUMNS[:4], "geometry") if column not in frame.columns]
    if missing:
        raise AtlasError(f"区域表缺少列：{'、'.join(missing)}。")
    tidy = frame[[column for column in COLUMNS if column in frame.columns]].copy()
    for column in COLUMNS[:5]:
        if column in tidy.columns:
            tidy[column] = tidy[column].astype("str")
    for column in ("population", "elderly"):
        tidy[column] = tidy[column].astype("Int64") if column in tidy.columns else pd.NA
        tidy[column] = tidy[column].astype("Int64")
    tidy = tidy.set_geometry(_filled(tidy["geometry"]), crs=WGS84_EPSG)
    if tidy["code"].duplicated().any():
        repeated = tidy["code"][tidy["code"].duplicated()].iloc[0]
        raise AtlasError(f"区域代码“{repeated}”重复。")
    depth = tidy["level"].map({level: depth for depth, level in enumerate(LEVELS)})
    if depth.isna().any():
        raise AtlasError(f"没有“{tidy['level'][depth.isna()].iloc[0]}”这个区域级别。")
    _check_parents(tidy["code"], tidy["parent_code"], depth)
    order = np.lexsort((tidy["code"].to_numpy(dtype=object), depth.to_numpy()))
    return tidy.iloc[order].reset_index(drop=True)


def _filled(shapes: "pd.Series[BaseGeometry]") -> NDArray[np.object_]:
    """The shapes, with an empty polygon where there is none."""
    values = np.array(shapes, dtype=object)
    values[shapely.is_missing(values)] = shapely.Polygon()
    return values


def _check_parents(
    code: "pd.Series[str]", parent: "pd.Series[str]", depth: "pd.Series[int]"
) -> None:
    parent_depth = parent.map(dict(zip(code, depth, strict=True)))
    lost = parent.notna() & ~(parent_depth < depth)
    if lost.any():
        child, above = code[lost].iloc[0], parent[lost].iloc[0]
        raise AtlasError(f"区域“{child}”的上级“{above}”不存在，或级别不比它高。")


def paths_of(tidy: gpd.GeoDataFrame) -> list[str]:
    """Paths of sorted rows: parents come before their children."""
    paths: dict[str, str] = {}
    for code, parent in zip(tidy["code"], as_objects(tidy["parent_code"]), strict=True):
        paths[code] = path_of(paths[parent] if parent is not None else None, code)
    return list(paths.values())


def as_objects(column: "pd.Series[str]") -> list[str | None]:
    """The values as Python objects with None for missing ones."""
    values = column.astype(object)
    return values.where(values.notna(), None).tolist()
