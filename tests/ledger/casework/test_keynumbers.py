"""The key numbers of a ledger: each counts exactly the rows of its conditions."""

from __future__ import annotations

import pytest

from ledger.casework.keynumbers import KeyNumber, key_numbers, without_counted
from ledger.domain.access import Actor
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST_VILLAGE


@pytest.fixture
def homes(store: Store, system: Actor) -> Store:
    for name, values in {
        "甲院": {"area_code": WEST_VILLAGE, "suspected_crime": "是"},
        "乙院": {"area_code": WEST_VILLAGE},
        "丙院": {"area_code": EAST_SOUTH},
        "丁院": {"lon": 127.9, "lat": 29.0},  # outside all areas
    }.items():
        records.create(store, system, "institutions", {"name": name, **values})
    return store


def counts(found: list[KeyNumber]) -> dict[str, int]:
    return {one.key: one.count for one in found}


def test_institutions_by_tier_and_those_that_lie_nowhere(homes: Store, system: Actor) -> None:
    found = key_numbers(homes, system, "institutions", Selection())
    assert counts(found) == {
        "all": 4, "tier-4": 1, "tier-3": 0, "tier-2": 0, "tier-1": 0, "tier-none": 3, "nowhere": 1,
        "no-grid": 3,
    }  # fmt: skip
    words = [one.word for one in found]
    assert words == [
        "合计",
        "四类",
        "三类",
        "二类",
        "一类",
        "待研判",
        "未归区域或坐标在外",
        "未到网格",
    ]


def test_each_number_opens_as_many_rows(homes: Store, system: Actor) -> None:
    for one in key_numbers(homes, system, "institutions", Selection()):
        selection = Selection(conditions=one.conditions)
        assert records.search(homes, system, "institutions", selection).total == one.count


def test_a_village_without_grids_has_nothing_to_assign(homes: Store, system: Actor) -> None:
    """Two homes of the western village lie in no grid, the one outside in no area at all; the
    eastern village has no grids."""
    (one,) = [
        one
        for one in key_numbers(homes, system, "institutions", Selection())
        if one.key == "no-grid"
    ]
    found = records.search(homes, system, "institutions", Selection(conditions=one.conditions))
    assert {row["name"] for row in found.rows} == {"甲院", "乙院", "丁院"}
    assert "no-grid" not in counts(key_numbers(homes, system, "petitions", Selection()))


def test_only_the_own_area_is_counted(homes: Store, office: Actor) -> None:
    assert counts(key_numbers(homes, office, "institutions", Selection()))["all"] == 2


def test_other_filters_narrow_and_key_numbers_do_not(homes: Store, system: Actor) -> None:
    by_tier = Condition("tier", "in", ("4",))
    by_name = Condition("name", "contains", "乙")
    given = Selection(conditions=(by_tier, by_name))
    assert without_counted(given).conditions == (by_name,)
    assert counts(key_numbers(homes, system, "institutions", given))["all"] == 1


def test_of_the_states_of_a_case_open_ones_that_occur(store: Store, system: Actor) -> None:
    values = {"registered_on": "2020-05-20", "matter": "押金不退", "area_code": WEST_VILLAGE}
    records.create(store, system, "petitions", values)
    found = key_numbers(store, system, "petitions", Selection())
    states = [one for one in found if one.key.startswith("state-")]
    assert [one.count for one in states] == [1]
    assert counts(found)["legal"] == 1
