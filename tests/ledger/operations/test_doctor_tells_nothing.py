"""The doctor's file of a planted office, unpacked and searched for every planted text: none.

Planted are names, phones, matters and addresses: in every text column of every ledger, in the
history, the names of users, files and folders, in log lines, errors, slow statements and settings.
"""

from __future__ import annotations

import io
import json
import logging
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.columns import ColumnType
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.settings import settings
from ledger.operations import logs
from ledger.operations.backup import backup
from ledger.operations.diagnosis import diagnose, doctor_file
from ledger.operations.impersonal import log_line, place_of, statement_words
from ledger.operations.recent_events import EVENTS
from ledger.operations.slow import SLOW
from ledger.people.office import save_office
from ledger.records import attachments, service
from ledger.storage import Store, open_store
from tests.access.world import PNG, _records
from tests.ledger.conftest import WEST_GRID
from tests.people import make_user, quick_hashing  # noqa: F401
from tests.written_log import written_log

NAME, PINYIN, PHONE = "欧阳测试", "ouyangceshi", "13987650321"
MATTER, ADDRESS = "养老钱被骗走一百万", "演示路八百八十八号"
PLANTED = (NAME, PINYIN, PHONE, MATTER, ADDRESS, "87650321", "阳测")
_LONG = (ColumnType.TEXT, ColumnType.LONG_TEXT)
ALL = f"{NAME}{PINYIN}{MATTER}{ADDRESS}{PHONE}"


@pytest.fixture
def office(drawn_county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A database in a folder called after somebody, full of planted texts."""
    folder = tmp_path / f"{NAME}{PINYIN}"
    (folder / ADDRESS).mkdir(parents=True)
    shutil.copyfile(drawn_county, folder / "ledger.db")
    monkeypatch.setattr(settings(), "backup_folder", folder / ADDRESS)
    monkeypatch.setattr(settings(), "oidc_label", ALL)
    monkeypatch.setattr(settings(), "slow_statement_milliseconds", 0)
    store = open_store(f"sqlite:///{(folder / 'ledger.db').as_posix()}")
    _plant(store, folder)
    yield store
    SLOW.clear()
    EVENTS.clear()
    store.dispose()


def _plant(store: Store, folder: Path) -> None:
    number = ""
    for key, values in _records(NAME, WEST_GRID).items():
        if key == "areas":
            continue
        texts = {
            column.key: PHONE if column.type is ColumnType.PHONE else ALL[: column.length or None]
            for column in LEDGERS[key].columns
            if column.key in values or column.sensitivity == "protected"
            if (column.type in _LONG or column.type is ColumnType.PHONE)
            if column.key not in ("number", "institution", "placement")
        }
        given = {name: one for name, one in (values | texts).items() if one is not None}
        if "institution" in given:
            given["institution"] = number
        made = service.create(store, SYSTEM, key, given)
        if key == "institutions":
            number = str(service.get(store, SYSTEM, key, made)["number"])
            attachments.attach(store, SYSTEM, key, made, f"{NAME}.png", PNG)
    make_user(store, PINYIN, Role.ADMIN, must_change=True)
    save_office(store, SYSTEM, f"{NAME}{ADDRESS}")
    backup(store, folder / ADDRESS / f"{MATTER}.db")


def _misled(log: logging.Logger) -> None:
    """Lines that quote what they must not, in every way that a line can."""
    log.error(f"{ALL} failed")
    log.warning("row %s: %s", PHONE, ALL)
    log.error(ALL, extra={logs.FIELDS: {"route": f"/{PINYIN}", "status": ALL, "ms": ALL, NAME: 1}})
    try:
        raise Invalid(f"“{ALL}”无法识别")
    except Invalid:
        log.exception("failed for %s", PINYIN)


def _lying_lines() -> str:
    """Lines as this program writes them, with planted texts wherever a word of its own stands."""
    for_error = {"kind": f"{PINYIN}Error", "at": [f"/home/{PINYIN}/{PINYIN}.py:3 {PINYIN}"]}
    lies = {"at": ALL, "level": PINYIN, "method": PINYIN, "route": f"/{PINYIN}", "status": 87650321}
    lines = (
        {"logger": f"pages.{PINYIN}", "message": ALL},
        {"logger": "ledger.storage", "where": f"{PINYIN}.py:{PHONE}", "error": for_error} | lies,
    )
    return "".join(json.dumps(one) + "\n" for one in lines)


def _slow_statements() -> None:
    for statement in (
        f"SELECT * FROM institutions WHERE name = '{ALL}'",
        f'SELECT "{PINYIN}" FROM leads WHERE informant_phone = {PHONE}',
        f"SELECT {PINYIN}, {NAME} FROM users -- {ALL}",
        f"UPDATE petitions SET matter = '{MATTER}''{NAME}' WHERE id = 87650321",
    ):
        SLOW.add(9.0, statement)


def _texts(content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name, name
            text = archive.read(name).decode()
            yield name, text
            if name.endswith((".json", ".jsonl")):  # escapes are no hiding place
                for line in [text] if name.endswith(".json") else text.splitlines():
                    yield name, json.dumps(json.loads(line), ensure_ascii=False)


def test_no_planted_text_is_in_the_file(office: Store, tmp_path: Path) -> None:
    with written_log() as stream:
        _misled(logging.getLogger("ledger.records"))
    _slow_statements()
    log = tmp_path / "server.log"
    log.write_text(
        f"Nov 30 {PINYIN} python[1]: {ALL}\n{stream.getvalue()}"
        + json.dumps(
            {"logger": f"pages.{PINYIN}", "at": ALL, "error": {"kind": NAME, "at": [ALL]}}
        ),
        encoding="utf-8",
    )
    told = diagnose(office, SYSTEM)
    exported = doctor_file(told, log)
    found = [
        (place, planted)
        for place, text in (*_texts(exported.content), ("its name", exported.filename))
        for planted in PLANTED
        if planted in text
    ]
    assert found == []
    # So it was there to be found, and the file is not empty for that reason.
    assert ALL in stream.getvalue()
    assert sum(told.measured["database"]["records"].values()) == len(LEDGERS) - 1
    assert len(told.measured["slow"]) >= 4
    assert len(told.measured["events"]) >= 4
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        lines = [json.loads(one) for one in archive.read("log.jsonl").decode().splitlines()]
    assert {"kind", "at"} <= {key for line in lines for key in line.get("error", {})}


def test_statements_keep_their_shape() -> None:
    told = statement_words(
        "SELECT institutions.name AS institutions_name, count(*) AS count_1 FROM institutions "
        "WHERE institutions.area_path LIKE ? AND beds > 30 ORDER BY anon_1.beds LIMIT %(param_1)s"
    )
    assert told == (
        "SELECT institutions.name AS ?, count(*) AS count_1 FROM institutions "
        "WHERE institutions.area_path LIKE ? AND beds > ? ORDER BY anon_1.beds LIMIT %(param_1)s"
    )


def test_places_are_told_below_the_project_only() -> None:
    root = str(Path(logs.__file__).parents[2])
    assert place_of(f"{root}/ledger/storage/again.py", 74) == "ledger/storage/again.py:74"
    pandas = "site-packages/pandas/core/frame.py"
    assert place_of(f"/home/wang/{pandas}", 3) == "pandas/core/frame.py:3"
    assert place_of(f"/home/wang/{NAME}.py", 3) == "?:3"


def test_lines_of_others_are_left_out() -> None:
    assert log_line({"logger": "uvicorn.access", "message": ALL}) is None
