"""The sample, loaded through the services that take real data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ledger.casework.map_overview import situation
from ledger.demo.loading import load_demo
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid
from ledger.operations import database_check
from ledger.people.users import actor_of, demo_accounts
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.records.service import search
from ledger.storage import Store, open_store, options
from ledger.storage.own_tables import backdrop
from ledger.storage.purpose import declare
from tests.ledger.sheets import fingerprint
from tests.sample import played_sample


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database with the sample in it; tests only look."""
    path: Path = tmp_path_factory.mktemp("demo") / "ledger.db"
    played_sample(path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    yield store
    store.dispose()


def test_the_county_is_there_with_everything_in_it(demo: Store) -> None:
    atlas = current_atlas(demo)
    assert atlas.levels == ("county", "township", "village", "grid")
    assert len(atlas) > 500
    counts = situation(demo, SYSTEM, atlas, None).here
    assert counts.total > 130
    assert all(counts.by_tier.get(tier) for tier in ("1", "2", "3", "4", None))
    with demo.reading() as connection:
        assert options.read(connection, "demo") is True
        kinds = set(connection.execute(select(backdrop.c.kind)).scalars())
    assert kinds == {"road", "water"}


def test_there_is_one_account_a_role_and_each_sees_something(demo: Store) -> None:
    users = demo_accounts(demo)
    assert [user.name for user in users] == [
        "wangge",
        "cunzhuan",
        "jingban",
        "lingdao",
        "xianling",
        "shenji",
        "guanli",
    ]
    assert {user.role for user in users} == set(Role)
    for user in users:
        if user.role is Role.ADMIN:
            continue
        assert search(demo, actor_of(demo, user), "institutions", Selection()).total > 0


def test_accounts_look_after_places_that_matter(demo: Store) -> None:
    serious = Selection(conditions=(Condition("tier", "in", ("3", "4")),))
    users = {user.name: user for user in demo_accounts(demo)}

    def seen(name: str, selection: Selection) -> int:
        return search(demo, actor_of(demo, users[name]), "institutions", selection).total

    for name in ("jingban", "lingdao"):
        assert {
            row["tier"]
            for row in search(demo, actor_of(demo, users[name]), "institutions", serious).rows
        } == {"3", "4"}
    assert seen("wangge", serious) >= 1
    assert seen("wangge", Selection()) >= 2


def test_records_of_the_campaign_come_with_the_sample(demo: Store) -> None:
    for ledger in ("inspections", "leads", "dispositions", "petitions", "outreach", "entities"):
        assert search(demo, SYSTEM, ledger, Selection()).total > 0, ledger


def test_twice_changes_nothing(demo: Store) -> None:
    before = fingerprint(demo)
    again = load_demo(demo)
    assert not again.loaded
    assert fingerprint(demo) == before
    assert database_check.verify(demo).sound


def test_real_data_is_never_mixed_with_the_sample(store: Store) -> None:
    before = fingerprint(store)
    with pytest.raises(Invalid, match="正式库"):
        load_demo(store)
    with store.writing() as connection:  # a mark alone does not make a demo of it
        declare(connection, "demo")
    before = fingerprint(store)
    with pytest.raises(Invalid, match="正式库"):
        load_demo(store)
    assert fingerprint(store) == before
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(backdrop)).scalar() == 0
