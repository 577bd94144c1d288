"""Which of two layers is in the wrong datum, whatever the order they were loaded in.

A county of some 40 km with jagged borders, cut into 4 × 4 streets of 3 × 3 villages of 2 × 2 grids.
The layers nest, as in an office; a layer in the wrong datum lies some 500 m off.
"""

from functools import cache

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.atlas import Atlas
from geo.crs import geometries_from_wgs84, geometries_to_wgs84, parse_crs
from geo.validation import Fields, prepare_boundaries
from tests.geo.shapes import layer

SIDE = 24
STEP = 0.4 / SIDE
CELLS = {"county": 24, "township": 6, "village": 2, "grid": 1}
LENGTHS = {"county": 6, "township": 9, "village": 12, "grid": 15}


def corners():
    """A jagged net of corners, the same for every layer."""
    noise = np.random.default_rng(7).uniform(-0.3, 0.3, (SIDE + 1, SIDE + 1, 2)) * STEP
    east, north = np.meshgrid(np.arange(SIDE + 1), np.arange(SIDE + 1), indexing="ij")
    return np.stack([113.0 + east * STEP, 23.0 + north * STEP], axis=-1) + noise


NET = corners()


def cell(east, north, size):
    """The area of ``size`` × ``size`` steps whose south-west corner this is."""
    ring = [(east + at, north) for at in range(size)]
    ring += [(east + size, north + at) for at in range(size)]
    ring += [(east + size - at, north + size) for at in range(size)]
    ring += [(east, north + size - at) for at in range(size)]
    return shapely.Polygon([NET[point] for point in ring])


def code_of(east, north, level):
    """Six, nine, twelve or fifteen digits: each level adds its serial."""
    code = "440199"
    for upper, lower in (("county", "township"), ("township", "village"), ("village", "grid")):
        if LENGTHS[lower] > LENGTHS[level]:
            break
        across = CELLS[upper] // CELLS[lower]
        size = CELLS[lower]
        serial = east // size % across * across + north // size % across + 1
        code += f"{serial:03d}"
    return code


@cache
def rows(level):
    size = CELLS[level]
    return [
        (code_of(east, north, level), f"{level}{east}-{north}", cell(east, north, size))
        for east in range(0, SIDE, size)
        for north in range(0, SIDE, size)
    ]


@cache
def atlas(*levels):
    """What is loaded: (level, the datum of the file, the datum that was chosen)."""
    codes = {code for level, *_ in levels for code, *_ in rows(level)}
    parts = []
    for level, true, said in levels:
        for code, name, shape in rows(level):
            shapes = geometries_from_wgs84(np.array([shape], dtype=object), parse_crs(true))
            (lies,) = geometries_to_wgs84(shapes, parse_crs(said))
            parent = next(
                (code[:n] for n in (12, 9, 6) if n < len(code) and code[:n] in codes), None
            )
            parts.append((code, name, level, parent, lies))
    columns = ("code", "name", "level", "parent_code", "geometry")
    frame = {column: [part[at] for part in parts] for at, column in enumerate(columns)}
    return Atlas.from_frame(gpd.GeoDataFrame(frame, geometry="geometry", crs=4326))


def doubts(level, true, said, known):
    """What is said about the datum of a file in ``true`` that is loaded as ``said``."""
    codes, names, shapes = zip(*rows(level), strict=True)
    raw = geometries_from_wgs84(np.array(shapes, dtype=object), parse_crs(true))
    report = prepare_boundaries(
        layer(list(zip(codes, names, raw, strict=True))),
        Fields("code", "name"),
        level=level,
        crs=parse_crs(said),
        known=known,
    )
    return [item.message for item in report.warnings if "选错了坐标系" in item.message]


RIGHT = ("wgs84", "wgs84")
SHIFTED = ("gcj02", "wgs84")


@pytest.mark.parametrize("below", ["township", "village", "grid"])
@pytest.mark.parametrize(
    ("true", "said"), [("gcj02", "wgs84"), ("bd09", "wgs84"), ("wgs84", "gcj02")]
)
def test_a_county_above_what_is_already_there_raises_a_doubt(below, true, said):
    (message,) = doubts("county", true, said, atlas((below, *RIGHT)))
    assert f"疑似不是 {parse_crs(said).label} 而是 {parse_crs(true).label}" in message
    assert "露在这一层之外" in message
    assert "先前载入" in message


@pytest.mark.parametrize("level", ["county", "township", "village", "grid"])
@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "bd09"])
def test_the_right_datum_is_not_doubted_beside_any_other_level(level, crs):
    others = [(other, *RIGHT) for other in CELLS if other != level]
    for known in (atlas(*others), *(atlas(other) for other in others)):
        assert doubts(level, crs, crs, known) == []


def test_villages_are_held_against_the_county_where_no_street_is_loaded():
    (message,) = doubts("village", *SHIFTED, atlas(("county", *RIGHT)))
    assert "疑似不是 WGS84 而是 GCJ-02" in message
    assert "上级区域之外" in message


@pytest.mark.parametrize("below", ["township", "village"])
def test_a_right_layer_after_a_wrong_one_is_not_called_wrong_alone(below):
    (message,) = doubts("county", *RIGHT, atlas((below, *SHIFTED)))
    assert message.startswith("先前载入的")
    assert "改按 GCJ-02 读，只有 0.0%" in message
    # The same two layers, the new one told to be in the shifted datum, as it is.
    (message,) = doubts("county", "gcj02", "gcj02", atlas((below, *SHIFTED)))
    assert "也可能这份文件没错，是先前载入的" in message
    assert "请两边都核对" in message


def test_the_fit_with_the_areas_above_wins_over_a_former_self():
    known = atlas(("county", *RIGHT), ("township", *SHIFTED))
    (message,) = doubts("township", *RIGHT, known)
    assert message.startswith("先前载入的同一层镇(街道)疑似选错了坐标系")
    assert "与已载入的县(区)吻合" in message


def test_the_fit_with_the_areas_above_wins_over_the_areas_below():
    known = atlas(("county", *RIGHT), ("village", *SHIFTED))
    (message,) = doubts("township", *RIGHT, known)
    assert message.startswith("先前载入的村(社区)疑似选错了坐标系")


def test_where_the_parents_alone_do_not_fit_both_may_be_wrong():
    known = atlas(("county", *RIGHT), ("township", *SHIFTED))
    (message,) = doubts("village", *RIGHT, known)
    assert message.startswith("先前载入的镇(街道)疑似选错了坐标系")
    assert "与已载入的县(区)吻合" in message
    (message,) = doubts("village", "gcj02", "gcj02", known)
    assert "先前载入的镇(街道)选错了坐标系" in message
    assert "但与已载入的县(区)吻合" in message


def test_a_wrong_layer_is_doubted_although_a_wrong_former_self_agrees():
    known = atlas(("county", *RIGHT), ("township", *SHIFTED))
    (message,) = doubts("township", *SHIFTED, known)
    assert "疑似不是 WGS84 而是 GCJ-02" in message
