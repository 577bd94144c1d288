"""A small office for tests of pages: people of every role, and institutions of every tier."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.people import accounts, passwords, sessions
from ledger.people.users import as_actor, find_user
from ledger.records import service as records
from ledger.storage import Store, migrate, open_store
from ledger.storage.tables import LEDGER_TABLES
from tests.ledger.conftest import (
    COUNTY,
    EAST,
    EAST_NORTH,
    EAST_SOUTH,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    draw_county,
)

PASSWORD = "ceshi-2026-mima"
# Role → user name and area. Leader and auditor look at the county, the office at its west.
PEOPLE: Mapping[Role, tuple[str, str]] = {
    Role.GRID_WORKER: ("wangge", WEST_GRID),
    Role.VILLAGE_STAFF: ("cun", WEST_VILLAGE),
    Role.OFFICE_STAFF: ("jingban", WEST),
    Role.LEADER: ("lingdao", COUNTY),
    Role.AUDITOR: ("shenji", COUNTY),
    Role.ADMIN: ("guanli", "*"),
}
# Everything known and nothing found: tier one.
BLAMELESS: Mapping[str, Any] = {
    "prepaid_use": "none",
    "prepaid_months": 0,
    "max_deposit": 0,
    "monthly_bed_fee": 2000,
    **dict.fromkeys(["prepaid_service_fee", "prepaid_deposit", "prepaid_membership"], 0),
    "filing": "licensed",
    **dict.fromkeys(["assets_cover_debts", "stable_operation"], True),
    **dict.fromkeys(
        [
            "promised_returns",
            "rapid_expansion",
            "frequent_changes",
            "prosecuted",
            "complained",
            "blacklisted",
            "suspected_crime",
            "public_attention",
        ],
        False,
    ),
}
HOSTILE = (
    "<script>window.hacked=1</script>"
    "<img src=x onerror=window.hacked=2>{{7*7}}[点我](javascript:window.hacked=3) :red[x] **x**"
)


@dataclass
class Office:
    """A database with people and institutions; ``ids`` are record ids by name."""

    store: Store
    url: str
    ids: dict[str, int] = field(default_factory=dict)

    def actor(self, role: Role) -> Actor:
        """The person of that role."""
        return as_actor(find_user(self.store, PEOPLE[role][0]))

    def token(self, role: Role) -> str:
        """A fresh session of that person."""
        return sessions.open_session(self.store, find_user(self.store, PEOPLE[role][0]))

    def add(self, name: str, **values: Any) -> int:
        """An institution, by default on the west's first grid."""
        given = {"lon": 127.02, "lat": 29.05, **values, "name": name}
        given = {key: value for key, value in given.items() if value is not None}
        self.ids[name] = records.create(self.store, SYSTEM, "institutions", given)
        return self.ids[name]

    def get(self, name: str) -> dict[str, Any]:
        """An institution as it stands in the database."""
        return records.get(self.store, SYSTEM, "institutions", self.ids[name])

    def copy_to(self, path: Path) -> Office:
        """The same office in a file of its own; this one must be closed."""
        shutil.copyfile(str(self.store.engine.url.database), path)
        url = f"sqlite:///{path.as_posix()}"
        return Office(open_store(url), url, dict(self.ids))

    def close(self) -> None:
        self.store.dispose()


def build_office(url: str, *, roles: Iterable[Role] = tuple(Role)) -> Office:
    """An empty office: areas and one person a role."""
    store = open_store(url)
    migrate(store)
    draw_county(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hashed", lambda text: _hashed_once(passwords._hasher, text))
        for role in roles:
            name, scope = PEOPLE[role]
            accounts.add_user(store, SYSTEM, name, role, scope, PASSWORD)
    return Office(store, url)


@cache
def _hashed_once(hasher: PasswordHasher, password: str) -> str:
    """A hash takes a quarter of a second by design: the same one does for everybody."""
    return hasher.hash(password)


def _plant(office: Office, name: str, text: str) -> None:
    """Put a text into a record past the services, which would refuse it."""
    table = LEDGER_TABLES["institutions"]
    with office.store.writing() as connection:
        connection.execute(
            update(table).where(table.c.id == office.ids[name]).values(name=text, remarks=text)
        )
    office.ids[text] = office.ids.pop(name)


def fill_office(office: Office) -> Office:
    """Institutions of every tier, without a place, outside, in the bin, and one of ill will."""
    office.add("松鹤养老院", kind="养老院", beds=120, **BLAMELESS)
    office.add("晚晴养老公寓", beds=80, **{**BLAMELESS, "rapid_expansion": True}, lon=127.07)
    office.add("福寿康养中心", beds=60, **{**BLAMELESS, "complained": True})
    office.add("金色年华养生馆", **{**BLAMELESS, "suspected_crime": True, "filing": "none"})
    office.add("康宁护理站", beds=15)
    office.add("东村敬老院", beds=30, lon=127.15, lat=29.02, **BLAMELESS)
    office.add("无坐标托老所", lon=None, lat=None, area_code=WEST_VILLAGE)
    office.add("界外疗养所", lon=127.5, lat=29.5, area_code=EAST_SOUTH)
    office.add("恶意", address="长" * 200, operator="\u202e反写的名字", beds=5)
    _plant(office, "恶意", HOSTILE)
    gone = office.add("已停办的院")
    records.delete(office.store, SYSTEM, "institutions", {gone: 1}, reason="已停办")
    return office


__all__ = [
    "COUNTY",
    "EAST",
    "EAST_NORTH",
    "EAST_SOUTH",
    "HOSTILE",
    "PASSWORD",
    "PEOPLE",
    "WEST",
    "WEST_GRID",
    "WEST_VILLAGE",
    "Office",
    "build_office",
    "fill_office",
]
