"""The sample: a fictional county at sea with its areas, backdrop and institutions."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from data.sample.areas import build_areas
from data.sample.backdrop import draw_roads, draw_water
from data.sample.boundaries import divide, draw_borders
from data.sample.institutions import draw_institutions
from data.sample.mesh import build_mesh, choose_seats, draw_coast

DEFAULT_SEED = 20260101


@dataclass(frozen=True)
class Sample:
    """Everything the demo needs; all geometry in WGS84 (EPSG:4326).

    Attributes
    ----------
    areas : GeoDataFrame
        `code`, `name`, `level` (county, township, village, grid), `parent_code`,
        `population`, `elderly` (60 and over), `geometry`; the county comes first.
    roads : GeoDataFrame
        `name`, `kind` (trunk, county, township), line `geometry`.
    water : GeoDataFrame
        `name`, `kind` (sea, lake, river, stream), `geometry`: polygons, lines for streams.
    institutions : DataFrame
        The columns of DESIGN.md under their stored keys; Python values or None.
    """

    areas: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    institutions: pd.DataFrame


def generate(seed: int = DEFAULT_SEED) -> Sample:
    """Draw the sample. The same seed gives the same sample."""
    # Each part has a stream of its own: a change in one leaves the others as they were.
    shape, line, people, ground, houses = np.random.default_rng(seed).spawn(5)
    coast = draw_coast(shape)
    seats = choose_seats(shape, coast)
    mesh = build_mesh(shape, coast, seats)
    division = divide(shape, mesh, seats)
    borders = draw_borders(line, mesh, division.grid)
    areas = build_areas(people, mesh, division, borders)
    water = draw_water(ground, mesh, division, borders, areas.geometry.iloc[0])
    roads = draw_roads(ground, mesh, division, water)
    institutions = draw_institutions(houses, areas, water).drop(columns="intended")
    return Sample(areas, roads, water, institutions)
