"""Tables of all areas: the browser is sent a page of them, with the way to the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.people import accounts, sessions
from ledger.people.users import find_user
from ledger.storage import Store, migrate, open_store
from pages._ui import guard
from pages._ui.paging import ROWS, page_number, paged
from tests.bench.many_areas import CITY, draw_city
from tests.conftest import PROJECT_ROOT
from tests.people import PASSWORD

VILLAGES = 250
SITUATION = PROJECT_ROOT / "pages" / "situation"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Villages by the hundred, and a leader over them all."""
    path: Path = tmp_path_factory.mktemp("city") / "ledger.db"
    store = open_store(f"sqlite:///{path.as_posix()}")
    migrate(store)
    draw_city(store, VILLAGES)
    accounts.add_user(store, SYSTEM, "lingdao", Role.LEADER, CITY, PASSWORD)
    yield store
    store.dispose()


def html_of(
    city: Store, monkeypatch: pytest.MonkeyPatch, file: str, **params: str
) -> tuple[str, int]:
    """The page's HTML, and the bytes of the whole answer."""
    token = sessions.open_session(city, find_user(city, "lingdao"))
    monkeypatch.setattr(guard, "session_token", lambda: token)
    monkeypatch.setattr("pages._database.store", lambda: city)
    page = AppTest.from_file(str(SITUATION / file), default_timeout=30)
    for key, value in params.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    shown = "".join(element.proto.body for element in page.get("html"))
    return shown, len(shown.encode())


@pytest.mark.parametrize(
    ("file", "param", "tables"), [("rating/page.py", "page", 1), ("coverage/page.py", "page", 2)]
)
def test_not_all_villages_are_sent(
    city: Store, monkeypatch: pytest.MonkeyPatch, file: str, param: str, tables: int
) -> None:
    """35,357 villages were 12.5 MB."""
    shown, size = html_of(city, monkeypatch, file)
    assert len(set(re.findall(r"村\w{6}", shown))) <= tables * ROWS
    assert size < 100_000 * tables
    assert f"第 1–{ROWS} 个，共 {VILLAGES} 个" in shown

    last, _ = html_of(city, monkeypatch, file, **{param: "3"})
    assert f"第 201–{VILLAGES} 个" in last


def test_the_pages_hold_every_row_once() -> None:
    rows = list(range(VILLAGES))
    assert [row for number in (1, 2, 3) for row in paged(rows, number).rows] == rows


@pytest.mark.parametrize(
    ("asked", "shown"), [("", 1), ("2", 2), ("0", 1), ("99", 3), ("-1", 1), ("二", 1), ("²", 1)]
)
def test_an_address_leads_to_the_nearest_page(asked: str, shown: int) -> None:
    assert paged(range(VILLAGES), page_number(asked)).number == shown


def test_few_rows_need_no_pages() -> None:
    assert paged(range(ROWS), 1).html(str) == ""
