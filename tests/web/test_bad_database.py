"""Whoever opens a page of an office whose database cannot be used reads one clear line.

The process starts all the same, says what is wrong on every page and to whoever watches it, and
leaves every file as it found it. So does the command line.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from ledger.__main__ import main
from ledger.domain.access import SYSTEM
from ledger.domain.errors import StorageError
from ledger.domain.settings import settings
from ledger.operations import database_check, logs
from ledger.records import service as records
from ledger.storage import Store, open_store, sqlite
from pages._cookies import SESSION_COOKIE
from pages._database import _opened
from tests.conftest import PROJECT_ROOT, fold
from tests.ledger.conftest import WEST_VILLAGE
from tests.people import make_user
from tests.web.visiting import Browser

# Files, their locks and rights; what a server says instead stands in tests/postgres.
pytestmark = pytest.mark.sqlite_only
PETITION = {
    "registered_on": "2026-05-20",
    "matter": "押金不退",
    "area_code": WEST_VILLAGE,
    "petitioner": "李大山",
    "channel": "visit",
}


@pytest.fixture
def office(store: Store, client: Browser, tmp_path: Path) -> Iterator[Path]:
    """The file of an office with a user and a sealed name in it; closed, its log folded away."""
    make_user(store, "zhangsan")
    records.create(store, SYSTEM, "petitions", PETITION)
    fold(store)
    _opened.cache_clear()
    yield tmp_path / "ledger.db"
    _opened.cache_clear()


def overwritten(file: Path, start: int, with_: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(start)
        opened.write(with_)


def cut(file: Path, share: float, odd: int = 0) -> None:
    os.truncate(file, int(file.stat().st_size * share) // 4096 * 4096 + odd)


def middle_page(file: Path) -> None:
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'petitions'"
        ).fetchone()
    connection.close()
    overwritten(file, (root - 1) * 4096, b"\xa5" * 4096)


def log_of_another(file: Path) -> None:
    """The write-ahead log of a database that is not this one, as after a careless copy."""
    other = sqlite3.connect(file.with_name("other.db"), isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("PRAGMA wal_autocheckpoint=0")
    other.execute("CREATE TABLE strange (a)")
    other.execute("INSERT INTO strange SELECT randomblob(20000)")
    shutil.copyfile(file.with_name("other.db-wal"), file.with_name(f"{file.name}-wal"))
    other.close()


def log_of_a_sister(file: Path) -> None:
    """The same, of another office with the same tables that went its own way."""
    sister = file.with_name("sister.db")
    shutil.copyfile(file, sister)
    shutil.copyfile(key_of(file), key_of(sister))
    for name in (sister, file):
        opened = open_store(f"sqlite:///{name}")
        records.create(opened, SYSTEM, "institutions", {"name": f"{name.stem}院"})
        if name == sister:
            log = sister.with_name("sister.db-wal").read_bytes()
        opened.dispose()
    file.with_name(f"{file.name}-wal").write_bytes(log)


def of_version(file: Path, revision: str) -> None:
    """As another version of the program would have left it."""
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
    connection.close()


def key_of(file: Path) -> Path:
    return file.with_suffix(".key")


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no database at all": (lambda file: file.write_bytes(b"no database " * 800), "从备份恢复"),
    "first page": (lambda file: overwritten(file, 0, b"\xa5" * 100), "从备份恢复"),
    "page in the middle": (middle_page, "从备份恢复"),
    "cut in half": (lambda file: cut(file, 0.5), "从备份恢复"),
    "cut within a page": (lambda file: cut(file, 0.7, 1234), "从备份恢复"),
    "another's log": (log_of_another, "不是这个数据库的"),
    "a sister's log": (log_of_a_sister, "不是这个数据库的"),
    "no key file": (lambda file: key_of(file).unlink(), "密钥文件“ledger.key”不见了"),
    "another key file": (
        lambda file: key_of(file).write_bytes(Fernet.generate_key()),
        "不是这个数据库的",
    ),
    "of a newer program": (lambda file: of_version(file, "9999"), "请先升级程序"),
    "no key in the file": (lambda file: key_of(file).write_bytes(b"abc"), "无法使用"),
}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file by name; an empty log and its index are no content, they come and go."""
    found = {
        file.name: file.read_bytes()
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.name.endswith("-shm")
    }
    return {name: held for name, held in found.items() if held or not name.endswith("-wal")}


def started() -> None:
    """What the process does before it answers anybody."""
    from app import app, lifespan

    async def start() -> None:
        async with lifespan(app):
            pass

    asyncio.run(start())


def one_clear_page(client: Browser, said: str) -> None:
    """The process lives, is not ready, and says the same on every page."""
    started()
    client.cookies[SESSION_COOKIE] = "of-a-session-from-before"
    for address in ("/", "/signin", "/institutions?page=2"):
        answer = client.get(address, accept="text/html")
        assert answer.status == 503
        assert said in answer.text
        assert len(re.findall(r'<p class="error" role="alert">', answer.text)) == 1
        assert not re.search(r"Traceback|sqlite|Error|/tmp/", answer.text.replace(said, ""))
    assert client.get("/areas/990101").status == 503
    assert client.get("/assets/app/forms.css").status == 200
    assert client.get("/healthz").text == "ok"
    assert (client.get("/readyz").status, client.get("/readyz").json["ready"]) == (503, False)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    monkeypatch.setattr(logs, "configure", lambda: None)


@pytest.mark.parametrize("kind", DAMAGE)
def test_what_cannot_be_used_is_one_clear_page_and_stays_as_it_is(
    kind: str, office: Path, client: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    inflict, said = DAMAGE[kind]
    inflict(office)
    before = contents(office.parent)
    one_clear_page(client, said)
    capsys.readouterr()  # what Streamlit says where this file is the first that imports it
    for command in (["verify"], ["backup", str(office.parent / "copy.db")], ["assess"]):
        assert main(command) == 1
        told = capsys.readouterr()
        assert (told.out, told.err.count("\n")) == ("", 1), command
        assert said in told.err
    assert contents(office.parent) == before


def test_an_older_database_waits_for_init(office: Path, client: Browser) -> None:
    of_version(office, "0001")
    one_clear_page(client, "请先备份，再运行")


def test_what_was_mended_is_used_without_a_restart(office: Path, client: Browser) -> None:
    key = key_of(office).read_bytes()
    key_of(office).unlink()
    started()
    assert client.get("/signin", accept="text/html").status == 503
    key_of(office).write_bytes(key)
    assert client.get("/signin", accept="text/html").status == 200
    assert client.get("/readyz").status == 200


def test_a_key_file_that_goes_away_while_at_work_is_not_replaced(office: Path) -> None:
    opened = open_store(settings().database_url)
    kept = key_of(office).read_bytes()
    key_of(office).unlink()
    with pytest.raises(StorageError, match="不见了"):
        records.create(opened, SYSTEM, "petitions", PETITION)
    assert not key_of(office).exists()
    key_of(office).write_bytes(kept)
    records.create(opened, SYSTEM, "petitions", PETITION)
    opened.dispose()


def test_a_log_cut_short_loses_nothing_before_the_cut(office: Path, client: Browser) -> None:
    """As after a crash in the middle of a save: what was being saved is not there, all else is."""
    opened = open_store(settings().database_url)
    for name in ("甲院", "乙院"):
        records.create(opened, SYSTEM, "institutions", {"name": name})
    log = office.with_name(f"{office.name}-wal")
    as_it_was, short = office.read_bytes(), log.read_bytes()[:-700]
    opened.dispose()
    office.write_bytes(as_it_was)
    log.write_bytes(short)
    _opened.cache_clear()
    started()
    assert client.get("/signin", accept="text/html").status == 200
    opened = open_store(settings().database_url)
    assert database_check.verify(opened).sound
    assert records.get(opened, SYSTEM, "institutions", 1)["name"] == "甲院"
    opened.dispose()


def test_a_database_that_another_program_holds_says_so(office: Path, client: Browser) -> None:
    other = sqlite3.connect(office, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    before = contents(office.parent)
    one_clear_page(client, "数据库正被占用")
    assert main(["verify"]) == 1
    assert contents(office.parent) == before
    other.execute("ROLLBACK")
    other.close()
    assert client.get("/signin", accept="text/html").status == 200


@contextmanager
def somebody_else() -> Iterator[None]:
    """Without the rights of root, if these tests have them: root may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written_says_so(
    office: Path, client: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    started()  # loads what is needed from folders that somebody else may not read
    client.get("/signin", accept="text/html")
    _opened(settings().database_url).dispose()
    _opened.cache_clear()
    for folder in office.parents[:4]:
        if folder.stat().st_uid == os.getuid() and PROJECT_ROOT != folder != Path("/"):
            folder.chmod(0o755)
    for file in office.parent.iterdir():
        file.chmod(0o444)
    office.parent.chmod(0o555)
    before = contents(office.parent)
    try:
        with somebody_else():
            one_clear_page(client, "请管理员检查")
            assert main(["verify"]) == 1
        assert "请管理员检查" in capsys.readouterr().err
        assert contents(office.parent) == before
    finally:
        office.parent.chmod(0o755)
