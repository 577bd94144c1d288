"""Shapes for the screen: simplified together, so that shared borders stay shared, as GeoJSON.

How coarse depends on how small an area is drawn: when n areas fill a screen, each is about
``SCREEN_PIXELS / √n`` pixels wide, and an error of about a pixel is hardly seen. The tolerance is
therefore a part of the typical size of an area, and never changes with far-off outliers of a layer.
"""

import json
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

Geometries = NDArray[np.object_]

SCREEN_PIXELS = 900
_PIXEL_ERROR = 1.8
# People zoom in: even in a crowd of areas a border keeps this many steps across its area.
_LEAST_STEPS = 7.0


def screen_tolerance(geometries: Geometries) -> float:
    """The tolerance in degrees for drawing all of ``geometries`` on one screen; 0 without area."""
    areas = shapely.area(geometries)
    areas = areas[areas > 0]
    if len(areas) == 0:
        return 0.0
    steps = max(SCREEN_PIXELS / _PIXEL_ERROR / np.sqrt(len(areas)), _LEAST_STEPS)
    return float(np.sqrt(np.median(areas)) / steps)


def simplified(geometries: Geometries, tolerance: float) -> Geometries:
    """Polygons with fewer vertices, neighbours along the same line (Visvalingam–Whyatt).

    ``tolerance`` in degrees. Islands too small to be seen are dropped, but never the whole area.
    A shape that comes out invalid, because the layer overlaps there, is simplified by itself.
    """
    if tolerance <= 0 or len(geometries) == 0:
        return geometries
    shapes = _without_specks(geometries, tolerance)
    filled = ~shapely.is_empty(shapes)
    result = shapes.copy()
    try:
        result[filled] = shapely.coverage_simplify(shapes[filled], tolerance)
    except GEOSException:
        result[filled] = shapely.simplify(shapes[filled], tolerance)
    bad = filled & (~shapely.is_valid(result) | shapely.is_empty(result))
    result[bad] = shapely.simplify(shapes[bad], tolerance, preserve_topology=True)
    return result


def simplify_for_screen(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A copy of ``frame`` (WGS84, one level) with shapes for drawing all of it at once."""
    geometries = np.asarray(frame.geometry.array, dtype=object)
    shapes = simplified(geometries, screen_tolerance(geometries))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def to_geojson(frame: gpd.GeoDataFrame, properties: Sequence[str], digits: int) -> bytes:
    """A GeoJSON FeatureCollection in UTF-8.

    Parameters
    ----------
    frame
        WGS84, or shifted on purpose to the datum of a tile provider.
    properties
        Columns to write. Missing values become null.
    digits
        Decimals of the degrees: 6 are 0.1 m, 5 are 1 m.
    """
    geometries = np.asarray(frame.geometry.array, dtype=object)
    rounded = shapely.transform(geometries, lambda xy: np.round(xy, digits))
    columns = [_plain(frame[name]) for name in properties]
    features = [
        f'{{"type":"Feature","properties":{_dumps(dict(zip(properties, values, strict=True)))},'
        f'"geometry":{geometry or "null"}}}'
        for geometry, *values in zip(shapely.to_geojson(rounded), *columns, strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def screen_digits(frame: gpd.GeoDataFrame) -> int:
    """Decimals that suffice for ``frame`` on one screen, 3 to 6."""
    tolerance = screen_tolerance(np.asarray(frame.geometry.array, dtype=object))
    if tolerance <= 0:
        return 6
    return int(np.clip(np.ceil(-np.log10(tolerance)) + 1, 3, 6))


def _without_specks(geometries: Geometries, tolerance: float) -> Geometries:
    """Multipolygons without the parts smaller than the tolerance, the largest part excepted."""
    parts, owner = shapely.get_parts(geometries, return_index=True)
    areas = shapely.area(parts)
    largest = np.zeros(len(geometries))
    np.maximum.at(largest, owner, areas)
    speck = (areas < tolerance**2) & (areas < largest[owner])
    shapes = geometries.copy()
    for row in np.unique(owner[speck]):
        shapes[row] = shapely.multipolygons(parts[(owner == row) & ~speck])
    return shapes


def _plain(column: "pd.Series[Any]") -> list[Any]:
    values = column.astype(object)
    return values.where(values.notna(), None).tolist()


def _dumps(properties: dict[str, Any]) -> str:
    return json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
