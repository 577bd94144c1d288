"""Small layers drawn by hand, shared by the tests of this folder."""

import geopandas as gpd
import shapely

from geo.atlas import Atlas

# A street DX (113.20 to 113.24 E) with two communities; DX-1 is cut into two grids, DX-10 is whole.
STREET = shapely.box(113.20, 23.10, 113.24, 23.12)
WEST = shapely.box(113.20, 23.10, 113.22, 23.12)
EAST = shapely.box(113.22, 23.10, 113.24, 23.12)
SOUTH_WEST = shapely.box(113.20, 23.10, 113.22, 23.11)
NORTH_WEST = shapely.box(113.20, 23.11, 113.22, 23.12)


def layer(rows, **columns):
    """A raw layer as ``read_boundaries`` gives it: ``rows`` of (code, name, geometry)."""
    codes, names, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"code": list(codes), "name": list(names), **columns}, geometry=list(shapes)
    )


def small_atlas():
    """Street, two communities, two grids."""
    rows = [
        ("DX", "东兴街道", "township", None, STREET),
        ("DX-1", "西社区", "village", "DX", WEST),
        ("DX-10", "东社区", "village", "DX", EAST),
        ("DX-1-1", "第一网格", "grid", "DX-1", SOUTH_WEST),
        ("DX-1-2", "第二网格", "grid", "DX-1", NORTH_WEST),
    ]
    columns = ("code", "name", "level", "parent_code", "geometry")
    frame = gpd.GeoDataFrame(
        {column: [row[at] for row in rows] for at, column in enumerate(columns)},
        geometry="geometry",
        crs=4326,
    )
    return Atlas.from_frame(frame)
