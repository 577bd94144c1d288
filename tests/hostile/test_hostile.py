"""Hundreds of hostile inputs: each gets its clear answer, and the database stays as it was.

Every case goes through the service or route that it belongs to. An answer is a refusal in Chinese
with the words that the corpus names (or, for requests, one of the statuses): never a traceback,
never a change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from geo.errors import GeoError
from geo.validation import Fields
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.settings import settings
from ledger.exchange.importing.imports import import_file
from ledger.exchange.reading.mapping import parse_mapping
from ledger.people import accounts, passwords, presence, sessions
from ledger.records import attachments, rulebook
from ledger.records import service as records
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import load_areas
from ledger.records.office_calendar import load_holiday_list
from ledger.records.query import Selection
from ledger.storage import Store, open_store
from pages._cookies import SESSION_COOKIE
from pages._web.local import local_path
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES
from tests.hostile import corpus_files, corpus_requests, corpus_texts
from tests.hostile.corpus_requests import Sent
from tests.ledger.conftest import WEST, WEST_GRID, actor
from tests.ledger.sheets import fingerprint, text_table
from tests.people import quick_hashing  # noqa: F401
from tests.web.visiting import Browser

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TRACES = re.compile(r"Traceback|File \"/|sqlalchemy|sqlite3|Error\b|NoneType|0x[0-9a-f]{6}")
CORPUS = {
    "files to import": len(corpus_files.IMPORTS),
    "rows to import": len(corpus_files.ROWS),
    "boundary files": len(corpus_files.AREAS),
    "attachments": len(corpus_files.ATTACHMENTS),
    "cells": len(corpus_texts.CELLS) + len(corpus_texts.LEADS),
    "searches": len(corpus_texts.SEARCHED) + len(corpus_texts.SORTED),
    "mapping files": len(corpus_texts.MAPPINGS),
    "rule files": len(corpus_texts.RULES),
    "holiday lists": len(corpus_texts.HOLIDAYS),
    "names and passwords": len(corpus_texts.PASSWORDS) + len(corpus_texts.NAMES),
    "requests": len(corpus_requests.REQUESTS),
    "ways elsewhere": len(corpus_requests.ELSEWHERE),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, drawn_county: Path) -> Iterator[Store]:
    """One office for the whole corpus: nothing of it may leave a mark."""
    url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'ledger.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", url)
        # Limits that a test reaches without making gigabytes.
        patch.setenv("LEDGER_MAX_UNPACKED_MEGABYTES", "3")
        patch.setenv("LEDGER_MAX_IMPORT_ROWS", "50")
        settings.cache_clear()
        Path(url.removeprefix("sqlite:///")).write_bytes(drawn_county.read_bytes())
        opened = open_store(url)
        yield opened
        opened.dispose()
    settings.cache_clear()


@pytest.fixture(scope="module")
def home(store: Store) -> int:
    """One institution, to hang things on and to search for."""
    return records.create(store, SYSTEM, "institutions", {"name": "松鹤院", "area_code": WEST_GRID})


@pytest.fixture
def unchanged(store: Store, home: int) -> Iterator[None]:
    """The whole database before is the whole database after."""
    before = fingerprint(store)
    yield
    assert fingerprint(store) == before, "the database changed"


def answer_of(call: Callable[[], Any]) -> str:
    """The refusal that a call ends with; anything else it raises is a failure."""
    with pytest.raises((LedgerError, GeoError)) as refused:
        call()
    return str(refused.value)


def assert_clear(answer: str, words: str) -> None:
    """A sentence in Chinese, with the words expected, short enough to be read."""
    assert CHINESE.search(answer), answer
    assert not TRACES.search(answer), answer
    assert len(answer) < 1200, len(answer)
    assert words in answer, answer


def ids(cases: Any) -> list[str]:
    return [str(case[0])[:40] for case in cases]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("name", "make", "words"), corpus_files.IMPORTS, ids=ids(corpus_files.IMPORTS)
)
def test_file_to_import(store: Store, tmp_path: Path, name: str, make: Any, words: str) -> None:
    make(tmp_path / name)

    def run() -> None:
        report = import_file(store, SYSTEM, "institutions", tmp_path / name)
        if not report.written:
            raise LedgerError(str(report.problems[0]))

    assert_clear(answer_of(run), words)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("name", "row", "words"), corpus_files.ROWS, ids=ids(corpus_files.ROWS))
def test_row_to_import(store: Store, tmp_path: Path, name: str, row: Any, words: str) -> None:
    path = text_table(tmp_path / "rows.csv", [corpus_files.HEAD, row])

    def run() -> None:
        report = import_file(store, actor(Role.OFFICE_STAFF, WEST), "institutions", path)
        assert not report.written
        raise LedgerError(str(report.problems[0]))

    assert_clear(answer_of(run), words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("name", "make", "words"), corpus_files.AREAS, ids=ids(corpus_files.AREAS))
def test_boundary_file(store: Store, tmp_path: Path, name: str, make: Any, words: str) -> None:
    make(tmp_path / name)
    file = AreaFile(tmp_path / name, "grid", Fields("code", "name"), "wgs84")

    def run() -> None:
        report = load_areas(store, SYSTEM, [file])
        if report.refused:
            raise LedgerError(report.errors[0].message)

    assert_clear(answer_of(run), words)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("name", "content", "words"), corpus_files.ATTACHMENTS, ids=ids(corpus_files.ATTACHMENTS)
)
def test_attachment(store: Store, home: int, name: str, content: bytes, words: str) -> None:
    office = actor(Role.OFFICE_STAFF, WEST)
    answer = answer_of(
        lambda: attachments.attach(store, office, "institutions", home, name, content)
    )
    assert_clear(answer, words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("name", "values", "words"), corpus_texts.CELLS, ids=ids(corpus_texts.CELLS)
)
def test_cells_of_a_new_record(store: Store, name: str, values: Any, words: str) -> None:
    office = actor(Role.OFFICE_STAFF, WEST)
    given = {"area_code": WEST_GRID, **values}
    assert_clear(answer_of(lambda: records.create(store, office, "institutions", given)), words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("name", "values", "words"), corpus_texts.LEADS, ids=ids(corpus_texts.LEADS)
)
def test_cells_of_a_lead(store: Store, name: str, values: Any, words: str) -> None:
    given = {
        "registered_at": "2026-05-20 09:00",
        "source": "其他",
        "matter": "高息揽储",
        "area_code": WEST_GRID,
        **values,
    }
    office = actor(Role.OFFICE_STAFF, WEST)
    assert_clear(answer_of(lambda: records.create(store, office, "leads", given)), words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("text", corpus_texts.SEARCHED, ids=lambda text: repr(text[:20]))
def test_text_looked_for(store: Store, text: str) -> None:
    office = actor(Role.OFFICE_STAFF, WEST)
    for ledger in ("institutions", "leads"):
        try:
            found = records.search(store, office, ledger, Selection(text=text))
        except LedgerError as error:
            assert_clear(str(error), "")
        else:
            assert (found.total, found.rows) == (0, [])


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("key", corpus_texts.SORTED, ids=lambda key: repr(key))
def test_order_asked_for(store: Store, key: str) -> None:
    office = actor(Role.OFFICE_STAFF, WEST)
    asked = Selection(sort=((key, True),))
    assert_clear(answer_of(lambda: records.search(store, office, "institutions", asked)), "排序")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("page", [-(10**9), -1, 0, 2, 10**9, 10**18])
def test_page_asked_for(store: Store, page: int) -> None:
    office = actor(Role.OFFICE_STAFF, WEST)
    found = records.search(store, office, "institutions", Selection(), page=page)
    assert [row["name"] for row in found.rows] == ["松鹤院"]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("name", "text", "words"), corpus_texts.MAPPINGS, ids=ids(corpus_texts.MAPPINGS)
)
def test_mapping_file(name: str, text: str, words: str) -> None:
    assert_clear(answer_of(lambda: parse_mapping(text, INSTITUTIONS)), words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("name", "text", "words"), corpus_texts.RULES, ids=ids(corpus_texts.RULES))
def test_rule_file(name: str, text: str, words: str) -> None:
    assert_clear(answer_of(lambda: rulebook.parse_rules(text)), words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("name", "text", "words"), corpus_texts.HOLIDAYS, ids=ids(corpus_texts.HOLIDAYS)
)
def test_holiday_list(store: Store, name: str, text: str, words: str) -> None:
    admin = actor(Role.ADMIN, "*")
    assert_clear(answer_of(lambda: load_holiday_list(store, admin, text)), words)


@pytest.mark.parametrize(
    ("password", "words"), corpus_texts.PASSWORDS, ids=lambda text: repr(text[:20])
)
def test_password(password: str, words: str) -> None:
    assert_clear(answer_of(lambda: passwords.check_rules("zhangsan", password)), words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", corpus_texts.NAMES, ids=lambda text: repr(text[:20]))
def test_name_of_an_account(store: Store, name: str) -> None:
    def add() -> None:
        accounts.add_user(store, SYSTEM, name, Role.LEADER, "*", "mima-2026-xy")

    assert_clear(answer_of(add), "2至40个字符")


@pytest.fixture(scope="module")
def clerk(store: Store, home: int) -> str:
    """The session of an office's clerk."""
    # The key of forms is made once; when somebody was last seen is written once a minute.
    sessions.form_secret(store)
    user = accounts.add_user(store, SYSTEM, "jingban", Role.OFFICE_STAFF, WEST, "mima-2026-xy")
    return sessions.open_session(store, user)


@pytest.fixture(scope="module")
def server() -> Starlette:
    """Everything that stands before Streamlit, as the application puts it together."""
    return Starlette(routes=ROUTES, middleware=MIDDLEWARE)


@pytest.mark.parametrize("sent", corpus_requests.REQUESTS, ids=lambda sent: sent.name[:40])
def test_request(
    clerk: str,
    server: Starlette,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    sent: Sent,
) -> None:
    monkeypatch.setattr(presence, "WRITE_EVERY", timedelta(days=1))
    browser = Browser(server)
    if sent.signed_in:
        browser.cookies[SESSION_COOKIE] = clerk
    request.getfixturevalue("unchanged")
    answer = browser.request(sent.method, sent.address, sent.headers, sent.body)
    assert answer.status in sent.statuses, (answer.status, answer.body[:300])
    assert not re.search(rb"Traceback|sqlalchemy|sqlite3\.", answer.body)
    assert b"root:x:0" not in answer.body
    assert "evil" not in str(answer.headers.get("location", ""))


@pytest.mark.parametrize("wanted", corpus_requests.ELSEWHERE, ids=lambda text: repr(text[:20]))
def test_way_elsewhere(wanted: str) -> None:
    assert local_path(wanted) == "/"


def test_the_corpus_is_as_large_as_promised(capsys: pytest.CaptureFixture[str]) -> None:
    total = sum(CORPUS.values())
    with capsys.disabled():
        print(f"\nhostile inputs: {total} ({', '.join(f'{n} {k}' for k, n in CORPUS.items())})")  # noqa: T201 - the count is shown on purpose
    assert total >= 200
