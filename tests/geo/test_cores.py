"""Work spread over the cores gives what it gives at once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.cores import many_on_all_cores, on_all_cores


@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_order_and_results_are_those_of_one_call(count: int) -> None:
    rng = np.random.default_rng(7)
    shapes = shapely.buffer(shapely.points(rng.uniform(0, 9, (count, 2))), 0.5, quad_segs=1)
    assert np.array_equal(on_all_cores(shapely.area, shapes), shapely.area(shapes))


@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_many_results_a_row_keep_their_row(count: int) -> None:
    rng = np.random.default_rng(11)
    sizes = rng.integers(0, 4, count)
    shapes = np.array(
        [shapely.MultiPoint(rng.uniform(0, 9, (size, 2))) for size in sizes], dtype=object
    )

    def parts(some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return shapely.get_parts(some, return_index=True)

    found, row = many_on_all_cores(parts, shapes)
    at_once, row_at_once = parts(shapes)
    assert np.array_equal(row, row_at_once)
    assert shapely.equals(found, at_once).all()
