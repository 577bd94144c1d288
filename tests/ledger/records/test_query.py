"""Searching, filtering, sorting and paging one ledger."""

from __future__ import annotations

import pytest

from ledger.domain.access import Actor
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import INSTITUTIONS
from ledger.records import service as records
from ledger.records.query import Condition, Selection, count_by
from ledger.storage import Store
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
