"""Every number that is a link opens exactly the rows that it counts (`tests.pages.numbers`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from ledger.records import query
from ledger.storage import Store, open_store
from tests.pages.numbers import Walk
from tests.sample import demo_of_today
from tests.thoroughly import thorough

# What each of them sees that nobody before does: the county, and a village.
PEOPLE = ("xianling", thorough("cunzhuan"))
# Of nobody else's area and role, so that no answer of another walk is kept for them.
PLANTED = "lingdao"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path: Path = tmp_path_factory.mktemp("numbers") / "ledger.db"
    demo_of_today(path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    yield store
    store.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("person", PEOPLE)
def test_every_number_opens_the_rows_it_counts(
    sample: Store, monkeypatch: pytest.MonkeyPatch, person: str
) -> None:
    walk = Walk(sample, monkeypatch, most=1)
    walk.walk(person)
    assert walk.done.differences == []
    assert walk.done.links > 60
    assert walk.done.key_numbers > 50


def test_the_walk_finds_two_lists_on_one_column_read_as_their_union(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "intersected", tuple)
    walk = Walk(sample, monkeypatch, most=0)
    year = period_of("year", clock.today()).text
    monkeypatch.setattr(walk, "_views", lambda actor: [f"figures?period={year}"])
    walk.walk(PLANTED)
    assert any("figures?period=" in one and "lists" in one for one in walk.done.differences)
