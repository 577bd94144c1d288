"""Villages drawn by hand for tests of rates and hotspots: squares side by side, with people."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.weights import Neighbours, contiguity

SIDE = 0.01


def squares(rows: int, columns: int) -> gpd.GeoDataFrame:
    """A chequerboard of villages near 113°E 23°N, coded V000, V001, … row by row."""
    shapes = [
        shapely.box(113 + SIDE * x, 23 + SIDE * y, 113 + SIDE * (x + 1), 23 + SIDE * (y + 1))
        for y in range(rows)
        for x in range(columns)
    ]
    codes = [f"V{number:03d}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326)


def chequerboard(rows: int, columns: int) -> Neighbours:
    """Who touches whom among :func:`squares`."""
    return contiguity(squares(rows, columns))


def unequal_people(neighbours: Neighbours, rng: np.random.Generator) -> "pd.Series[float]":
    """Very unequal populations: a town in the middle of a 9 x 10 board, thin villages around it."""
    row, column = np.divmod(np.arange(90), 10)
    out = np.hypot(row - 4.0, column - 4.5)
    people = np.round(np.exp(rng.normal(8.0 - 0.8 * out, 1.0))) + 20
    return pd.Series(people, index=neighbours.codes)


def fallen(
    people: "pd.Series[float]", total: int, rng: np.random.Generator, risk: float | np.ndarray = 1.0
) -> "pd.Series[int]":
    """``total`` cases, falling on people in proportion to ``risk``."""
    shares = people.to_numpy() * risk
    return pd.Series(rng.multinomial(total, shares / shares.sum()), index=people.index)
