"""What the database counts by itself is what is there, whichever way a record was written."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select

from ledger.domain.access import Actor, Role
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import count_by, find
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, institutions, tallied_keys, tallies
from tests.ledger.conftest import EAST_SOUTH, WEST, WEST_GRID, WEST_VILLAGE, actor

OFFICE = actor(Role.OFFICE_STAFF, WEST)
COUNTED = [key for key in LEDGERS if key != "areas"]


def kept(store: Store, ledger: str) -> Counter[tuple[Any, ...]]:
    """The tallies of a ledger that are not zero."""
    keys = [tallies.c[key] for key in ("deleted", "area_path", "counted", "placement", "n")]
    with store.reading() as connection:
        query = select(*keys).where(tallies.c.ledger == ledger, tallies.c.n != 0)
        return Counter({tuple(row[:4]): row[4] for row in connection.execute(query)})


def counted(store: Store, ledger: str) -> Counter[tuple[Any, ...]]:
    """The same, by counting the records."""
    table = LEDGER_TABLES[ledger]
    keys = [
        func.coalesce(table.c[key], "") for key in ("area_path", *tallied_keys(LEDGERS[ledger]))
    ]
    with store.reading() as connection:
        rows = connection.execute(select(table.c.deleted, *keys)).all()
    return Counter((*row, "")[:4] for row in rows)


def agree(store: Store) -> None:
    for ledger in COUNTED:
        assert kept(store, ledger) == counted(store, ledger), ledger


@pytest.fixture
def homes(store: Store, system: Actor) -> list[int]:
    """Three institutions of three tiers in two townships."""
    facts = [
        ("松柏院", WEST_VILLAGE, "是"),
        ("青竹院", WEST_GRID, None),
        ("兰院", EAST_SOUTH, None),
    ]
    return [
        records.create(
            store,
            system,
            "institutions",
            {"name": name, "area_code": area, "suspected_crime": crime},
        )
        for name, area, crime in facts
    ]


def test_adding_counts(store: Store, homes: list[int], system: Actor) -> None:
    agree(store)
    assert sum(kept(store, "institutions").values()) == 3
    given = {"measure": "warn", "opened_on": "2026-05-20", "area_code": WEST_VILLAGE}
    records.create(store, system, "dispositions", given)
    agree(store)


def test_another_tier_and_another_place_count_there(
    store: Store, homes: list[int], system: Actor
) -> None:
    values = {"area_code": EAST_SOUTH, "complained": True, "suspected_crime": False}
    records.save(store, system, "institutions", [records.Edit(homes[0], 1, values)])
    agree(store)
    with store.reading() as connection:
        assert find(connection, OFFICE, INSTITUTIONS, Selection()).total == 1
        assert count_by(connection, system, INSTITUTIONS, Selection(), "tier") == {None: 2, "3": 1}


def test_bin_counts_apart(store: Store, homes: list[int], system: Actor) -> None:
    records.delete(store, system, "institutions", {homes[0]: 1})
    agree(store)
    with store.reading() as connection:
        binned = Selection(deleted=True)
        assert find(connection, system, INSTITUTIONS, binned).total == 1
        assert count_by(connection, system, INSTITUTIONS, Selection(), "tier") == {None: 2}
    records.restore(store, system, "institutions", {homes[0]: 2})
    agree(store)


def test_what_was_written_past_the_services_counts_too(store: Store, homes: list[int]) -> None:
    with store.writing() as connection:
        row = dict(connection.execute(select(institutions)).mappings().first() or {})
        connection.execute(insert(institutions), [{**row, "id": 99, "number": "YL-99"}])
        connection.execute(delete(institutions).where(institutions.c.id == homes[1]))
    agree(store)


@pytest.mark.parametrize(
    "conditions",
    [
        (),
        (Condition("tier", "in", ("4", None)),),
        (Condition("tier", "eq", "4"),),
        (Condition("tier", "eq", None),),
        (Condition("tier", "blank"),),
        (Condition("tier", "not_blank"),),
        (Condition("placement", "in", ("hand",)), Condition("tier", "in", ("4",))),
    ],
)
@pytest.mark.parametrize("who", ["系统", "经办"])
def test_totals_are_those_of_counting(
    store: Store, homes: list[int], system: Actor, conditions: tuple[Condition, ...], who: str
) -> None:
    one = system if who == "系统" else OFFICE
    # A condition on what is not tallied and always holds: the records themselves are counted.
    slow = Selection(conditions=(*conditions, Condition("name", "contains", "院")))
    with store.reading() as connection:
        quick = find(connection, one, INSTITUTIONS, Selection(conditions=conditions))
        thorough = find(connection, one, INSTITUTIONS, slow)
        assert quick.total == thorough.total == len(quick.rows)
        assert [row["id"] for row in quick.rows] == [row["id"] for row in thorough.rows]
        for key in tallied_keys(INSTITUTIONS):
            by_tally = count_by(
                connection, one, INSTITUTIONS, Selection(conditions=conditions), key
            )
            assert by_tally == count_by(connection, one, INSTITUTIONS, slow, key)


def test_long_lists_are_walked_in_the_same_order(
    store: Store, homes: list[int], system: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ids() -> list[list[int]]:
        with store.reading() as connection:
            return [
                [row["id"] for row in find(connection, one, INSTITUTIONS, selection).rows]
                for one in (system, OFFICE)
                for selection in (
                    Selection(),
                    Selection(conditions=(Condition("tier", "in", (None,)),)),
                    Selection(sort=(("name", False),)),
                )
            ]

    sorted_lists = ids()
    monkeypatch.setattr("ledger.records.record_pages._WORTH_WALKING", 1)
    assert ids() == sorted_lists
