"""Neighbours: queen contiguity, islands, and areas with nothing around them."""

import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from libpysal.graph import Graph

from geo.errors import AtlasError
from geo.weights import contiguity
from tests.geo.graphs import graph_of
from tests.geo.villages import SIDE, squares


def named(neighbours):
    """Each code with the codes of its neighbours."""
    return {
        code: {neighbours.codes[column] for column in neighbours.matrix[[row]].indices}
        for row, code in enumerate(neighbours.codes)
    }


def frame(**shapes):
    return gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs=4326)


def test_corners_count_as_queens_move():
    relation = named(contiguity(squares(3, 3)))
    assert relation["V004"] == set(relation) - {"V004"}
    assert relation["V000"] == {"V001", "V003", "V004"}


def test_codes_may_stand_in_the_index():
    assert contiguity(squares(1, 2).set_index("code")).codes == ("V000", "V001")


def test_it_is_libpysals_relation_on_a_clean_layer():
    layer = squares(4, 5)
    ours = graph_of(contiguity(layer))
    assert ours.equals(Graph.build_contiguity(layer.set_index("code"), rook=False))


@pytest.mark.parametrize(
    ("what", "second"),
    [
        ("a border with other vertices", shapely.box(113.01, 22.995, 113.02, 23.02)),
        ("a gap of half a metre", shapely.box(113.010005, 23, 113.02, 23.01)),
        ("an overlap", shapely.box(113.0099, 23, 113.02, 23.01)),
    ],
)
def test_borders_that_were_digitised_twice_still_touch(what, second):
    assert named(contiguity(frame(A=shapely.box(113, 23, 113.01, 23.01), B=second))) == {
        "A": {"B"},
        "B": {"A"},
    }, what


def test_an_island_is_joined_to_the_nearest_and_reported():
    layer = squares(1, 3)
    island = shapely.box(113 + 5 * SIDE, 23, 113 + 6 * SIDE, 23 + SIDE)
    layer.loc[3] = ["ISLE", island]
    neighbours = contiguity(layer)
    assert neighbours.attached == (("ISLE", "V002"),)
    assert named(neighbours)["V002"] == {"V001", "ISLE"}


def test_nearest_is_by_metres_not_by_degrees():
    # At 60°N a degree of longitude is half as long as one of latitude.
    neighbours = contiguity(
        frame(
            ISLE=shapely.box(20.0, 60.0, 20.1, 60.1),
            EAST=shapely.box(20.25, 60.0, 20.35, 60.1),
            EASTER=shapely.box(20.35, 60.0, 20.45, 60.1),
            SOUTH=shapely.box(20.0, 59.8, 20.1, 59.89),
            SOUTHER=shapely.box(20.0, 59.7, 20.1, 59.8),
        )
    )
    # 0.15° to the east are 8.3 km, 0.11° to the south 12.3 km.
    assert neighbours.attached == (("ISLE", "EAST"),)


def test_two_islands_are_joined_to_each_other():
    far = frame(A=shapely.box(0, 0, 1, 1), B=shapely.box(5, 0, 6, 1))
    neighbours = contiguity(far)
    assert neighbours.attached == (("A", "B"), ("B", "A"))
    assert neighbours.matrix.toarray().tolist() == [[0, 1], [1, 0]]


def test_one_area_has_no_neighbours():
    neighbours = contiguity(squares(1, 1))
    assert (len(neighbours), neighbours.cardinalities.tolist(), neighbours.attached) == (1, [0], ())


def test_no_area_at_all():
    assert len(contiguity(squares(1, 1).iloc[:0])) == 0


def test_an_area_without_a_shape_is_nobodys_neighbour():
    layer = squares(1, 3)
    layer.loc[1, "geometry"] = None
    layer.loc[3] = ["EMPTY", shapely.Polygon()]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        neighbours = contiguity(layer)
    assert named(neighbours) == {"V000": {"V002"}, "V001": set(), "V002": {"V000"}, "EMPTY": set()}
    assert graph_of(neighbours).isolates.tolist() == ["V001", "EMPTY"]


def test_a_code_that_occurs_twice_is_refused():
    with pytest.raises(AtlasError, match="V000"):
        contiguity(squares(1, 2).assign(code="V000"))


def test_some_of_the_areas():
    neighbours = contiguity(squares(1, 4))
    some = neighbours.among(["V003", "V001", "V002"])
    assert named(some) == {"V003": {"V002"}, "V001": {"V002"}, "V002": {"V003", "V001"}}
    assert neighbours.among(neighbours.codes) is neighbours
    with pytest.raises(KeyError, match="V009"):
        neighbours.among(["V009"])


def test_the_graph_keeps_the_order_of_the_codes():
    neighbours = contiguity(squares(2, 3).sample(frac=1, random_state=1))
    assert tuple(graph_of(neighbours).unique_ids) == neighbours.codes
    assert np.array_equal(graph_of(neighbours).sparse.toarray(), neighbours.matrix.toarray())
