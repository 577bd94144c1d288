"""From the regulator's list to a verdict on the spot, within one's own scope."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.casework.entities import Matched, match_entities, possible_matches, verify_entity
from ledger.domain.access import Actor, Role
from ledger.domain.errors import Conflict, Invalid, NotFound, Refused
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store
from tests.ledger.conftest import EAST, EAST_GRID, EAST_SOUTH, WEST, WEST_GRID, WEST_VILLAGE, actor

CODE = "91110000600037341L"
CARE = "养老服务；家政服务"
WORKER = actor(Role.GRID_WORKER, WEST_GRID)
VILLAGE = actor(Role.VILLAGE_STAFF, WEST_VILLAGE)
OFFICE = actor(Role.OFFICE_STAFF, WEST)


def entity(store: Store, **values: Any) -> int:
    given = {"name": "松鹤康养服务部", "area_code": WEST_GRID, "scope": CARE, **values}
    return records.create(store, actor(Role.OFFICE_STAFF, "*"), "entities", given)


def home(store: Store, **values: Any) -> str:
    given = {"name": "阳光养老院", "area_code": WEST_GRID, **values}
    record = records.create(store, actor(Role.OFFICE_STAFF, "*"), "institutions", given)
    return str(row(store, record, "institutions")["number"])


def row(store: Store, record_id: int, ledger: str = "entities") -> dict[str, Any]:
    return records.get(store, actor(Role.OFFICE_STAFF, "*"), ledger, record_id)


def homes(store: Store) -> list[dict[str, Any]]:
    """The institutions of the western township."""
    return records.search(store, OFFICE, "institutions", Selection()).rows


@pytest.mark.parametrize(
    ("values", "status", "score"),
    [
        # the same credit code under another name
        ({"name": "新名", "credit_code": CODE}, "known", 100),
        # name and address, with their places and forms
        ({"name": "示例县阳光养老院有限公司", "address": "示例县甲云镇长江路12号"}, "known", 100),
        # somebody else, in the trade
        ({}, "to_verify", None),
        # the same name elsewhere: 70 for the name, 30 × 2/11 for one sign (号) in common
        ({"name": "阳光养老院", "address": "甲云镇黄河街7号"}, "to_verify", 75),
        # somebody else, in another trade
        ({"scope": "家政服务(不含养老服务)"}, "irrelevant", None),
        ({"scope": None}, "irrelevant", None),
    ],
)
def test_status_after_matching(
    store: Store, values: dict[str, Any], status: str, score: int | None
) -> None:
    number = home(store, credit_code=CODE, address="长江路12号")
    record = entity(store, **values)
    counted = match_entities(store, OFFICE)
    found = row(store, record)
    assert (found["status"], found["match_score"]) == (status, score)
    assert found["institution"] == (number if status == "known" else None)
    assert getattr(counted, status) == 1


def test_matching_without_entities_or_institutions(store: Store) -> None:
    assert match_entities(store, OFFICE) == Matched(0, 0, 0)
    entity(store)
    assert match_entities(store, OFFICE) == Matched(0, 1, 0)


def test_matching_again_changes_nothing(store: Store) -> None:
    record = entity(store)
    match_entities(store, OFFICE)
    before = row(store, record)["version"]
    match_entities(store, OFFICE)
    assert row(store, record)["version"] == before


def test_entity_becomes_known_once_the_ledger_holds_the_institution(store: Store) -> None:
    record = entity(store)
    match_entities(store, OFFICE)
    number = home(store, name="松鹤康养服务部")
    match_entities(store, OFFICE)
    assert (row(store, record)["status"], row(store, record)["institution"]) == ("known", number)


def test_institution_named_by_hand_stays(store: Store) -> None:
    number = home(store)
    record = entity(store, institution=number)
    match_entities(store, OFFICE)
    found = row(store, record)
    assert (found["status"], found["institution"], found["match_score"]) == ("known", number, None)


def test_matching_keeps_to_the_own_township(store: Store) -> None:
    home(store, credit_code=CODE, area_code=EAST_SOUTH)
    mine, theirs = entity(store, credit_code=CODE), entity(store, area_code=EAST_SOUTH)
    assert match_entities(store, OFFICE) == Matched(0, 1, 0)
    assert row(store, mine)["institution"] is None
    assert row(store, theirs)["status"] is None
    assert possible_matches(store, OFFICE, mine) == ()


def test_deleted_institution_is_no_match(store: Store) -> None:
    home(store, credit_code=CODE)
    (found,) = homes(store)
    records.delete(store, OFFICE, "institutions", {found["id"]: found["version"]})
    record = entity(store, credit_code=CODE)
    match_entities(store, OFFICE)
    assert row(store, record)["status"] == "to_verify"


def test_possible_matches_say_why(store: Store) -> None:
    number = home(store, address="长江路12号")
    record = entity(store, name="阳光养老院", address="黄河街7号")
    (found,) = possible_matches(store, WORKER, record)
    assert (found.number, found.score) == (number, 75)
    assert found.why.startswith("名称相同，地址相似度")


@pytest.mark.parametrize("who", [WORKER, VILLAGE, OFFICE])
def test_verified_institution_stands_in_the_ledger(store: Store, who: Actor) -> None:
    record = entity(store, lon=127.02, lat=29.05, area_code=None, credit_code=CODE)
    match_entities(store, OFFICE)
    number = verify_entity(store, who, record, 2, True, "住有老人12名")
    (found,) = homes(store)
    assert (found["number"], found["name"], found["credit_code"]) == (
        number,
        "松鹤康养服务部",
        CODE,
    )
    assert (found["area_code"], found["placement"]) == (WEST_GRID, "position")
    assert found["tier"] is None  # nothing is known of it yet: 待研判, never tier one
    checked = row(store, record)
    assert (checked["status"], checked["institution"]) == ("institution", number)
    assert checked["institution_name"] == "松鹤康养服务部"
    assert (checked["verified_on"], checked["verification"]) == (clock.today(), "住有老人12名")


def test_verification_is_one_save_in_both_histories(store: Store) -> None:
    record = entity(store)
    verify_entity(store, WORKER, record, 1, True, "住有老人")
    (made,) = homes(store)
    ours = records.history(store, OFFICE, "entities", record)[0]
    theirs = records.history(store, OFFICE, "institutions", made["id"])[0]
    assert ours.batch == theirs.batch
    assert ours.actor == theirs.actor == WORKER.name
    assert ours.reason == "核实：住有老人"


def test_entity_that_is_no_institution(store: Store) -> None:
    record = entity(store)
    assert verify_entity(store, VILLAGE, record, 1, False, "只做家政") is None
    assert row(store, record)["status"] == "not_institution"
    assert homes(store) == []
    match_entities(store, OFFICE)  # a verdict stands
    assert row(store, record)["status"] == "not_institution"


@pytest.mark.parametrize("by", ["number", "code"])
def test_institution_that_the_ledger_holds_is_linked(store: Store, by: str) -> None:
    number = home(store, credit_code=CODE)
    record = entity(store, credit_code=CODE if by == "code" else None)
    named = number if by == "number" else None
    assert verify_entity(store, WORKER, record, 1, True, "就是阳光", institution=named) == number
    assert len(homes(store)) == 1
    assert row(store, record)["institution_name"] == "阳光养老院"


@pytest.mark.parametrize(
    ("note", "message"), [("", "请填写核实情况"), ("  ", "请填写核实情况"), ("长" * 1001, "过长")]
)
def test_verdict_needs_a_note(store: Store, note: str, message: str) -> None:
    record = entity(store)
    with pytest.raises(Invalid, match=message):
        verify_entity(store, WORKER, record, 1, True, note)
    assert homes(store) == []


@pytest.mark.parametrize(
    "who",
    [
        actor(Role.GRID_WORKER, EAST_GRID),  # the neighbouring grid
        actor(Role.OFFICE_STAFF, EAST),  # the other township
    ],
)
def test_entity_out_of_scope_is_as_if_not_there(store: Store, who: Actor) -> None:
    record = entity(store)
    with pytest.raises(NotFound):
        verify_entity(store, who, record, 1, True, "住有老人")
    with pytest.raises(NotFound):
        possible_matches(store, who, record)
    assert homes(store) == []


def test_institution_out_of_scope_is_not_linked(store: Store) -> None:
    number = home(store, area_code=EAST_SOUTH)
    record = entity(store)
    with pytest.raises(Invalid, match="不在您的辖区内"):
        verify_entity(store, WORKER, record, 1, True, "住有老人", institution=number)
    assert row(store, record)["status"] is None


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.ADMIN])
def test_who_only_looks_verifies_nothing(store: Store, role: Role) -> None:
    record = entity(store)
    with pytest.raises(Refused):
        verify_entity(store, actor(role, WEST), record, 1, True, "住有老人")


def test_whole_list_is_matched_by_those_who_import(store: Store) -> None:
    with pytest.raises(Refused):
        match_entities(store, WORKER)


def test_second_verdict_on_the_same_version_conflicts(store: Store) -> None:
    record = entity(store)
    verify_entity(store, WORKER, record, 1, True, "住有老人")
    with pytest.raises(Conflict):
        verify_entity(store, VILLAGE, record, 1, True, "住有老人")
    assert len(homes(store)) == 1


def test_verdict_is_taken_back_only_without_its_institution(store: Store) -> None:
    record = entity(store)
    verify_entity(store, WORKER, record, 1, True, "住有老人")
    with pytest.raises(Invalid, match="请先删除该机构"):
        verify_entity(store, WORKER, record, 2, False, "看错了")
    (made,) = homes(store)
    records.delete(store, OFFICE, "institutions", {made["id"]: made["version"]})
    verify_entity(store, WORKER, record, 2, False, "看错了")
    assert row(store, record)["institution"] is None
