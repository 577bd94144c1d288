"""A county of four townships begins with the papers alone: README, guide, deploy/README.md.

Commands and steps are read out of the papers, in their order: whoever changes a paper changes this
test. The two commands that unpack and install the archive are run by tests/durability/journey.py on
a machine of their own; here the database that ``install.sh`` makes is made by its own command.
"""

from __future__ import annotations

import re
import shlex
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette

from ledger.__main__ import main
from ledger.domain.access import SYSTEM
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.operations.first_day import first_day
from ledger.operations.stock import stock
from ledger.storage import open_store
from pages import _database
from pages._cookies import SESSION_COOKIE
from pages._ui import guard, import_work
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES
from pages.admin.users.slips import SLIPS
from tests.papers import county
from tests.papers.reading import DEPLOY, GUIDE, blocks, section
from tests.papers.walk import Part, Walker, parts_of
from tests.people import quick_hashing  # noqa: F401
from tests.web.visiting import Browser

INSTALL, WALK = "零、一个下午的安装", "照着做：一个县的第一天"
MOST_COMMANDS = 12
# Done before the pages open, on a machine that an archive is carried to.
BY_THE_JOURNEY = ("sha256sum -c ledger-*.sha256", "sudo ./install.sh")
ADMIN, PASSWORD, OWN = "guanliyuan", "Shili-2026-xian", "Zijide-2026-mima"
HTML = {"accept": "text/html"}


def walk() -> list[Part]:
    return parts_of(section(GUIDE, WALK))


def typed() -> list[str]:
    """Every command of the day, in order."""
    return [*blocks(section(DEPLOY, INSTALL)), *blocks(section(GUIDE, WALK))]


def test_the_papers_ask_for_few_commands() -> None:
    commands = typed()
    assert [one for one in BY_THE_JOURNEY if not any(c.startswith(one) for c in commands)] == []
    assert 0 < len(commands) <= MOST_COMMANDS, commands


def test_every_sentence_of_the_walk_can_be_followed() -> None:
    """No clause is left that names no page, field or button: `acts_of` refuses it."""
    parts = walk()
    assert [part.who for part in parts] == ["系统管理员", "经办", "系统管理员"]
    assert sum(len(part.acts) for part in parts) > 30
    named = {act.value for part in parts for act in part.acts if act.verb == "上传"}
    lists = set(re.findall(r"^\| (\S+\.xlsx) \|", section(GUIDE, WALK), re.MULTILINE))
    assert named == lists


@pytest.fixture
def day(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walker]:
    """The machine after ``install.sh``, the four lists, and the clock in December."""
    (tmp_path / "backups").mkdir()
    (tmp_path / "backup.secret").write_text("Beifen-Kouling-2026\n", encoding="utf-8")
    monkeypatch.setattr(settings(), "backup_folder", tmp_path / "backups")
    monkeypatch.setattr(import_work, "PATIENCE_SECONDS", 120)
    county.write_lists(tmp_path)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 1, 4, tzinfo=UTC))
    yield Walker(tmp_path)
    _database._opened.cache_clear()


@pytest.mark.thorough
def test_the_first_day_of_a_county_by_the_papers_alone(
    day: Walker, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    began, many = time.monotonic(), 0
    for command in blocks(section(DEPLOY, INSTALL)):
        many += 1
        _run(day, command)
    browser = _set_up(day, _code(capsys))
    slips: dict[str, str] = {}
    for part in walk():
        who = browser if part.who == "系统管理员" else _signed_in(day, slips)
        token = who.cookies[SESSION_COOKIE]
        monkeypatch.setattr(guard, "session_token", lambda token=token: token)
        for act in part.acts:
            day.take(act)
            if day.page is not None and SLIPS in day.page.session_state:
                handed = day.page.session_state[SLIPS]
                slips = {slip.name: slip.password for slip in handed if "经办" in slip.role.label}
    for command in blocks(section(GUIDE, WALK)):
        many += 1
        _run(day, command)
    store = open_store()
    found = first_day(store, SYSTEM)
    store.dispose()
    assert [one.key for one in found.steps if not one.is_over] == []
    _count(day)
    assert many <= MOST_COMMANDS
    with capsys.disabled():
        took = time.monotonic() - began
        sys.stdout.write(f"\n{many} commands, {day.clicks} clicks, {took:.0f} s, 0 questions\n")


def _run(day: Walker, command: str) -> None:
    """One command of the papers, its folders those of the test."""
    here = command.replace("/var/lib/ledger", str(day.files)).replace("/etc/ledger", str(day.files))
    if command.startswith(BY_THE_JOURNEY[0]):
        return
    if command.startswith(BY_THE_JOURNEY[1]):
        assert main(["init"]) == 0
        return
    words = shlex.split(here.removeprefix("sudo "))
    if words[0] == "cp":
        assert all(Path(one).is_file() for one in words[1:-1]), command
        return
    assert words[0] == "ledger", f"nobody says how this is tested: {command}"
    assert main(words[1:]) == 0, command


def _code(capsys: pytest.CaptureFixture[str]) -> str:
    found = re.search(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2}", capsys.readouterr().out)
    assert found is not None, "install.sh prints the code for the first administrator"
    return found[0]


def _set_up(day: Walker, code: str) -> Browser:
    """The first visit: it asks for the code, a name and a password twice."""
    browser = Browser(Starlette(routes=ROUTES, middleware=MIDDLEWARE))
    assert browser.get("/signin", **HTML).location == "/setup"
    told = {"code": code, "username": ADMIN, "password": PASSWORD, "again": PASSWORD}
    assert _sent(browser, "/setup", **told) == 303
    day.clicks += 5
    return browser


def _signed_in(day: Walker, slips: dict[str, str]) -> Browser:
    """With a slip: first password, then one's own."""
    name, password = next(iter(slips.items()))
    browser = Browser(Starlette(routes=ROUTES, middleware=MIDDLEWARE))
    assert _sent(browser, "/signin", username=name, password=password) == 303
    told = {"old": password, "password": OWN, "again": OWN}
    assert _sent(browser, "/password", **told) == 303
    day.clicks += 7
    return browser


def _sent(browser: Browser, path: str, **fields: str) -> int:
    page = browser.get(path, **HTML).text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None, f"no form at {path}"
    return browser.post(path, {"csrf": found[1], **fields}).status


def _count(day: Walker) -> None:
    """The office holds what the lists held."""
    store = open_store()
    told = stock(store)
    store.dispose()
    held = (
        sum(told["areas"]["levels"].values()),
        sum(told["users"]["roles"].values()),
        told["records"]["institutions"],
        told["records"]["petitions"],
    )
    areas = 1 + county.TOWNSHIPS + county.VILLAGES + county.GRIDS
    assert held == (areas, county.PEOPLE + 1, county.HOMES, county.PETITIONS)
