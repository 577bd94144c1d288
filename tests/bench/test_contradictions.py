"""Contradictions of the demo and of 2,000 homes against a count of their own in pandas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.casework.contradiction_counts import overview
from ledger.casework.contradictions import all_findings
from ledger.casework.settling import settle
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.contradictions import read_contradictions
from ledger.domain.timing import clock
from ledger.records import rulebook
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.storage import Store, open_store
from tests.bench.contradiction_office import office
from tests.bench.contradictions import (
    COUNTS,
    COUNTY_LEADER,
    SECONDS,
    TOWN,
    compare,
    settle_most,
    timed,
)
from tests.sample import PLAYED_UNTIL, played_sample

READERS = [COUNTY_LEADER, TOWN]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An office of 2,000 homes with every kind of contradiction."""
    store = office(tmp_path_factory.mktemp("homes"))
    yield store
    store.dispose()


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Store]:
    """The played campaign of the demo."""
    played_sample(tmp_path / "ledger.db")
    store = open_store(f"sqlite:///{(tmp_path / 'ledger.db').as_posix()}")
    with clock.pretend(PLAYED_UNTIL):
        yield store
    store.dispose()


def test_every_shipped_rule_is_counted_a_second_time() -> None:
    shipped = rulebook.shipped(rulebook.CONTRADICTIONS).read_text(encoding="utf-8")
    assert [rule.id for rule in read_contradictions(shipped)] == list(COUNTS)


@pytest.mark.thorough
@pytest.mark.parametrize("reader", READERS, ids=["county", "township"])
def test_an_office_of_2000_homes_is_counted_alike(homes: Store, reader: Actor) -> None:
    compared = compare(homes, reader)
    assert [rule for rule, _, _, same in compared if not same] == []
    assert min(count for _, count, _, _ in compared) > 0


@pytest.mark.parametrize("area", ["/", "/990101/990101001/"])
def test_the_demo_is_counted_alike(sample: Store, area: str) -> None:
    code = area.strip("/").rpartition("/")[2] or "*"
    compared = compare(sample, Actor("测量", Role.LEADER, code, area))
    assert [rule for rule, _, _, same in compared if not same] == []


@pytest.mark.thorough
def test_every_number_of_the_page_opens_as_many_rows(homes: Store) -> None:
    seen = overview(homes, TOWN, current_atlas(homes))
    for one in seen.rules:
        wanted = Selection(conditions=(Condition("contradiction", "set", one.rule.id),))
        assert records.search(homes, TOWN, one.rule.ledger, wanted).total == one.open, one.rule.id
    for ledger, rows in seen.total.records.items():
        wanted = Selection(conditions=(Condition("contradiction", "set", "all"),))
        assert records.search(homes, TOWN, ledger, wanted).total == rows, ledger
        assert sum(one.records.get(ledger, 0) for one in seen.areas) == rows, ledger


@pytest.mark.thorough
def test_one_of_each_rule_settled_is_one_less_of_each(tmp_path: Path) -> None:
    """Of 800 homes; what was settled is found among the settled ones."""
    store = office(tmp_path, 800)
    before = overview(store, SYSTEM, current_atlas(store))
    first = {one.rule.id: one for one in reversed(all_findings(store, SYSTEM))}
    for one in first.values():
        today = clock.today()
        settle(store, SYSTEM, one.rule.id, one.record_id, one.token, "核对过", today)
    after = overview(store, SYSTEM, current_atlas(store))
    store.dispose()
    assert len(first) == len(COUNTS)
    assert [one.open for one in after.rules] == [one.open - 1 for one in before.rules]
    assert {one.settled for one in after.rules} == {1}


@pytest.mark.bench
def test_2000_homes_are_counted_in_time(homes: Store) -> None:
    spent = timed(homes, COUNTY_LEADER)
    print(f"\n2,000 homes, {len(COUNTS)} rules: {spent * 1000:.0f} ms")
    assert spent < SECONDS


@pytest.mark.bench
def test_2000_homes_with_most_findings_settled_are_counted_in_time(tmp_path: Path) -> None:
    """Every settled id was tried for every record that names one: 351 ms, now 151."""
    store = office(tmp_path)
    settled = settle_most(store)
    spent = timed(store, COUNTY_LEADER)
    seen = overview(store, SYSTEM, current_atlas(store))
    store.dispose()
    print(f"\n{settled:,} settled findings: {spent * 1000:.0f} ms")
    assert sum(one.settled for one in seen.rules) == settled
    assert spent < SECONDS
