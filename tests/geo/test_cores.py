"""Work spread over the cores gives what it gives at once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.cores import on_all_cores


@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_order_and_results_are_those_of_one_call(count: int) -> None:
    rng = np.random.default_rng(7)
    shapes = shapely.buffer(shapely.points(rng.uniform(0, 9, (count, 2))), 0.5, quad_segs=1)
    assert np.array_equal(on_all_cores(shapely.area, shapes), shapely.area(shapes))
