"""Where institutions stand: by where old people live, in clusters, and in two bad townships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from data.sample.names import TOWNSHIPS
from data.sample.noise import Floats

# Two townships where things went wrong: tiers three and four gather there.
BAD_TOWNSHIPS = ("丁澜街道", "乙岚镇")
_SHARE_IN_BAD = {4: 0.88, 3: 0.74, 2: 0.40}
WITHOUT_POSITION = 9
CLUSTER_SIZES = (7, 5)  # around one spot in each of the two bad townships
_CLUSTER_SPREAD = 0.0009  # degrees, some 90 m


@dataclass(frozen=True)
class Site:
    """A place: WGS84 position, or the code of a village chosen by hand."""

    lon: float | None
    lat: float | None
    area_code: str | None
    address: str
    remarks: str | None = None


def choose_sites(
    rng: np.random.Generator,
    areas: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    tiers: Sequence[int | None],
) -> list[Site]:
    """One site for each tier (None: undetermined), never in water.

    The last but one undetermined sites have no position; two sites share one building; one
    position lies at sea, outside the county.
    """
    grids = areas[areas["level"] == "grid"].reset_index(drop=True)
    names = dict(zip(areas["code"], areas["name"], strict=True))
    bad_codes = [c for c, n in names.items() if n in BAD_TOWNSHIPS and n in TOWNSHIPS]
    in_bad = grids["code"].str[:9].isin(bad_codes).to_numpy()
    wet = shapely.union_all(water.loc[water["kind"].isin(["river", "lake"]), "geometry"])
    shapely.prepare(wet)
    weight = grids["elderly"].to_numpy(dtype=float) ** 0.8
    chosen = [_choose_grid(rng, weight, in_bad, tier) for tier in tiers]
    points = [_point_within(rng, grids.geometry.iloc[g], wet) for g in chosen]
    _gather(rng, points, chosen, grids, bad_codes, wet, tiers)
    sites = [
        Site(float(x), float(y), None, _address(rng, names, grids["code"].iloc[g]))
        for g, (x, y) in zip(chosen, points, strict=True)
    ]
    return _with_exceptions(rng, sites, grids, chosen, tiers, areas)


def _choose_grid(
    rng: np.random.Generator, weight: Floats, in_bad: np.ndarray, tier: int | None
) -> int:
    share = _SHARE_IN_BAD.get(tier or 0, 0.24)
    here = weight * (in_bad if rng.random() < share else ~in_bad)
    return int(rng.choice(len(weight), p=here / here.sum()))


def _point_within(
    rng: np.random.Generator, polygon: shapely.Polygon, wet: shapely.Geometry
) -> Floats:
    """A random dry point a little inside the polygon; degrees, six decimals."""
    inner = polygon.buffer(-0.0003)
    if inner.is_empty:
        inner = polygon
    west, south, east, north = inner.bounds
    for _ in range(400):
        point = np.round(rng.uniform((west, south), (east, north)), 6)
        if shapely.contains_xy(inner, *point) and not shapely.intersects_xy(wet, *point):
            return point
    return np.round(shapely.get_coordinates(polygon.representative_point())[0], 6)


def _gather(
    rng: np.random.Generator,
    points: list[Floats],
    chosen: list[int],
    grids: gpd.GeoDataFrame,
    bad_codes: list[str],
    wet: shapely.Geometry,
    tiers: Sequence[int | None],
) -> None:
    """Move sites of each bad township to one spot, as elder-care streets have them."""
    shapes = grids.geometry.to_numpy()
    for code, size in zip(bad_codes, CLUSTER_SIZES, strict=True):
        here = [i for i, g in enumerate(chosen) if grids["code"].iloc[g].startswith(code)]
        here.sort(key=lambda i: -(tiers[i] or 0))
        # Every other one, so that a cluster shows more than one colour.
        members = here[: 2 * size : 2]
        spot = points[members[0]]
        for i in members[1:]:
            for _ in range(100):
                point = np.round(spot + rng.normal(0, _CLUSTER_SPREAD, 2), 6)
                inside = np.flatnonzero(shapely.contains_xy(shapes, *point))
                if len(inside) and not shapely.intersects_xy(wet, *point):
                    points[i], chosen[i] = point, int(inside[0])
                    break
        points[members[-1]], chosen[members[-1]] = spot, chosen[members[0]]


def _address(rng: np.random.Generator, names: dict[str, str], grid: str) -> str:
    return f"{names[grid[:9]]}{names[grid[:12]]}示例路{rng.integers(1, 300)}号"


def _with_exceptions(
    rng: np.random.Generator,
    sites: list[Site],
    grids: gpd.GeoDataFrame,
    chosen: list[int],
    tiers: Sequence[int | None],
    areas: gpd.GeoDataFrame,
) -> list[Site]:
    """Take some positions away, and put one outside the county."""
    calm = [i for i, tier in enumerate(tiers) if tier in (None, 1, 2)]
    picked = [int(i) for i in rng.choice(calm, WITHOUT_POSITION + 1, replace=False)]
    for i in picked[:-1]:
        village = str(grids["code"].iloc[chosen[i]])[:12]
        sites[i] = Site(None, None, village, sites[i].address, "未采集坐标，按村(社区)登记")
    stray = picked[-1]
    _, south, east, _ = areas.geometry.iloc[0].bounds
    sites[stray] = Site(
        round(east - 0.02, 6),
        round(south - 0.03, 6),
        None,
        sites[stray].address,
        "坐标落在县域之外，待核实",
    )
    return sites
