"""Three databases that differ only in what lies outside: the ground of the access walk.

``ours`` holds one record of every kind in the western grid. ``theirs`` holds the same and, beside
it, records of the other township, of the county itself and of no area. ``near`` has in addition
records of the grid next door and of the village and township above. Whoever sees the west has to
meet the same answers in ``ours`` and ``theirs``: whatever differs tells of what is not theirs.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event

from ledger.casework import contradictions, settling
from ledger.domain.access import ROOT_PATH, SYSTEM, Actor, Role
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.ledgers import LEDGERS as LEDGER_OF
from ledger.domain.timing import clock
from ledger.exchange.reading import own_words, remembered
from ledger.exchange.reading.mapping import FileMapping
from ledger.people import accounts, admin_reset, sessions
from ledger.people.saved_views import save_view
from ledger.people.users import as_actor, find_user
from ledger.records import attachments
from ledger.records import service as records
from ledger.records.history import audit, drafts
from ledger.records.places.areas import current_atlas
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.model import Content, Section, Text
from ledger.reporting.forms.kept_forms import fill_kept, keep_form
from ledger.reporting.forms.sent_forms import mark_sent
from ledger.storage import Store, migrate, open_store
from ledger.storage.tables import LEDGER_TABLES
from tests.invented import invented
from tests.ledger.conftest import (
    COUNTY,
    EAST,
    EAST_GRID,
    EAST_SOUTH,
    TREE,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    draw_county,
    path_of,
)
from tests.people import PASSWORD

NOW = datetime(2026, 5, 20, 10, 0, tzinfo=clock.OFFICE)
UNTIL = date(2026, 5, 19)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
# Stands in every text that lies outside, and in nothing else.
SECRET = "绝密"
ABSENT_CODE = "990109999999"
# Names of one press of 保存 and of one import, used by two people.
TOKEN, BATCH = "press-1", "batch-1"
# Rules of contradictions that find every institution planted; the second finding is settled.
TOLD, KEPT = "residents_over_beds", "licensed_without_code"
LEDGERS = tuple(key for key, one in LEDGER_OF.items() if one.geometry != "polygon")
# Everybody who walks, with the area that is theirs. The whole tree's people walk inside only.
PEOPLE: dict[str, tuple[Role, str]] = {
    "wangge": (Role.GRID_WORKER, WEST_GRID),
    "cun": (Role.VILLAGE_STAFF, WEST_VILLAGE),
    "jingban": (Role.OFFICE_STAFF, WEST),
    "lingdao": (Role.LEADER, WEST),
    "shenji": (Role.AUDITOR, WEST),
    "guanli": (Role.ADMIN, WEST),
}
# Somebody who was signed in once.
REVOKED = "tuichu"
WHOLE = {"xianling": (Role.LEADER, COUNTY), "quanju": (Role.ADMIN, "*")}


@dataclass
class Planted:
    """What was put into one area: ids of its records by ledger, and of all else by name.

    ``where`` says in a word how the area lies to those who walk.
    """

    code: str | None
    where: str = ""
    ids: dict[str, Any] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def path(self) -> str | None:
        if self.code is None:
            return None
        known = self.code in {row[0] for row in TREE}
        return path_of(self.code) if known else f"/{self.code}/"


@dataclass
class World:
    """One database in a file; `restore` brings it back to how it was built."""

    store: Store
    file: Path
    pristine: Path

    def __post_init__(self) -> None:
        self._keys = self.file.with_suffix(".key").read_bytes()
        self._watch = sqlite3.connect(self.file, check_same_thread=False)
        self._from = sqlite3.connect(self.pristine, check_same_thread=False)
        self._to = sqlite3.connect(self.file, check_same_thread=False)
        self._to.execute("PRAGMA synchronous=OFF")
        self._untouched: dict[str, list[Any]] = {}

    @property
    def stamp(self) -> int:
        """Another number after every committed change of anything."""
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def restore(self) -> None:
        """Undo whatever a call wrote, to the database or its keys."""
        key = self.file.with_suffix(".key")
        if key.read_bytes() != self._keys:
            key.write_bytes(self._keys)
        self._from.backup(self._to)
        # In the file itself: its log would tell of a past that the file does not know.
        self._to.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def untouched(self, actor: Actor) -> list[Any]:
        """What `outside` says of the world as it was built; asked once for an area."""
        if actor.scope_path not in self._untouched:
            self._untouched[actor.scope_path] = self.outside(actor)
        return self._untouched[actor.scope_path]

    def outside(self, actor: Actor) -> list[Any]:
        """What lies outside somebody's area, by its versions: nothing they do may change it."""
        if actor.scope_path == ROOT_PATH:
            return []
        places = [(LEDGER_TABLES[key].name, "area_path", "version") for key in LEDGERS]
        lies = "(SELECT path FROM areas WHERE areas.code = users.scope_code)"
        places += [("users", lies, "password_hash || disabled || role")]
        places += [("bulletins", "scope_path", "version || state")]
        return [
            self._watch.execute(
                f"SELECT id, {told} FROM {table} WHERE {path} IS NULL "
                f"OR substr({path}, 1, ?) <> ? ORDER BY id",
                (len(actor.scope_path), actor.scope_path),
            ).fetchall()
            for table, path, told in places
        ]

    def close(self) -> None:
        for connection in (self._watch, self._from, self._to):
            connection.close()
        self.store.dispose()


@dataclass
class Worlds:
    """The three databases, what lies where, and who walks."""

    ours: World
    theirs: World
    near: World
    inside: Planted
    outside: dict[str, Planted]
    actors: dict[str, Actor]
    tokens: dict[str, str]

    def beyond(self, name: str) -> tuple[World, list[Planted]]:
        """For one person: the world with all that is not theirs, and what lies there."""
        far = [self.outside[key] for key in ("sibling", "above", "unplaced")]
        if self.actors[name].role is Role.GRID_WORKER:
            return self.near, [self.outside[key] for key in ("next door", "village")]
        return self.theirs, far


def build(folder: Path) -> Worlds:
    """Make the three databases in a folder."""
    first = folder / "ours.db"
    store = _opened(first)
    migrate(store)
    draw_county(store)
    people = {}
    for name, (role, code) in (PEOPLE | WHOLE).items():
        user = accounts.add_user(store, SYSTEM, name, role, code, PASSWORD)
        people[name] = as_actor(user)
    accounts.add_user(store, SYSTEM, REVOKED, Role.OFFICE_STAFF, WEST, PASSWORD)
    with pytest.MonkeyPatch.context() as patch:
        # Earlier than all that lies outside: "as of when" would tell of it.
        patch.setattr(clock, "now", lambda: NOW - timedelta(minutes=2))
        inside = plant(store, WEST_GRID, "甲", "inside")
    tokens = {
        name: sessions.open_session(store, find_user(store, name)) for name in (*people, REVOKED)
    }
    sessions.end_session(store, tokens[REVOKED])
    sessions.form_secret(store)
    inside.ids["session"] = sessions.hash_token(tokens["jingban"])
    store.dispose()
    second = _copied(first, folder / "theirs.db")
    store = _opened(second)
    outside = {
        "sibling": plant(store, EAST_SOUTH, SECRET, "sibling"),
        "above": plant(store, COUNTY, SECRET, "above"),
        "unplaced": plant(store, None, SECRET, "unplaced"),
    }
    _plant_beside(store, inside)
    store.dispose()
    third = _copied(second, folder / "near.db")
    store = _opened(third)
    outside["next door"] = plant(store, EAST_GRID, SECRET, "next door")
    outside["village"] = plant(store, WEST_VILLAGE, SECRET, "village")
    store.dispose()
    worlds = [_world(file) for file in (first, second, third)]
    return Worlds(*worlds, inside, outside, people, tokens)


def plant(store: Store, code: str | None, mark: str, where: str = "") -> Planted:
    """One record in every ledger of an area, with all that hangs on records."""
    planted = Planted(code, where)
    name = f"{mark}机构{code or '无'}"
    for ledger, values in _records(name, code).items():
        if code is None and LEDGER_OF[ledger].by_key["area_code"].required:
            continue
        new = records.create(store, SYSTEM, ledger, _without_none(values))
        planted.ids[ledger] = new
    target = planted.ids["institutions"]
    planted.ids["attachment"] = attachments.attach(
        store, SYSTEM, "institutions", target, f"{mark}.png", PNG
    )
    binned = records.create(
        store, SYSTEM, "institutions", _without_none({"name": f"{name}旧", "area_code": code})
    )
    records.delete(store, SYSTEM, "institutions", {binned: 1}, reason="停办")
    planted.ids["binned"] = binned
    edit = records.Edit(planted.ids["entities"], 1, {"remarks": f"{mark}会场"})
    records.save(store, SYSTEM, "entities", [edit])
    entries = records.history(store, SYSTEM, "entities", planted.ids["entities"])
    planted.ids["entry"], planted.ids["batch"] = entries[0].id, entries[0].batch
    for ledger in LEDGERS:
        if ledger in planted.ids:
            record = records.get(store, SYSTEM, ledger, planted.ids[ledger])
            planted.numbers[ledger] = record["number"]
            planted.versions[ledger] = record["version"]
    _plant_office(store, planted, mark)
    _plant_settled(store, target)
    return planted


def _plant_settled(store: Store, target: int) -> None:
    """Two contradictions of an institution, one of them settled."""
    found = contradictions.findings(store, SYSTEM, current_atlas(store), KEPT)
    token = next(one.token for one in found if one.record_id == target)
    settling.settle(store, SYSTEM, KEPT, target, token, "补办中", UNTIL)


def _plant_office(store: Store, planted: Planted, mark: str) -> None:
    """People, a bulletin and a remembered mapping of an area."""
    code = planted.code or "*"
    scope = {WEST_GRID: WEST, EAST_SOUTH: EAST}.get(code, code)
    user = accounts.add_user(store, SYSTEM, f"yuan{code.strip('*')}x", Role.LEADER, scope, PASSWORD)
    planted.ids["user"] = user.id
    owner = as_actor(find_user(store, "jingban")) if code == WEST_GRID else as_actor(user)
    # One shared above would reach everybody below: that is what sharing is for.
    beside = code in (WEST_GRID, EAST_SOUTH, EAST_GRID)
    view = save_view(store, owner, "leads", f"{mark}视图", "bin=1", shared=beside)
    planted.ids["view"] = view
    admin = accounts.add_user(store, SYSTEM, f"guan{code.strip('*')}x", Role.ADMIN, scope, PASSWORD)
    planted.ids["admin"] = admin.id
    asker = as_actor(find_user(store, "quanju"))
    admin_reset.ask(store, asker, admin.id)
    token = sessions.open_session(store, user, address="10.0.0.9")
    planted.ids["session"] = sessions.hash_token(token)
    path = "/" if scope == "*" else path_of(scope)
    content = Content(
        kind_key="daily",
        title=f"{mark}日报{scope}",
        scope_code=scope,
        scope_name=f"{mark}",
        start=UNTIL,
        end=UNTIL,
        as_of=NOW,
        office="",
        sections=(Section("one", f"{mark}情况", (Text(f"{mark}一件"),)),),
    )
    planted.ids["bulletin"] = archive.keep(store, SYSTEM, content, path, {"tiers": PNG})
    archive.fill_in(store, SYSTEM, planted.ids["bulletin"], 1, f"{mark}继续")
    _plant_import(store, planted, f"{mark}{scope}.xlsx")
    if planted.code not in (WEST_GRID, EAST_SOUTH):
        planted.ids["mapping"] = planted.ids["word"] = (
            0  # what an office above keeps is there for those below
        )
        planted.ids["form"] = 0
        return
    keeper = Actor("经办", Role.OFFICE_STAFF, scope, path, user_id=user.id)
    own_words.add_word(store, keeper, INSTITUTIONS, "name", f"{mark}的叫法")
    planted.ids["word"] = own_words.own_words(store, keeper, INSTITUTIONS)[0].id
    planted.ids["mapping"] = remembered.remember(
        store, keeper, INSTITUTIONS, f"{mark}{scope}", f"{mark}{scope}", FileMapping()
    ).id
    with tempfile.TemporaryDirectory() as folder:
        form = blank_form(Path(folder), mark)
        planted.ids["form"] = keep_form(store, keeper, form)
    filled = fill_kept(store, keeper, planted.ids["form"])
    mark_sent(store, keeper, planted.ids["form"], filled)


def blank_form(folder: Path, mark: str = "") -> Path:
    """A form that asks for a list of institutions."""
    book, path = openpyxl.Workbook(), folder / f"{mark}form.xlsx"
    rows = (("养老服务机构名单",), ("序号", "所属镇街", "机构名称", "床位数"), (1,), (2,))
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def _plant_import(store: Store, planted: Planted, name: str) -> None:
    """An import that brought the institution of an area."""
    counts = {"read": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 0, "outside": 0}
    home = planted.ids["institutions"]
    entries = [
        audit.Change("import", "institutions", number=name, after=counts),
        audit.Change("create", "institutions", home, after={}, version=1),
    ]
    with store.writing() as connection:
        batch = f"import-{planted.code or '*'}"
        planted.ids["import"] = audit.append(connection, SYSTEM, entries, batch=batch) - 1


def _plant_beside(store: Store, inside: Planted) -> None:
    """What somebody elsewhere did under names that others may come upon: a draft of the form of a
    record inside, a pressed 保存, an import."""
    user = find_user(store, f"yuan{EAST_SOUTH}x")
    other = Actor(SECRET, Role.OFFICE_STAFF, EAST, path_of(EAST), user_id=user.id)
    form = drafts.form_name("institutions", inside.ids["institutions"])
    drafts.keep(store, other, form, {"remarks": SECRET}, 1)
    new = {"name": f"{SECRET}机构另一家", "area_code": EAST_SOUTH}
    records.create(store, other, "institutions", new, token=TOKEN)
    counts = {"read": 5, "created": 5, "updated": 0, "unchanged": 0, "rejected": 0, "outside": 0}
    entry = audit.Change("import", "institutions", number=f"{SECRET}.xlsx", after=counts)
    with store.writing() as connection:
        audit.append(connection, other, [entry], batch=BATCH)


def _records(name: str, code: str | None) -> dict[str, dict[str, Any]]:
    """One record of every ledger: as told here, else made up from its declaration."""
    today = clock.today()
    area = {"area_code": code}
    told = {
        "institutions": {
            "name": name,
            **area,
            "beds": 30,
            "residents": 31,
            "filing": "licensed",
            "suspected_crime": True,
            "operator": f"{name}公司",
            **_position(code),
        },
        "inspections": {
            "institution": name,
            "round": 1,
            "inspected_on": today,
            "inspectors": f"{name}检查员",
            "result": "problem",
        },
        "leads": {
            "registered_at": clock.now() - timedelta(days=2),
            "source": "report",
            "matter": f"{name}高额返利",
            "institution": name,
            **area,
            "major": True,
            "informant": "王小明",
            "informant_phone": "13800001234",
        },
        "dispositions": {"measure": "warn", "institution": name, **area, "opened_on": today},
        "petitions": {
            "registered_on": today - timedelta(days=90),
            "matter": f"{name}押金不退",
            # So a question about the institution is open: is it complained about?
            "institution": name,
            **area,
            "petitioner": "李大山",
            "channel": "visit",
        },
        "outreach": {"held_on": today, "kind": "lecture", **area, "place": f"{name}活动室"},
        "measures": {
            "kind": "talk",
            **area,
            "matter": f"{name}逾期较多",
            "proposed_on": today,
        },
        "entities": {"name": f"{name}新办", **area, "scope": "养老服务", "registered_on": today},
    }
    return {key: told.get(key) or invented(LEDGER_OF[key], name) | area for key in LEDGERS}


def _position(code: str | None) -> dict[str, float]:
    places = {WEST_GRID: (127.02, 29.05), EAST_SOUTH: (127.15, 29.02), EAST_GRID: (127.07, 29.05)}
    lon, lat = places.get(code or "", (None, None))
    return {} if lon is None or lat is None else {"lon": lon, "lat": lat}


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _opened(file: Path) -> Store:
    """A store whose thousands of calls do not wait for the disk: nothing here outlives it."""
    store = open_store(f"sqlite:///{file.as_posix()}")
    event.listen(store.engine, "connect", _hurried)
    return store


def _hurried(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _copied(source: Path, target: Path) -> Path:
    """The database and its key under another name."""
    with sqlite3.connect(source) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(source, target)
    shutil.copyfile(source.with_suffix(".key"), target.with_suffix(".key"))
    return target


def _world(file: Path) -> World:
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pristine = file.with_suffix(".pristine")
    shutil.copyfile(file, pristine)
    return World(_opened(file), file, pristine)


def everything(worlds: Worlds) -> Iterator[World]:
    """All databases, to be closed."""
    yield from (worlds.ours, worlds.theirs, worlds.near)
