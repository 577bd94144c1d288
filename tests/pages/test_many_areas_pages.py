"""A city of 2,000 redrawn villages and 250 people: no page sends all of them to the browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.people import accounts, passwords, sessions
from ledger.people.users import actor_of, find_user
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, migrate, open_store
from pages._ui import guard
from pages._ui.area_picker import MOST_AREAS
from pages._ui.paging import ROWS
from pages.navigation import Entry, entries_for
from pages.records.ledger.filters import stamp
from tests.bench.many_areas import CITY, IN_A_TOWN, draw_city
from tests.menu import app_test, entry_of
from tests.people import PASSWORD

VILLAGES, PEOPLE = 2_000, 250
TOWNS = VILLAGES // IN_A_TOWN
ROLES = (Role.LEADER, Role.OFFICE_STAFF, Role.AUDITOR, Role.ADMIN)
# HTML of a page with its longest table; every village of the city once would be 200 kB alone.
MOST_BYTES = 100_000


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("city") / "ledger.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{path.as_posix()}")
        # One hash is as good as another for people who never sign in; argon2 takes its time.
        kept = passwords.hashed(PASSWORD)
        patch.setattr(passwords, "hashed", lambda _password: kept)
        settings.cache_clear()
        store = open_store()
        migrate(store)
        draw_city(store, VILLAGES, redrawn_on=date(2026, 6, 1))
        for role in ROLES:
            scope = "*" if role is Role.ADMIN else CITY
            accounts.add_user(store, SYSTEM, role.value, role, scope, PASSWORD)
        for number in range(PEOPLE - len(ROLES)):
            town = f"{CITY}{number % TOWNS:03x}"
            name, shown = f"person{number:03}", f"经办{number:03}"
            accounts.add_user(
                store, SYSTEM, name, Role.OFFICE_STAFF, town, PASSWORD, display_name=shown
            )
        yield store
        store.dispose()
    settings.cache_clear()


def opened(
    city: Store, monkeypatch: pytest.MonkeyPatch, role: Role, entry: Entry, **params: str
) -> AppTest:
    token = sessions.open_session(city, find_user(city, role.value))
    monkeypatch.setattr(guard, "session_token", lambda: token)
    page = app_test(entry)
    page.query_params.update(params)
    page.run()
    assert not page.exception
    return page


def sizes(page: AppTest) -> tuple[int, int, int]:
    """The options of the longest box, the rows of the longest table, the bytes of the HTML."""
    boxes = [*page.selectbox, *page.multiselect]
    return (
        max((len(box.options) for box in boxes), default=0),
        max((len(table.value) for table in page.dataframe), default=0),
        sum(len(element.proto.body.encode()) for element in page.get("html")),
    )


@pytest.mark.parametrize("role", ROLES)
def test_no_page_sends_all_areas_or_all_people(
    city: Store, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    actor = actor_of(city, find_user(city, role.value))
    beyond, most = {}, (0, 0, 0)
    for entry in entries_for(actor):
        options, rows, size = sizes(opened(city, monkeypatch, role, entry))
        most = max(most[0], options), max(most[1], rows), max(most[2], size)
        if options > MOST_AREAS or rows > ROWS or size > MOST_BYTES:
            beyond[entry.title] = (options, rows, size)
    sys.stdout.write(
        f"\n{role.value}：{VILLAGES} 个村、{PEOPLE} 人，最长的选项表 {most[0]} 项，"
        f"最长的表 {most[1]} 行，最大的页面 {most[2]} 字节\n"
    )
    assert beyond == {}


def test_the_users_page_holds_everybody_once_and_finds_them(
    city: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    for number in ("1", "2", "3"):
        page = opened(city, monkeypatch, Role.ADMIN, entry_of("users"), page=number)
        seen += page.dataframe[0].value["用户名"].tolist()
        assert f"共 **{PEOPLE}** 位用户" in page.markdown[0].value
    assert len(seen) == PEOPLE
    assert seen == sorted(set(seen))
    page = opened(city, monkeypatch, Role.ADMIN, entry_of("users"), page="3", q="ERSON24")
    assert page.dataframe[0].value["用户名"].tolist() == [f"person24{n}" for n in range(6)]
    page.text_input(key=f"search-{stamp('ERSON24')}").set_value("经办007").run()
    assert page.dataframe[0].value["用户名"].tolist() == ["person007"]
    assert page.query_params == {"q": "经办007"}


def test_a_bulletins_area_is_chosen_township_first(
    city: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(city, monkeypatch, Role.OFFICE_STAFF, entry_of("bulletins"))
    assert [len(box.options) for box in page.selectbox] == [TOWNS + 1]
    page.selectbox[0].select_index(2).run()
    assert [len(box.options) for box in page.selectbox] == [TOWNS + 1, IN_A_TOWN + 1]
    made: list[str] = []

    def make(_store: Store, _actor: object, _kind: str, _until: date, scope: str) -> int:
        made.append(scope)
        return 1

    monkeypatch.setattr("ledger.reporting.bulletins.making.make", make)
    page.selectbox[1].select_index(3).run()
    page.button(key="bulletin-make").click().run()
    assert made == [f"{CITY}001102"]


def test_a_records_area_is_chosen_township_first(
    city: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> None:
        import streamlit as st

        from ledger.domain.access import SYSTEM
        from pages._ui import guard
        from pages._ui.area_picker import areas_for_records

        areas = areas_for_records(guard.atlas(), SYSTEM, "k", st.query_params.get("now"))
        st.session_state["offered"] = [area.code for area in areas]

    page = AppTest.from_function(ask, default_timeout=30).run()
    assert page.session_state["offered"] == []
    assert "先选镇(街道)" in page.caption[0].value
    page.selectbox[0].select_index(1).run()
    page.selectbox[1].select_index(2).run()
    assert len(page.session_state["offered"]) == IN_A_TOWN
    page = AppTest.from_function(ask, default_timeout=30)
    page.query_params["now"] = f"{CITY}003105"
    page.run()
    assert f"{CITY}003105" in page.session_state["offered"]


def test_the_areas_below_are_looked_for_once_per_tree(city: Store) -> None:
    atlas = current_atlas(city)
    found = atlas.under(f"/{CITY}/", "village")
    assert len(found) == VILLAGES
    assert current_atlas(city).under(f"/{CITY}/", "village") is found
