"""Searching, filtering, sorting and paging one ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, update

from ledger.domain.access import Actor
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.timing import clock
from ledger.records import record_pages
from ledger.records import service as records
from ledger.records.due import days_overdue
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import count_by
from ledger.storage import Store
from ledger.storage.tables import petitions
from tests.ledger.conftest import EAST_SOUTH, WEST, WEST_VILLAGE, path_of

HOMES = [
    {"name": "松柏院", "beds": 30, "filing": "已许可", "area_code": WEST_VILLAGE},
    {"name": "青竹_50%院", "beds": 10, "suspected_crime": "是", "area_code": WEST_VILLAGE},
    {"name": "无证寓所", "filing": "未许可未备案", "area_code": EAST_SOUTH, "address": "甲路1号"},
]


@pytest.fixture
def homes(store: Store, system: Actor) -> Store:
    for values in HOMES:
        records.create(store, system, "institutions", values)
    return store


def names(store: Store, actor: Actor, selection: Selection) -> list[str]:
    page = records.search(store, actor, "institutions", selection)
    return [row["name"] for row in page.rows]


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(text="松柏"), ["松柏院"]),
        (Selection(text="院 YL-000001"), ["松柏院"]),  # every word, in any column
        (Selection(text="50%"), ["青竹_50%院"]),  # a wildcard means itself
        (Selection(text="_"), ["青竹_50%院"]),
        (Selection(conditions=(Condition("beds", "ge", 11),)), ["松柏院"]),
        (Selection(conditions=(Condition("beds", "blank"),)), ["无证寓所"]),
        (Selection(conditions=(Condition("tier", "eq", "4"),)), ["青竹_50%院"]),
        (
            Selection(conditions=(Condition("tier", "in", ["4", None]),), sort=(("id", False),)),
            ["松柏院", "青竹_50%院"],
        ),
        (Selection(conditions=(Condition("address", "not_blank"),)), ["无证寓所"]),
        (Selection(area_path=path_of(WEST), sort=(("beds", False),)), ["青竹_50%院", "松柏院"]),
        (Selection(sort=(("beds", True),)), ["松柏院", "青竹_50%院", "无证寓所"]),  # blanks last
        (Selection(sort=(("beds", False),)), ["青竹_50%院", "松柏院", "无证寓所"]),
    ],
)
def test_selection_finds(
    homes: Store, system: Actor, selection: Selection, found: list[str]
) -> None:
    assert names(homes, system, selection) == found


def test_scope_narrows_whatever_is_asked(homes: Store, office: Actor) -> None:
    assert "无证寓所" not in names(homes, office, Selection())
    outside = Selection(area_path=path_of(EAST_SOUTH))
    assert names(homes, office, outside) == []


@pytest.mark.parametrize(
    "selection",
    [
        Selection(conditions=(Condition("password", "eq", 1),)),
        Selection(sort=(("1;drop", True),)),
    ],
)
def test_unknown_column_is_refused(homes: Store, system: Actor, selection: Selection) -> None:
    with pytest.raises(Invalid, match=r"password|drop"):
        names(homes, system, selection)


def test_pages_do_not_overlap_and_the_last_is_shown_past_the_end(
    homes: Store, system: Actor
) -> None:
    selection = Selection(sort=(("deleted", False),))  # all equal: only the id decides
    one = records.search(homes, system, "institutions", selection, page=1, size=2)
    two = records.search(homes, system, "institutions", selection, page=99, size=2)
    assert (one.pages, two.number) == (2, 2)
    assert sorted(row["id"] for row in one.rows + two.rows) == [1, 2, 3]


def test_counts_agree_with_rows(homes: Store, system: Actor) -> None:
    with homes.reading() as connection:
        counts = count_by(connection, system, INSTITUTIONS, Selection(), "tier")
    assert counts == {None: 1, "2": 1, "4": 1}


def test_institutions_are_listed_with_the_worst_tier_first_and_those_without_one_last(
    homes: Store, system: Actor
) -> None:
    tiers = [row["tier"] for row in records.search(homes, system, "institutions", Selection()).rows]
    known = [tier for tier in tiers if tier is not None]
    assert known == sorted(known, reverse=True)
    assert tiers == [*known, *[None] * (len(tiers) - len(known))]
    assert known[0] == "4"


def test_cases_are_listed_by_their_next_deadline_and_the_finished_last_newest_first(
    store: Store, office: Actor
) -> None:
    days = {"later": clock.today(), "late": clock.today() - timedelta(days=40), "new": None}
    for matter, day in days.items():
        values = {"matter": matter, "area_code": WEST_VILLAGE}
        records.create(
            store, office, "petitions", {**values, "registered_on": day or clock.today()}
        )
    with store.writing() as connection:
        finished = petitions.c.matter.in_(("new",))
        connection.execute(update(petitions).where(finished).values(due_on=None))
    rows = records.search(store, office, "petitions", Selection()).rows
    assert [row["matter"] for row in rows] == ["late", "later", "new"]
    assert days_overdue(rows[0]["due_on"]) == (clock.today() - rows[0]["due_on"]).days > 0
    assert days_overdue(rows[2]["due_on"]) is None
    assert days_overdue(clock.today()) is None


@pytest.mark.sqlite_only
@pytest.mark.parametrize("key", [key for key, one in LEDGERS.items() if one.menu])
def test_the_own_order_of_a_ledger_is_read_from_an_index(
    key: str, store: Store, office: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is collected and sorted, however many records there are."""
    ledger, told = LEDGERS[key], []
    monkeypatch.setattr(record_pages, "_WORTH_WALKING", 0)
    monkeypatch.setattr(record_pages, "_tallied", lambda *_: [(None, None, 5_000)])
    event.listen(store.engine, "before_cursor_execute", lambda *heard: told.append(heard[2:4]))
    states = {"tier": "4", "due_on": None}.get(ledger.order[0][0])
    conditions = (Condition("tier", "in", (states,)),) if states else ()
    for selection in (Selection(), Selection(conditions=conditions)):
        records.search(store, office, key, selection)
        statement, parameters = told[-1]
        with store.reading() as connection:
            plan = str(
                connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            )
        assert "ORDER BY" in statement
        assert "TEMP B-TREE" not in plan, plan


def test_what_a_column_contains_is_found_as_by_reading_every_record(
    homes: Store, system: Actor
) -> None:
    """The index of the search is asked first; it changes no answer, deleted records included."""
    texts = ["甲路1号", "甲 路1号", "甲路１号", "松柏院旁", "AbC路", "abc\u0301路", "50%_号", "é路"]
    for text in texts:
        values = {"name": "某院", "address": text, "area_code": WEST_VILLAGE}
        records.create(homes, system, "institutions", values)
    gone = records.create(homes, system, "institutions", {**HOMES[2], "name": "已撤"})
    records.delete(homes, system, "institutions", {gone: 1}, reason="已撤销")
    parts = {text[at : at + size] for text in texts for at in range(3) for size in (1, 2, 9)}
    with homes.reading() as connection:
        for deleted in (False, True):
            every = record_pages.find(
                connection, system, INSTITUTIONS, Selection(deleted=deleted), size=50
            )
            for part in filter(None, parts):
                asked = Selection(
                    conditions=(Condition("address", "contains", part),), deleted=deleted
                )
                plain = {
                    row["id"]
                    for row in every.rows
                    if lowered(part) in lowered(row["address"] or "")
                }
                page = record_pages.find(connection, system, INSTITUTIONS, asked)
                assert {row["id"] for row in page.rows} == plain, part
                counted = count_by(connection, system, INSTITUTIONS, asked, "filing")
                assert sum(counted.values()) == len(plain), part


def lowered(text: str) -> str:
    """As a database compares: the letters of ASCII without regard to their case."""
    return "".join(one.lower() if one.isascii() else one for one in text)


def test_a_search_for_signs_that_nobody_sees_is_refused_and_does_not_find_everything(
    homes: Store, system: Actor
) -> None:
    for text in ("\u200b", "\u202e\u2066", "\u200b \ufeff"):
        with pytest.raises(Invalid, match="看不见"):
            names(homes, system, Selection(text=text))
    assert names(homes, system, Selection(text="松柏 \u200b")) == ["松柏院"]


def test_a_column_that_contains_a_part_is_looked_up_by_the_index(
    homes: Store, system: Actor
) -> None:
    asked = Selection(conditions=(Condition("name", "contains", "松柏"),))
    said: list[str] = []
    event.listen(homes.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    assert names(homes, system, asked) == ["松柏院"]
    assert any("institutions_grams" in statement for statement in said)
