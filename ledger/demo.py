"""Load the sample of `data.sample` the way real data comes in: through the same services.

Every step passes over what is there already, so a load that was cut off is completed by the
next one, and a second load changes nothing.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import func, insert, select

from data.sample.files import write_files
from data.sample.generate import Sample, generate
from geo.codes import LEVELS
from geo.validation import Fields
from ledger import audit, options
from ledger.access import SYSTEM, Role
from ledger.accounts import DEMO_PASSWORD, add_user
from ledger.area_loading import AreaFile, load_areas
from ledger.errors import Invalid, StorageError
from ledger.imports import import_file
from ledger.storage import Store
from ledger.storage.tables import areas, backdrop, institutions, users

OPTION = "demo"
_FIELDS = Fields("code", "name", "parent_code", "population", "elderly")
# Name, role, display name, level of the area they look after.
_ACCOUNTS = (
    ("wangge", Role.GRID_WORKER, "网格员(演示)", "grid"),
    ("cunzhuan", Role.VILLAGE_STAFF, "村专干(演示)", "village"),
    ("jingban", Role.OFFICE_STAFF, "镇经办(演示)", "township"),
    ("lingdao", Role.LEADER, "镇领导(演示)", "township"),
    ("xianling", Role.LEADER, "县领导(演示)", "county"),
    ("shenji", Role.AUDITOR, "审计员(演示)", "county"),
    ("guanli", Role.ADMIN, "管理员(演示)", "*"),
)


@dataclass(frozen=True)
class Demo:
    """What the database holds, and whether this call loaded the sample into it."""

    loaded: bool
    areas: int
    institutions: int
    users: int


def load_demo(store: Store) -> Demo:
    """Load the sample's areas, backdrop, institutions and one account per role.

    Raises
    ------
    Invalid
        If the database holds data of real use: the sample must not mix with it.
    """
    with store.reading() as connection:
        done = bool(options.read(connection, OPTION, False))
        begun = options.read(connection, OPTION) is not None
    if done:
        return _counted(store, loaded=False)
    if not begun:
        _begin(store)
    sample = generate()
    with tempfile.TemporaryDirectory() as folder:
        write_files(sample, Path(folder))
        _load_areas(store, Path(folder))
        _load_institutions(store, Path(folder))
    _load_backdrop(store, sample)
    _add_accounts(store)
    with store.writing() as connection:
        options.write(connection, OPTION, True)
    return _counted(store, loaded=True)


def _begin(store: Store) -> None:
    """Mark an empty database as one of the demo; nothing of real use may be in it."""
    found = _counted(store, loaded=False)
    if found.areas or found.institutions or found.users:
        raise Invalid(
            "数据库里已有正式数据,不能再载入演示数据。请用 LEDGER_DATABASE_URL 指定一个新的数据库"
        )
    with store.writing() as connection:
        options.write(connection, OPTION, False)
        after = {"demo": True}
        audit.append(connection, SYSTEM, [audit.Change("option", number=OPTION, after=after)])


def _load_areas(store: Store, folder: Path) -> None:
    for level in LEVELS:
        file = AreaFile(folder / f"areas_{level}.geojson", level, _FIELDS, "wgs84")
        report = load_areas(store, SYSTEM, file)
        if report.refused:
            raise StorageError(f"演示数据的区域没有通过检查:{report.errors[0].message}")


def _load_institutions(store: Store, folder: Path) -> None:
    report = import_file(store, SYSTEM, "institutions", folder / "institutions.xlsx")
    if not report.written:
        raise StorageError(f"演示数据的机构没有通过检查:{report.problems[0]}")


def _load_backdrop(store: Store, sample: Sample) -> None:
    rows = _lines(sample.water, "water") + _lines(sample.roads, "road")
    with store.writing() as connection:
        if not connection.execute(select(func.count()).select_from(backdrop)).scalar_one():
            connection.execute(insert(backdrop), rows)


def _lines(frame: gpd.GeoDataFrame, kind: str) -> list[dict[str, object]]:
    shapes = shapely.to_wkb(frame.geometry.to_numpy())
    return [
        {
            "kind": kind,
            "name": None if pd.isna(name) else name,
            "class_": class_,
            "geometry": shape,
        }
        for name, class_, shape in zip(frame["name"], frame["kind"], shapes, strict=True)
    ]


def _add_accounts(store: Store) -> None:
    with store.reading() as connection:
        present = set(connection.execute(select(users.c.name)).scalars())
    scopes = _scopes(store)
    for name, role, display_name, level in _ACCOUNTS:
        if name not in present:
            add_user(
                store,
                SYSTEM,
                name,
                role,
                scopes[level],
                DEMO_PASSWORD,
                display_name=display_name,
                demo=True,
            )


def _scopes(store: Store) -> dict[str, str]:
    """The area of each level with the most institutions, one inside the other."""
    with store.reading() as connection:
        paths = connection.execute(
            select(institutions.c.area_path, func.count())
            .where(institutions.c.area_path.is_not(None))
            .group_by(institutions.c.area_path)
        ).all()
    scopes, above = {"*": "*"}, "/"
    for level in LEVELS:
        counts: dict[str, int] = {}
        for path, count in paths:
            below = path.removeprefix(above)
            if path.startswith(above) and below:
                step = below.split("/", 1)[0]
                counts[step] = counts.get(step, 0) + count
        scopes[level] = max(sorted(counts), key=counts.__getitem__)
        above = f"{above}{scopes[level]}/"
    return scopes


def _counted(store: Store, *, loaded: bool) -> Demo:
    with store.reading() as connection:
        numbers = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (areas, institutions, users)
        ]
    return Demo(loaded, *numbers)
