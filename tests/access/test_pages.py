"""Every page: whoever may not open it hears why and nothing else, and it shows nothing of others.

Pages read through the services that are walked on their own. Each is opened by somebody who may
not; those that put numbers of their own together (maps, figures, lists), and one ledger for all,
are opened by the person with the smallest scope that may, beside records of others.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import guard
from pages.navigation import ENTRIES, PAGES, Entry, entries_for
from tests.access import walked
from tests.access.world import PEOPLE, SECRET, WHOLE, World, Worlds

KIND = "pages"
# The smallest scope first.
ORDER = ("wangge", "cun", "jingban", "lingdao", "shenji", "guanli", *WHOLE)
THERE = [entry for entry in ENTRIES if entry.path.is_file()]
SHOWN = [
    entry
    for entry in THERE
    if entry.group in ("态势", "走访") or entry.url_path in ("institutions", "todo")
]


def _opened(
    worlds: Worlds, world: World, name: str, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    monkeypatch.setattr(guard, "session_token", lambda: worlds.tokens[name])
    monkeypatch.setattr(guard, "store", lambda: world.store)
    before = world.stamp
    page = AppTest.from_file(str(entry.path), default_timeout=120).run()
    walked.count(KIND, entry.url_path)
    if world.stamp != before:
        world.restore()
    return page


def _text(page: AppTest) -> str:
    """All that is sent to the browser."""
    return "\n".join(str(getattr(one, "proto", "")) for one in page)


@pytest.mark.parametrize("entry", SHOWN, ids=lambda one: one.url_path)
def test_a_page_shows_nothing_of_others(
    entry: Entry, worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    able = [name for name in ORDER if entry in entries_for(worlds.actors[name])]
    assert able, "a page that nobody may open"
    name = able[0]
    if name in WHOLE:
        return  # a page for the whole tree: there are no others
    world, _ = worlds.beyond(name)
    page = _opened(worlds, world, name, entry, monkeypatch)
    assert not page.exception
    text = _text(page)
    # Streamlit writes Chinese in protobuf texts as octal escapes.
    escaped = "".join(f"\\{byte:03o}" for byte in SECRET.encode())
    if SECRET in text or escaped in text:
        walked.leak(KIND, f"{entry.url_path} {name}")
        pytest.fail(f"{entry.url_path} shows {name} something of others")


@pytest.mark.parametrize(
    "entry", [one for one in THERE if one.action is not None], ids=lambda one: one.url_path
)
def test_whoever_may_not_open_a_page_hears_why_and_nothing_else(
    entry: Entry, worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    unable = [name for name in PEOPLE if entry not in entries_for(worlds.actors[name])]
    assert unable, "everybody may open it: then it needs no right"
    page = _opened(worlds, worlds.theirs, unable[-1], entry, monkeypatch)
    assert not page.exception
    assert len(page.warning) == 1
    assert "不能" in page.warning[0].value
    assert not page.dataframe
    assert not page.button
    assert "甲" not in _text(page)


def test_every_page_file_is_in_the_menu() -> None:
    """A page that no menu names would be a page that no walk opens."""
    named = {entry.file for entry in ENTRIES}
    files = {
        path.relative_to(PAGES).as_posix()
        for folder in ("situation", "records", "field", "admin")
        for path in Path(PAGES / folder).glob("*.py")
        if path.name != "__init__.py"
    }
    asking = {file for file in files if "guard.visitor(" in _source(file)}
    assert asking <= named


def _source(file: str) -> str:
    return (PAGES / file).read_text(encoding="utf-8")
