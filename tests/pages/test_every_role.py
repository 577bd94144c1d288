"""Every page of every role runs to its end, in Chinese.

How the pages are drawn is looked at in a browser: tests/browser/test_every_page.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.initials import initials
from ledger.people import sessions
from ledger.people.users import as_actor, find_user
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, open_store
from pages._ui import guard
from pages.navigation import entries_for
from tests.chinese import not_chinese, said_by
from tests.menu import app_test
from tests.sample import demo_of_today

USERS = ("jingban", "lingdao", "guanli", "wangge", "cunzhuan", "xianling", "shenji")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("every_role") / "ledger.db"
    demo_of_today(path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    yield store
    store.dispose()


@pytest.mark.parametrize("name", USERS)
def test_every_page_of_a_role_runs_in_chinese(
    sample: Store, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    user = find_user(sample, name)
    token = sessions.open_session(sample, user)
    monkeypatch.setattr(guard, "store", lambda: sample)
    monkeypatch.setattr(guard, "session_token", lambda: token)
    # Letters by which people find an area; the box compares what is typed with what it shows.
    letters = {initials(area.name) for area in current_atlas(sample)}
    faults = []
    for entry in entries_for(as_actor(user)):
        page = app_test(entry).run()
        said = said_by(page)
        faults += [f"{entry.title}: {one.value}" for one in page.exception]
        faults += [f"{entry.title}: {word} is no Chinese" for word in not_chinese(said, letters)]
        assert re.search("[一-龥]{2}", said), f"{entry.title} says nothing"
    assert faults == [], "\n".join(faults)


def test_words_that_are_no_chinese_are_found_wherever_a_page_says_them() -> None:
    def script() -> None:
        import streamlit as st

        st.markdown("中文 **Alpha** :red[Bravo] [Charlie](https://hidden.example/address)")
        st.html("<style>.quiet{}</style><p title='Delta'>Echo <b>中文</b> &lt;</p>")
        st.button("Foxtrot", help="Golf", icon=":material/add_circle:")
        st.selectbox("中文", ["Hotel"], placeholder="India")
        with st.expander("Juliett", icon=":material/tune:"):
            st.text_input("中文", placeholder="Kilo")
        with st.popover("Lima"):
            st.info("Excel CSV Mike")
        (tab,) = st.tabs(["November"])
        tab.caption("Oscar\\. Papa")

    found = not_chinese(said_by(AppTest.from_function(script).run()))
    assert sorted(found) == [
        *("Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India"),
        *("Juliett", "Kilo", "Lima", "Mike", "November", "Oscar", "Papa"),
    ]
