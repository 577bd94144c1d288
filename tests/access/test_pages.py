"""Every page: whoever may not open it hears why and no more, and it shows nothing of others."""

from __future__ import annotations

import pytest

from pages.navigation import ENTRIES, Entry, entries_for
from tests.access import pages_walk
from tests.access.pages_walk import ORDER
from tests.access.walking import Walk
from tests.access.world import PEOPLE

by_page = pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.url_path)


@by_page
def test_a_page_shows_nothing_of_others(entry: Entry, walk: Walk) -> None:
    assert any(entry in entries_for(walk.worlds.actors[name]) for name in ORDER), "opens to nobody"
    assert pages_walk.walk_shown(walk, entry) == []


@by_page
def test_whoever_may_not_open_a_page_hears_why_and_nothing_else(entry: Entry, walk: Walk) -> None:
    closed = [name for name in PEOPLE if entry not in entries_for(walk.worlds.actors[name])]
    assert closed or entry.action is None, "everybody may open it: then it needs no right"
    assert pages_walk.walk_closed(walk, entry) == []


def test_every_page_file_is_in_the_menu_and_walked() -> None:
    """A page that no menu names would be a page that no walk opens."""
    assert pages_walk.files() == {entry.file for entry in ENTRIES if entry.file}
