"""The Chinese map datums GCJ-02 and BD-09, vectorised.

GCJ-02 moves WGS84 positions inside a bounding box around China by 100 to 700 m along
a smooth, published-by-use formula on the Krasovsky 1940 ellipsoid; BD-09 (Baidu) adds a second,
smaller shift. Neither has a closed inverse: ours iterates the forward shift, a contraction
of about 0.01, until the step is below a micrometre.

Outside the box GCJ-02 is WGS84. The forward shift jumps at the box's border, so positions within
~1 km *outside* it have two origins; the inverse then takes the one inside the box.
No part of China lies there.

All arrays are degrees, float64, of equal shape. NaN stays NaN.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEMI_MAJOR_AXIS = 6378245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
WEST, EAST = 72.004, 137.8347
SOUTH, NORTH = 0.8293, 55.8271

_BAIDU_PI = np.pi * 3000.0 / 180.0
_BAIDU_EAST, _BAIDU_NORTH = 0.0065, 0.006
_MAX_STEPS = 30
_STEP_DEGREES = 1e-12


def in_china_box(lon: Array, lat: Array, slack: float = 0.0) -> NDArray[np.bool_]:
    """True where GCJ-02 differs from WGS84 (positions in WGS84; ``slack`` in degrees)."""
    across = (lon >= WEST - slack) & (lon <= EAST + slack)
    return np.asarray(across & (lat >= SOUTH - slack) & (lat <= NORTH + slack))


def _shift(lon: Array, lat: Array) -> tuple[Array, Array]:
    """The GCJ-02 shift in degrees at a WGS84 position, whether or not in the box."""
    x = lon - 105.0
    y = lat - 35.0
    root = np.sqrt(np.abs(x))
    # Both directions share the waves along x of periods 1/3 and 1 degree.
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0

    radians = np.radians(lat)
    w_squared = 1.0 - ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    w = np.sqrt(w_squared)
    meridian_radius = SEMI_MAJOR_AXIS * (1.0 - ECCENTRICITY_SQUARED) / (w_squared * w)
    parallel_radius = SEMI_MAJOR_AXIS / w * np.cos(radians)
    return np.degrees(east / parallel_radius), np.degrees(north / meridian_radius)


def wgs84_to_gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Positions as a GCJ-02 map shows them."""
    inside = in_china_box(lon, lat)
    # Positions outside are computed at a harmless place: poles would overflow.
    east, north = _shift(np.where(inside, lon, 105.0), np.where(inside, lat, 35.0))
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def gcj02_to_wgs84(lon: Array, lat: Array) -> tuple[Array, Array]:
    """The exact inverse of :func:`wgs84_to_gcj02` (below 1 µm where one origin exists)."""
    # Origins inside the box lie within 0.02 degrees of it in GCJ-02.
    near = in_china_box(lon, lat, slack=0.02)
    start_lon, start_lat = np.where(near, lon, 105.0), np.where(near, lat, 35.0)
    x, y = start_lon, start_lat
    for _ in range(_MAX_STEPS):
        east, north = _shift(x, y)
        next_x, next_y = start_lon - east, start_lat - north
        step = np.maximum(np.abs(next_x - x), np.abs(next_y - y))
        x, y = next_x, next_y
        if not np.any(step > _STEP_DEGREES):
            break
    # The last step may end a rounding error outside the border that the origin lies on.
    moved = near & in_china_box(x, y, slack=1e-10)
    return np.where(moved, x, lon), np.where(moved, y, lat)


def gcj02_to_bd09(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Positions as a BD-09 map shows them. Shifts everywhere on Earth."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_PI)
    return radius * np.cos(angle) + _BAIDU_EAST, radius * np.sin(angle) + _BAIDU_NORTH


def bd09_to_gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    """The exact inverse of :func:`gcj02_to_bd09`."""
    x, y = lon - _BAIDU_EAST, lat - _BAIDU_NORTH
    for _ in range(_MAX_STEPS):
        back_lon, back_lat = gcj02_to_bd09(x, y)
        error_x, error_y = back_lon - lon, back_lat - lat
        x, y = x - error_x, y - error_y
        if not np.any(np.maximum(np.abs(error_x), np.abs(error_y)) > _STEP_DEGREES):
            break
    return x, y
