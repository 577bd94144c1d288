"""Maps drawn by chance in three ways, and with something planted, on areas that are real or ours.

Constant risk
    Cases fall on people; nothing else.
Differences
    Each area has a risk of its own, lognormal or gamma with a coefficient of variation, and no
    regard to its neighbours: real differences without any cluster.
Bunching
    Over-dispersed counts: negative binomial with so many times the variance of Poisson counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.weights import Neighbours, contiguity
from tests.sample import drawn_sample

Array = NDArray[np.float64]
DEPARTMENT, STATE = "35", "48"  # Ille-et-Vilaine, Texas


@dataclass(frozen=True)
class Ground:
    """Areas with people and neighbours, and how many cases a map has."""

    name: str
    people: Array
    neighbours: Neighbours
    cases: int


@dataclass(frozen=True)
class Kind:
    """A way of chance: how much areas differ, by what law, or how much cases come in bunches."""

    name: str
    variation: float = 0.0
    gamma: bool = False
    variance: float = 1.0


CONSTANT = Kind("constant risk")
CHANCE = (
    CONSTANT,
    Kind("risks differ, gamma, CV 0.2", 0.2, gamma=True),
    Kind("risks differ, gamma, CV 0.5", 0.5, gamma=True),
    Kind("risks differ, lognormal, CV 0.2", 0.2),
    Kind("risks differ, lognormal, CV 0.35", 0.35),
    Kind("risks differ, lognormal, CV 0.5", 0.5),
    Kind("over-dispersed, variance x 2", variance=2.0),
    Kind("over-dispersed, variance x 3", variance=3.0),
)
BENEATH = (CONSTANT, CHANCE[3], CHANCE[4], CHANCE[5], CHANCE[6])


def demo_grounds() -> Iterator[Ground]:
    """The villages of the sample county with the petitions of 90 days, and of a year."""
    frame = drawn_sample().areas.query("level == 'village'").reset_index(drop=True)
    people, neighbours = frame["population"].to_numpy(float), contiguity(frame)
    yield Ground("90 villages of the sample, 457 cases (90 days)", people, neighbours, 457)
    yield Ground("90 villages of the sample, 1,700 cases (a year)", people, neighbours, 1_700)


def real_grounds(folder: Path) -> Iterator[Ground]:
    """Communes of a département with people drawn, and counties with their nursing-home beds."""
    frame = gpd.read_parquet(folder / "france_communes.parquet").drop_duplicates("code")
    frame = frame[frame["code"].str.startswith(DEPARTMENT)].reset_index(drop=True)
    people = np.round(np.random.default_rng(1).lognormal(7.0, 1.0, len(frame))) + 50
    yield Ground(f"{len(frame)} communes", people, contiguity(frame), 8 * len(frame))
    counties = gpd.read_file(folder / "us_counties.geojson")
    counties = counties[counties["code"].str.startswith(STATE)]
    homes = pd.read_csv(folder / "us_nursing_homes.csv")
    points = gpd.GeoDataFrame(homes, geometry=gpd.points_from_xy(homes.lon, homes.lat), crs=4326)
    beds = points.sjoin(counties[["code", "geometry"]]).groupby("code")["beds"].sum()
    counties = counties[counties["code"].isin(beds.index)].reset_index(drop=True)
    there = beds.reindex(counties["code"]).to_numpy(float)
    yield Ground(f"{len(counties)} counties", there, contiguity(counties), 10 * len(counties))


def draw(kind: Kind, ground: Ground, rng: np.random.Generator, risk: Array | float = 1.0) -> Array:
    """Cases of each area on one map."""
    expected = ground.people * risk
    expected = expected * (ground.cases / expected.sum())
    if kind.variance > 1:
        extra = kind.variance - 1
        return np.asarray(rng.poisson(rng.gamma(expected / extra, extra)), np.float64)
    if kind.variation and kind.gamma:
        squared = kind.variation**2
        expected = expected * rng.gamma(1 / squared, squared, len(expected))
    elif kind.variation:
        log_variance = np.log1p(kind.variation**2)
        expected = expected * rng.lognormal(-log_variance / 2, np.sqrt(log_variance), len(expected))
    return rng.multinomial(ground.cases, expected / expected.sum()).astype(float)


def planted_cluster(ground: Ground, rng: np.random.Generator, times: float) -> tuple[Array, Array]:
    """Positions of an area and its neighbours, four or more, and the risk of all areas."""
    middle = int(rng.choice(np.flatnonzero(ground.neighbours.cardinalities >= 4)))
    members = np.append(ground.neighbours.matrix[[middle]].indices, middle)
    risk = np.ones(len(ground.people))
    risk[members] = times
    return members, risk


def planted_peak(ground: Ground, rng: np.random.Generator, times: float) -> tuple[Array, Array]:
    """The position of one area of the larger half, and the risk of all areas."""
    large = np.flatnonzero(ground.people > np.median(ground.people))
    members = rng.choice(large, 1)
    risk = np.ones(len(ground.people))
    risk[members] = times
    return members, risk
