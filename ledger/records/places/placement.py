"""Which area a record belongs to: by its position or, without one, the area chosen by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.atlas import Atlas


@dataclass(frozen=True)
class Site:
    """The position of a record in degrees (WGS84), and the code of the area chosen by hand."""

    lon: float | None
    lat: float | None
    chosen: str | None


@dataclass(frozen=True)
class Place:
    """The area of a site, or why it has none.

    ``placement`` is ``position``, ``hand``, ``outside`` (a position outside every area) or
    ``none``. A record with an outside position keeps the area chosen by hand, so that it stays in
    somebody's scope. ``distance_m`` is in metres.
    """

    area_code: str | None
    area_path: str | None
    placement: str
    nearest_code: str | None = None
    distance_m: float | None = None


def place(atlas: Atlas, sites: Sequence[Site]) -> list[Place]:
    """Find the deepest area of every site, in one go.

    Rules, in order: position inside an area → that area; position outside all → ``outside``
    with the nearest area and its distance; no position → the area named by hand, if it exists;
    otherwise ``none``. Half a position counts as none.
    """
    placed: list[Place] = [_by_hand(atlas, site.chosen, "hand") for site in sites]
    positioned = [i for i, s in enumerate(sites) if s.lon is not None and s.lat is not None]
    if not positioned or not len(atlas):
        return placed
    located = atlas.locate(
        np.array([sites[i].lon for i in positioned], dtype=float),
        np.array([sites[i].lat for i in positioned], dtype=float),
    )
    for i, code, nearest, metres in zip(
        positioned,
        located["code"].tolist(),
        located["nearest_code"].tolist(),
        located["distance_m"].tolist(),
        strict=True,
    ):
        if not pd.isna(code):
            placed[i] = Place(code, atlas[code].path, "position")
        else:
            named = _by_hand(atlas, sites[i].chosen, "outside")
            placed[i] = Place(
                named.area_code,
                named.area_path,
                "outside",
                None if pd.isna(nearest) else nearest,
                None if pd.isna(metres) else float(metres),
            )
    return placed


def _by_hand(atlas: Atlas, chosen: str | None, placement: str) -> Place:
    if chosen is not None and chosen in atlas:
        return Place(chosen, atlas[chosen].path, placement)
    return Place(None, None, "none")
