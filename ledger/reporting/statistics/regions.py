"""The areas of one level for which cases of a period are counted, also where they were changed.

Areas carry the days from which and to which they are valid, so a period may see two sets of them.

- ``then``: the areas valid in the period. Where some were replaced inside it, the larger unit is
  counted, since every case lies in it for certain: a merged area (its parts are counted into it),
  or an area that was split (its parts are joined to it, under its old code and name).
- ``today``: the areas of today. Cases registered under an area that has since been split and that
  carry no position of their own are shared out by population (`Regions.shares`).

Codes of other days (``shares``) are mapped by how much of their shape lies in which area.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Row, or_, select

from geo.levels import LEVELS
from ledger.domain.access import under
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.records.places import areas
from ledger.storage import Store
from ledger.storage.tables import areas as table

Basis = Literal["then", "today"]
BASES: tuple[Basis, ...] = get_args(Basis)
COLUMNS = ("code", "name", "path", "population", "elderly", "geometry")
_PEOPLE = ("population", "elderly")
# A sliver along a redrawn border is no part of an area.
_SLIVER = 0.1

Shares = tuple[tuple[str, float], ...]
Parts = list[tuple[str, float]]
_Version = Row[tuple[object, ...]]


@dataclass(frozen=True, eq=False)
class Regions:
    """The areas counted, and where cases of other codes belong.

    ``frame`` has one row per area, by code: ``code, name, path, population, elderly, geometry``
    (nullable integers; WGS84). ``shares`` gives for every code that is none of them, but lay under
    the same path at some time, the areas it is counted in and the share of each (summing to 1).
    ``changes`` says in Chinese what was changed inside the period; ``current`` whether these are
    exactly the areas of today.
    """

    level: str
    frame: gpd.GeoDataFrame
    shares: Mapping[str, Shares]
    changes: tuple[str, ...]
    current: bool = True

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order of ``frame``."""
        return tuple(self.frame["code"])

    @cached_property
    def known(self) -> frozenset[str]:
        """The codes, to look things up in."""
        return frozenset(self.frame["code"])

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of them all, in degrees (WGS84)."""
        west, south, east, north = (float(side) for side in self.frame.total_bounds)
        return west, south, east, north


def read_regions(
    store: Store, level: str, path: str, period: Period, basis: Basis = "then"
) -> Regions:
    """The areas of ``level`` at or under ``path``; kept until areas are loaded again.

    Raises `Invalid` for an unknown level.
    """
    if level not in LEVELS:
        raise Invalid(f"层级“{level}”无法识别，只能是：{'、'.join(LEVELS)}")
    with store.reading() as connection:
        revision = areas.revision(connection)
    return _read(store, revision, clock.today(), level, path, period, basis)


@lru_cache(maxsize=64)
def _read(
    store: Store, _revision: int, today: date, level: str, path: str, period: Period, basis: Basis
) -> Regions:
    with store.reading() as connection:
        query = (
            select(*(table.c[key] for key in (*COLUMNS, "valid_from", "valid_to")))
            .where(table.c.level == level, under(table.c.path, path))
            .where(or_(table.c.valid_from.is_(None), table.c.valid_from <= today))
            .order_by(table.c.code, table.c.valid_from)
        )
        versions = list(connection.execute(query))
    # A period may last longer than today; records are placed in the areas of today.
    day = today if basis == "today" else min(period.end, today)
    base = [version for version in versions if _is_valid(version, day)]
    changes: tuple[str, ...] = ()
    if not base and versions:
        base = _earliest(versions)
        changes = ("当时的区域没有记录，按最早载入的区域统计",)
    frame = drawn = _frame(base)
    known_parts: dict[tuple[object, object], Parts] = {}
    if basis == "then" and not changes:
        counted = {_key(one) for one in base}
        ended = [one for one in versions if _overlaps(one, period) and _key(one) not in counted]
        before = {one.code for one in versions if _is_valid(one, period.start)}
        parts = _parts_of(frame, ended, known_parts)
        frame, changes = _joined(frame, ended, parts, set(frame["code"]) - before)
    known = set(frame["code"])
    others = [version for version in _newest(versions) if version.code not in known]
    if frame is not drawn:
        known_parts = {}
    shares = _shares(frame, others, _parts_of(frame, others, known_parts))
    in_force = {_key(one) for one in versions if _is_valid(one, today)}
    current = len(frame) == len(base) and in_force == {_key(one) for one in base}
    return Regions(level, frame, shares, changes, current)


def _key(version: _Version) -> tuple[object, object]:
    """What tells the versions of areas apart."""
    return version.code, version.valid_from


def _earliest(versions: Sequence[_Version]) -> list[_Version]:
    """The areas of the first day on which there were any: for a period before all of them."""
    first = min((one.valid_from for one in versions if one.valid_from), default=None)
    return [one for one in versions if _is_valid(one, first)] if first else list(versions)


def _is_valid(version: _Version, day: object) -> bool:
    since, until = version.valid_from, version.valid_to
    return (since is None or since <= day) and (until is None or until > day)


def _overlaps(version: _Version, period: Period) -> bool:
    since, until = version.valid_from, version.valid_to
    return (since is None or since <= period.end) and (until is None or until > period.start)


def _newest(versions: Iterable[_Version]) -> list[_Version]:
    """The last version of each code."""
    return list({version.code: version for version in versions}.values())


def _frame(versions: Iterable[_Version]) -> gpd.GeoDataFrame:
    rows = [{key: getattr(version, key) for key in COLUMNS} for version in _newest(versions)]
    table_of = pd.DataFrame(rows, columns=list(COLUMNS))
    shapes = shapely.from_wkb(table_of.pop("geometry").to_numpy(dtype=object))
    table_of[list(_PEOPLE)] = table_of[list(_PEOPLE)].astype("Int64")
    return gpd.GeoDataFrame(table_of, geometry=shapes, crs="EPSG:4326")


def _joined(
    frame: gpd.GeoDataFrame, ended: list[_Version], parts_of: list[Parts], begun: set[str]
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Areas that were split inside the period, put together again under their old name.

    ``ended`` are the versions that were valid earlier in the period, ``begun`` the codes that
    came into being inside it.
    """
    names = dict(zip(frame["code"], frame["name"], strict=True))
    owner: dict[str, _Version] = {}
    changes = []
    for old, found in zip(ended, parts_of, strict=True):
        kept = old.code in names
        parts = [code for code, _ in found]
        if kept:  # a border that moved between two old areas joins nothing
            parts = [code for code in parts if code == old.code or code in begun]
        said = "、".join(names[code] for code in parts)
        if len(parts) > 1:
            # A part of two old areas at once puts them all into one unit.
            first = next((owner[code] for code in parts if code in owner), old)
            owner |= dict.fromkeys(parts, first)
            changes.append(f"“{old.name}”在期内拆分为“{said}”，按拆分前的“{first.name}”统计")
        elif parts and not kept:
            changes.append(f"“{old.name}”在期内并入“{said}”，按“{said}”统计")
    return (_dissolved(frame, owner) if owner else frame), tuple(changes)


def _dissolved(frame: gpd.GeoDataFrame, owner: Mapping[str, _Version]) -> gpd.GeoDataFrame:
    """The frame with the areas of one owner as one row that bears the owner's code and name."""
    units = {version.code: version for version in owner.values()}
    codes = [owner[code].code if code in owner else code for code in frame["code"]]
    unit_of = pd.Series(codes, index=frame.index, dtype=object)
    several = unit_of.isin(units)
    rows = []
    for code, group in frame[several].groupby(unit_of[several]):
        row = {key: getattr(units[code], key) for key in ("code", "name", "path")}
        row["geometry"] = shapely.union_all(group.geometry.to_numpy())
        for key in _PEOPLE:
            row[key] = group[key].sum() if group[key].notna().all() else pd.NA
        rows.append(row)
    joined = pd.concat([frame[~several], pd.DataFrame(rows, columns=list(COLUMNS))])
    joined[list(_PEOPLE)] = joined[list(_PEOPLE)].astype("Int64")
    joined = joined.sort_values("code", ignore_index=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs="EPSG:4326")


def _parts_of(
    frame: gpd.GeoDataFrame,
    versions: Sequence[_Version],
    known: dict[tuple[object, object], Parts],
) -> list[Parts]:
    """As `_overlaps_of`; what is ``known`` of this frame is not worked out again."""
    missing = [one for one in versions if _key(one) not in known]
    known.update(zip(map(_key, missing), _overlaps_of(frame, missing), strict=True))
    return [known[_key(one)] for one in versions]


def _overlaps_of(frame: gpd.GeoDataFrame, others: Sequence[_Version]) -> list[Parts]:
    """For each version the areas that hold a real part of it, and which part of them it covers.

    Only shapes whose boxes meet are held against each other: a city has thousands of both.
    """
    if not others:
        return []
    own = frame.geometry.to_numpy()
    shapes = shapely.from_wkb([one.geometry for one in others])
    at, row = shapely.STRtree(own).query(shapes)
    common = shapely.area(shapely.intersection(own[row], shapes[at]))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.nan_to_num(common / shapely.area(own[row]))
    real = (common > _SLIVER * shapely.area(shapes)[at]) | (part > _SLIVER)
    real &= common > 0
    found: list[Parts] = [[] for _ in others]
    codes = frame["code"].to_numpy()
    for one in np.lexsort((row, at)):
        if real[one]:
            found[at[one]].append((str(codes[row[one]]), float(part[one])))
    return found


def _shares(
    frame: gpd.GeoDataFrame, others: Sequence[_Version], parts_of: list[Parts]
) -> dict[str, Shares]:
    """Where the cases of other days' areas belong, in proportion to the people living there."""
    people = dict(zip(frame["code"], frame["population"].fillna(0), strict=True))
    shares: dict[str, Shares] = {}
    for other, found in zip(others, parts_of, strict=True):
        weights = [(code, float(people[code]) * part) for code, part in found]
        if not sum(weight for _, weight in weights):
            weights = found
        total = sum(weight for _, weight in weights)
        shares[other.code] = tuple((code, weight / total) for code, weight in weights)
    return shares
