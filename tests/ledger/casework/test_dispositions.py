"""Confirming a tier opens exactly what the tier table demands, once."""

from __future__ import annotations

import pytest

from ledger.casework import dispositions
from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict, Invalid, Refused
from ledger.domain.ledgers import DISPOSITIONS
from ledger.domain.values import fold
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.records.rulebook import TIERS, parse_rules, shipped
from ledger.storage import Store
from tests.ledger.conftest import WEST, WEST_VILLAGE, actor


def place(store: Store, office: Actor, **facts: str) -> int:
    values = {"name": "松柏院", "area_code": WEST_VILLAGE, **facts}
    return records.create(store, office, "institutions", values)


def measures(store: Store, office: Actor) -> list[str]:
    found = records.search(store, office, "dispositions", Selection(sort=(("id", False),)))
    labels = DISPOSITIONS.by_key["measure"].choice_labels
    return [labels[row["measure"]] for row in found.rows]


@pytest.mark.parametrize(
    ("facts", "demanded"),
    [
        ({"frequent_changes": "是"}, ["提示引导规范运营", "增加抽查频次", "加强日常监测"]),
        (
            {"complained": "是"},
            ["线索通报镇(街道)主要负责人和公安机关", "警示约谈", "责令整改", "督促清退资金"],
        ),
        (
            {"suspected_crime": "是"},
            [
                "线索通报镇(街道)主要负责人和公安机关",
                "配合处非牵头部门、公安机关依法打击",
                "老年人妥善安置",
                "困难老年人救助",
                "涉嫌犯罪人员移交公安",
            ],
        ),
    ],
    ids=["tier two", "tier three", "tier four"],
)
def test_tier_opens_its_measures(
    store: Store, office: Actor, leader: Actor, facts: dict[str, str], demanded: list[str]
) -> None:
    home = place(store, office, **facts)
    opened = dispositions.confirm_tier(store, leader, home, 1)
    assert len(opened) == len(demanded)
    assert [fold(text) for text in measures(store, office)] == [fold(text) for text in demanded]
    assert records.get(store, office, "institutions", home)["tier_confirmed"] is not None


def test_every_measure_of_the_rule_file_is_known() -> None:
    known = DISPOSITIONS.by_key["measure"].choice_by_text
    rules = parse_rules(shipped(TIERS).read_text(encoding="utf-8"))
    for tier in rules.tiers.values():
        assert all(fold(measure.name) in known for measure in tier.measures), tier.name


def test_confirming_again_opens_nothing_twice(store: Store, office: Actor, leader: Actor) -> None:
    home = place(store, office, complained="是")
    dispositions.confirm_tier(store, leader, home, 1)
    with pytest.raises(Invalid, match="已经确认过"):
        dispositions.confirm_tier(store, leader, home, 2)
    edit = records.Edit(home, 2, {"suspected_crime": "是"})
    records.save(store, office, "institutions", [edit])
    # Tier four demands what is open already, and four measures more.
    assert len(dispositions.confirm_tier(store, leader, home, 3)) == 4


def test_undetermined_tier_cannot_be_confirmed(store: Store, office: Actor, leader: Actor) -> None:
    with pytest.raises(Invalid, match="待研判"):
        dispositions.confirm_tier(store, leader, place(store, office), 1)


def test_only_a_leader_confirms_and_only_what_was_read(store: Store, office: Actor) -> None:
    home = place(store, office, complained="是")
    with pytest.raises(Refused):
        dispositions.confirm_tier(store, office, home, 1)
    with pytest.raises(Conflict):
        dispositions.confirm_tier(store, actor(Role.LEADER, WEST), home, 7)
    assert measures(store, office) == []


def test_what_would_be_opened_is_told_before_with_what_is_open_already(
    store: Store, office: Actor, leader: Actor
) -> None:
    home = place(store, office, complained="是")
    before = dispositions.demanded(store, leader, home)
    assert not any(one.open for one in before)
    dispositions.confirm_tier(store, leader, home, 1)
    assert [fold(one.name) for one in before] == [fold(name) for name in measures(store, office)]
    assert all(one.open for one in dispositions.demanded(store, leader, home))


def test_an_undetermined_tier_demands_nothing(store: Store, office: Actor) -> None:
    assert dispositions.demanded(store, office, place(store, office)) == ()
