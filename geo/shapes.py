"""Check the shapes of a new layer one by one: areal, flat, valid, on the Earth."""

import re

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.cores import on_all_cores
from geo.crs import SourceCrs, geometries_to_wgs84
from geo.findings import Report

Geometries = NDArray[np.object_]
Flags = NDArray[np.bool_]

COLUMN = "geometry"
NO_SHAPES = (
    "没有边界：区域照常载入，台账、权限和统计都能用，地图上只有点；边界以后再载入，代码相同即可。"
)
_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_KINDS = {0: "点", 1: "线", 2: "线", 4: "点", 5: "线"}
_REASONS = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界自相交",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环互相嵌套",
    "Nested shells": "外环互相嵌套",
    "Interior is disconnected": "内部不连通",
    "Duplicate Rings": "环重复",
    "Too few points in geometry component": "点数太少",
    "Invalid Coordinate": "坐标无效",
}


def check_shapes(
    raw: Geometries, crs: SourceCrs, report: Report, max_loss: float
) -> tuple[Geometries, int]:
    """The shapes in WGS84 as valid polygons or multipolygons, and how many were repaired.

    Empty polygons stand where a shape is missing or beyond repair. ``max_loss`` is the share of
    its area that a repair may take from a shape without being an error.
    """
    shapes = _areal(raw, report)
    _check_units(shapes, crs, report)
    world = geometries_to_wgs84(shapes, crs)
    world = _on_earth(world, report)
    return _repaired(world, report, max_loss)


def _areal(raw: Geometries, report: Report) -> Geometries:
    shapes = raw.copy()
    missing = shapely.is_missing(shapes)
    for position in np.flatnonzero(missing):
        report.error(position, COLUMN, "没有图形或图形无法读取，请补上边界或删去这一行。")
    shapes[missing] = shapely.Polygon()
    empty = shapely.is_empty(shapes) & ~missing
    if empty.all():
        report.warning(None, COLUMN, NO_SHAPES)
    for position in () if empty.all() else np.flatnonzero(empty):
        report.warning(
            position, COLUMN, "图形是空的：区域照常载入，但在地图上没有边界，也不会有位置落入其中。"
        )
    shapes[empty] = shapely.Polygon()
    kinds = shapely.get_type_id(shapes)
    for position in np.flatnonzero(kinds == _COLLECTION):
        shapes[position], others = _polygons_of(shapes[position])
        if shapes[position].is_empty:
            continue
        if others:
            report.error(
                position, COLUMN, "图形里混有点或线；区域边界只能是面，请删去点和线后重新导出。"
            )
        else:
            report.warning(
                position, COLUMN, "图形是装着几个面的集合，已合成一个(多)面载入，请在地图上核对。"
            )
    kinds = np.where(shapely.is_empty(shapes) & (kinds == _COLLECTION), 0, kinds)
    wrong = ~np.isin(kinds, (_POLYGON, _MULTIPOLYGON, _COLLECTION))
    for position in np.flatnonzero(wrong):
        kind = _KINDS.get(int(kinds[position]), "其他图形")
        report.error(
            position, COLUMN, f"图形是{kind}，不是面；区域边界必须是面，请改正或删去这一行。"
        )
    shapes[wrong] = shapely.Polygon()
    high = np.flatnonzero(shapely.has_z(shapes))
    if len(high):
        report.warning(None, COLUMN, f"有 {len(high)} 个图形带高程(三维坐标)，高程用不上，已去掉。")
    # The change to WGS84 drops the elevations.
    return shapes


def _polygons_of(collection: shapely.Geometry) -> tuple[shapely.Geometry, int]:
    """The areal parts of a collection, at any depth, as one polygon or multipolygon; how many
    parts are no areas."""
    parts = shapely.get_parts([collection])
    while (shapely.get_type_id(parts) >= _MULTIPOLYGON).any():
        parts = shapely.get_parts(parts)
    polygons = parts[shapely.get_type_id(parts) == _POLYGON]
    others = len(parts) - len(polygons)
    if len(polygons) == 1:
        return polygons[0], others
    return shapely.MultiPolygon(list(polygons)), others


def _check_units(shapes: Geometries, crs: SourceCrs, report: Report) -> None:
    """Add an error for the whole file if metres are declared as degrees, or degrees as metres."""
    west, south, east, north = shapely.total_bounds(shapes)
    if np.isnan(west):
        return
    largest = max(abs(west), abs(east)), max(abs(south), abs(north))
    if crs.geographic and max(largest) > 1000:
        report.error(
            None,
            COLUMN,
            f"坐标大到 {max(largest):.0f}，是以米为单位的平面坐标，不是{crs.label}经纬度；"
            "请用 EPSG 编号指明投影坐标系。",
        )
    if not crs.geographic and largest[0] <= 180 and largest[1] <= 90:
        report.error(
            None,
            COLUMN,
            f"坐标都在经纬度范围内，不是 {crs.label} 的平面坐标；"
            "请改选 wgs84、cgcs2000、gcj02 或 bd09。",
        )


def _on_earth(world: Geometries, report: Report) -> Geometries:
    bounds = shapely.bounds(world)
    empty = shapely.is_empty(world)
    with np.errstate(invalid="ignore"):
        lon = np.maximum(np.abs(bounds[:, 0]), np.abs(bounds[:, 2]))
        lat = np.maximum(np.abs(bounds[:, 1]), np.abs(bounds[:, 3]))
        # Rounding may leave a vertex of the 180th meridian slightly outside.
        good = (lon <= 180 + 1e-6) & (lat <= 90 + 1e-6)
        swapped = (lon <= 90) & (lat > 90) & (lat <= 180)
    shapes = world.copy()
    for position in np.flatnonzero(~good & ~empty):
        if swapped[position]:
            message = (
                f"经纬度疑似写反：纬度达到 {lat[position]:.4f}，超出 90 度。"
                "请把经度放在前、纬度放在后。"
            )
        else:
            message = "坐标超出经纬度范围(经度 ±180、纬度 ±90)或无法换算，请核对坐标系和坐标值。"
        report.error(position, COLUMN, message)
        shapes[position] = shapely.Polygon()
    return shapes


def _repaired(world: Geometries, report: Report, max_loss: float) -> tuple[Geometries, int]:
    shapes = world.copy()
    repaired = 0
    for position in np.flatnonzero(~on_all_cores(shapely.is_valid, world)):
        broken = world[position]
        reason = _reason(str(shapely.is_valid_reason(broken)))
        mended = shapely.make_valid(broken)
        if shapely.get_type_id(mended) == _COLLECTION:
            mended, _ = _polygons_of(mended)
        if mended.is_empty or shapely.get_dimensions(mended) < 2:
            report.error(position, COLUMN, f"图形无效({reason})，修复后没有面积，请重画这个边界。")
            shapes[position] = shapely.Polygon()
            continue
        shapes[position] = mended
        before, after = shapely.area(broken), shapely.area(mended)
        change = (after - before) / max(before, after)
        if change < -max_loss:
            report.error(
                position,
                COLUMN,
                f"图形无效({reason})，修复会使面积减少 {-change:.1%}，请重画这个边界。",
            )
            continue
        repaired += 1
        report.warning(
            position, COLUMN, f"图形无效({reason})，已修复，面积变化 {_percent(change)}。"
        )
    return shapes, repaired


def _percent(change: float) -> str:
    return "不到 0.01%" if abs(change) < 1e-4 else f"{change:+.2%}"


def _reason(text: str) -> str:
    match = re.fullmatch(r"(.*?)\[(\S+) (\S+)\]", text)
    if match is None:
        return _REASONS.get(text, "不符合面的规则")
    words, where = match[1], f",{float(match[2]):.5f} {float(match[3]):.5f} 附近"
    return _REASONS.get(words, "不符合面的规则") + where
