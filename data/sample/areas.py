"""The area table: codes, names, people and polygons of county, townships, villages and grids."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.sample.boundaries import Borders, Division, outlines
from data.sample.linework import to_metres
from data.sample.mesh import Ints, Mesh
from data.sample.names import COUNTY, TOWNSHIP_SUFFIXES, TOWNSHIPS, grid_name, village_names
from data.sample.noise import Floats

COUNTY_CODE = "990101"
LEVELS = ("county", "township", "village", "grid")
COLUMNS = ["code", "name", "level", "parent_code", "population", "elderly", "geometry"]
# Villages nearest the seat that are communities (居委会), per township.
URBAN_VILLAGES = (10, 9, 3, 3, 2, 1)


@dataclass(frozen=True)
class Region:
    """One area before it becomes a row."""

    code: str
    name: str
    level: str
    parent_code: str | None
    polygon: shapely.Polygon
    number: int


def build_areas(
    rng: np.random.Generator, mesh: Mesh, division: Division, borders: Borders
) -> gpd.GeoDataFrame:
    """All areas, county first, each level in the order of its codes.

    Returns
    -------
    GeoDataFrame in EPSG:4326 with the columns of `COLUMNS`; a village's people are the sum of
    its grids', and so upwards.
    """
    village_of_grid = division.parents(division.grid, division.village)
    township_of_village = division.parents(division.village, division.township)
    townships = _townships(borders, township_of_village[village_of_grid])
    villages = _villages(
        rng, mesh, division, townships, outlines(borders, village_of_grid), township_of_village
    )
    grids = _grids(villages, outlines(borders, np.arange(len(village_of_grid))), village_of_grid)
    whole = outlines(borders, np.zeros_like(village_of_grid))[0]
    county = Region(COUNTY_CODE, COUNTY, "county", None, whole, 0)
    frame = gpd.GeoDataFrame(
        [
            (r.code, r.name, r.level, r.parent_code, r.polygon)
            for r in (county, *sorted(townships + villages + grids, key=_by_level_and_code))
        ],
        columns=["code", "name", "level", "parent_code", "geometry"],
        geometry="geometry",
        crs="EPSG:4326",
    )
    return _with_people(rng, frame)[COLUMNS]


def reading_order(polygons: list[shapely.Polygon]) -> list[int]:
    """Indices row by row from north to south, in each row from west to east.

    A row is as high as an average member is wide.
    """
    centres = to_metres(shapely.get_coordinates(shapely.point_on_surface(polygons)))
    area = shapely.area(shapely.transform(polygons, to_metres)).mean()
    row = np.round((centres[:, 1].max() - centres[:, 1]) / np.sqrt(area))
    return [int(i) for i in np.lexsort((centres[:, 0], row))]


def _by_level_and_code(region: Region) -> tuple[int, str]:
    return LEVELS.index(region.level), region.code


def _townships(borders: Borders, township_of_grid: Ints) -> list[Region]:
    return [
        Region(COUNTY_CODE + suffix, name, "township", COUNTY_CODE, polygon, number)
        for number, (suffix, name, polygon) in enumerate(
            zip(TOWNSHIP_SUFFIXES, TOWNSHIPS, outlines(borders, township_of_grid), strict=True)
        )
    ]


def _villages(
    rng: np.random.Generator,
    mesh: Mesh,
    division: Division,
    townships: list[Region],
    polygons: list[shapely.Polygon],
    township_of_village: Ints,
) -> list[Region]:
    urban_names, rural_names = village_names(
        rng, sum(URBAN_VILLAGES), len(polygons) - sum(URBAN_VILLAGES)
    )
    regions = []
    for township, urban_count in zip(townships, URBAN_VILLAGES, strict=True):
        members = np.flatnonzero(township_of_village == township.number)
        seat = mesh.centres[division.seats[township.number]]
        distance = [_distance(polygons[v], seat) for v in members]
        nearest = members[np.argsort(distance, kind="stable")].tolist()
        for numbers, first, names in (
            (nearest[:urban_count], 1, urban_names),
            (nearest[urban_count:], 200, rural_names),
        ):
            numbers = sorted(numbers)
            order = reading_order([polygons[v] for v in numbers])
            for serial, i in enumerate(order, start=first):
                regions.append(
                    Region(
                        f"{township.code}{serial:03d}",
                        names.pop(0),
                        "village",
                        township.code,
                        polygons[numbers[i]],
                        numbers[i],
                    )
                )
    return regions


def _distance(polygon: shapely.Polygon, seat: Floats) -> float:
    """Metres from the middle of the polygon to the seat."""
    middle = to_metres(shapely.get_coordinates(shapely.point_on_surface(polygon)))[0]
    return float(np.hypot(*(middle - seat)))


def _grids(
    villages: list[Region], polygons: list[shapely.Polygon], village_of_grid: Ints
) -> list[Region]:
    regions = []
    for village in villages:
        numbers = np.flatnonzero(village_of_grid == village.number).tolist()
        order = reading_order([polygons[g] for g in numbers])
        for serial, i in enumerate(order, start=1):
            regions.append(
                Region(
                    f"{village.code}{serial:03d}",
                    grid_name(village.name, serial),
                    "grid",
                    village.code,
                    polygons[numbers[i]],
                    numbers[i],
                )
            )
    return regions


def _with_people(rng: np.random.Generator, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw the people of each grid and add them up.

    Villages differ by a log-normal factor, grids within one by another; towns are denser and
    younger. Elderly are people of 60 and more.
    """
    population = pd.Series(0, index=frame["code"])
    elderly = pd.Series(0, index=frame["code"])
    grids = frame.loc[frame["level"] == "grid", ["code", "parent_code"]]
    for village, codes in grids.groupby("parent_code")["code"]:
        urban = str(village)[9] == "0"
        typical = (780 if urban else 420) * rng.lognormal(0, 0.45)
        share = np.clip((0.17 if urban else 0.31) * rng.lognormal(0, 0.22), 0.08, 0.55)
        for code in codes:
            people = max(12, round(typical * rng.lognormal(0, 0.45)))
            population[code] = people
            elderly[code] = rng.binomial(people, np.clip(share * rng.lognormal(0, 0.12), 0, 0.6))
    for level in reversed(LEVELS[1:]):
        part = frame[frame["level"] == level]
        for parent, codes in part.groupby("parent_code")["code"]:
            population[parent] = population[codes].sum()
            elderly[parent] = elderly[codes].sum()
    return frame.assign(population=population.to_numpy(), elderly=elderly.to_numpy())
