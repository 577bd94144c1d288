"""Load the sample of `data.sample` the way real data comes in: through the same services.

Every step passes over what is there already, so a load that was cut off is completed by the
next one, and a second load changes nothing.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Table, func, insert, select

from data.sample.files import write_files
from data.sample.generate import Sample, generate
from geo.levels import LEVELS
from geo.validation import Fields
from ledger.demo import campaign
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, StorageError
from ledger.domain.timing import clock
from ledger.exchange.importing.imports import import_file
from ledger.people.accounts import DEMO_PASSWORD, add_user
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import load_areas
from ledger.records.history import audit
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.own_tables import backdrop, users
from ledger.storage.purpose import NOT_A_DEMO, require_demo
from ledger.storage.tables import areas, institutions, petitions

OPTION = "demo"
SEED = 20260520
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


def load_demo(store: Store, *, scale: float = 1.0) -> Demo:
    """Load the sample's areas, backdrop and institutions, play the campaign over them, and add
    one account per role.

    Areas and institutions are loaded as if it were the campaign's first day. ``scale`` as in
    `campaign.play`: the demo plays the whole, quick tests play less.

    Raises
    ------
    Invalid
        If the database was made for real use, or holds data of it: the sample must not mix with it.
    """
    require_demo(store)
    with store.reading() as connection:
        done = bool(options.read(connection, OPTION, False))
        begun = options.read(connection, OPTION) is not None
    if done:
        return _counted(store, loaded=False)
    with clock.pretend(clock.now() - timedelta(days=campaign.DAYS)):
        if not begun:
            _begin(store)
        sample = generate()
        with tempfile.TemporaryDirectory() as folder:
            write_files(sample, Path(folder))
            _load_areas(store, Path(folder))
            if not _holds(store, institutions):
                _load_institutions(store, Path(folder))
    _load_backdrop(store, sample)
    if not _holds(store, petitions):  # played as one transaction: whole or not at all
        campaign.play(store, seed=SEED, scale=scale)
    _add_accounts(store)
    with store.writing() as connection:
        options.write(connection, OPTION, True)
    return _counted(store, loaded=True)


@tried_again
def _begin(store: Store) -> None:
    """Mark an empty database as one of the demo; nothing of real use may be in it."""
    found = _counted(store, loaded=False)
    if found.areas or found.institutions or found.users:
        raise Invalid(NOT_A_DEMO)
    with store.writing() as connection:
        options.write(connection, OPTION, False)
        after = {"demo": True}
        audit.append(connection, SYSTEM, [audit.Change("option", number=OPTION, after=after)])


def _load_areas(store: Store, folder: Path) -> None:
    for level in LEVELS:
        file = AreaFile(folder / f"areas_{level}.geojson", level, _FIELDS, "wgs84")
        report = load_areas(store, SYSTEM, [file])
        if report.refused:
            raise StorageError(f"演示数据的区域没有通过检查：{report.errors[0].message}")


def _load_institutions(store: Store, folder: Path) -> None:
    report = import_file(store, SYSTEM, "institutions", folder / "institutions.xlsx")
    if not report.written:
        raise StorageError(f"演示数据的机构没有通过检查：{report.problems[0]}")


@tried_again
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
    """The area of each level with the most places of tier three and four, one inside the other:
    whoever tries the demo should meet what the campaign is about. Ties: the most institutions."""
    with store.reading() as connection:
        places = connection.execute(
            select(institutions.c.area_path, institutions.c.tier).where(
                institutions.c.area_path.is_not(None), institutions.c.deleted.is_(False)
            )
        ).all()
    scopes, above = {"*": "*"}, "/"
    for level in LEVELS:
        counts: dict[str, tuple[int, int]] = {}
        for path, tier in places:
            below = path.removeprefix(above)
            if path.startswith(above) and below:
                step = below.split("/", 1)[0]
                serious, every = counts.get(step, (0, 0))
                counts[step] = (serious + (tier in ("3", "4")), every + 1)
        scopes[level] = max(sorted(counts), key=counts.__getitem__)
        above = f"{above}{scopes[level]}/"
    return scopes


def _holds(store: Store, table: Table) -> bool:
    with store.reading() as connection:
        return connection.execute(select(table.c.id).limit(1)).first() is not None


def _counted(store: Store, *, loaded: bool) -> Demo:
    with store.reading() as connection:
        numbers = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (areas, institutions, users)
        ]
    return Demo(loaded, *numbers)
