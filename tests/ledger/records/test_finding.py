"""The box in the head: a few records of each ledger, and areas, in scope and by right."""

from __future__ import annotations

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.records import finding
from ledger.records import service as records
from ledger.records.bulk import create_many
from ledger.records.finding import Findings, find_everywhere
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH, WEST, WEST_VILLAGE, actor

PHONE = "13800001111"
CASE = {"registered_on": "2026-03-01", "matter": "反映松柏院押金不退"}


@pytest.fixture
def office_store(store: Store) -> Store:
    homes = [
        {"name": "松柏院", "area_code": WEST_VILLAGE},
        {"name": "青竹院", "address": "松柏路1号", "area_code": WEST_VILLAGE},
        {"name": "松柏二院", "area_code": EAST_SOUTH},
    ]
    create_many(store, SYSTEM, "institutions", homes)
    case = {**CASE, "area_code": WEST_VILLAGE, "petitioner_phone": PHONE, "petitioner": "张三丰"}
    records.create(store, SYSTEM, "petitions", case)
    return store


def titles(found: Findings) -> dict[str, list[str]]:
    return {one.ledger.key: [hit.title for hit in one.hits] for one in found.ledgers}


def test_titles_come_first_then_the_newest(office_store: Store) -> None:
    assert titles(find_everywhere(office_store, SYSTEM, "松柏")) == {
        "institutions": ["松柏二院", "松柏院", "青竹院"],
        "petitions": [CASE["matter"]],
    }
    # Every word counts, wherever it stands.
    assert titles(find_everywhere(office_store, SYSTEM, "松柏 竹院")) == {
        "institutions": ["青竹院"]
    }


def test_names_are_found_by_their_initials(office_store: Store) -> None:
    assert titles(find_everywhere(office_store, SYSTEM, "sbey")) == {"institutions": ["松柏二院"]}


def test_only_what_is_in_scope_and_not_in_the_bin(office_store: Store) -> None:
    west = actor(Role.OFFICE_STAFF, WEST)
    records.delete(office_store, SYSTEM, "institutions", {2: 1})
    assert titles(find_everywhere(office_store, west, "松柏")) == {
        "institutions": ["松柏院"],
        "petitions": [CASE["matter"]],
    }
    south = actor(Role.VILLAGE_STAFF, EAST_SOUTH)
    assert titles(find_everywhere(office_store, south, "松柏")) == {"institutions": ["松柏二院"]}


def test_protected_texts_are_not_found_but_a_whole_phone_is_by_right(office_store: Store) -> None:
    staff, leader = actor(Role.OFFICE_STAFF, WEST), actor(Role.LEADER, WEST)
    assert titles(find_everywhere(office_store, staff, "张三丰")) == {}
    assert titles(find_everywhere(office_store, staff, PHONE)) == {"petitions": [CASE["matter"]]}
    assert titles(find_everywhere(office_store, staff, PHONE[:-1])) == {}
    assert titles(find_everywhere(office_store, leader, PHONE)) == {}


def test_areas_by_name_or_code_the_larger_ones_first(office_store: Store) -> None:
    west = actor(Role.OFFICE_STAFF, WEST)
    found = find_everywhere(office_store, west, WEST[-4:]).areas
    assert found
    assert found[0].code == WEST
    assert all(west.sees(one.path) for one in found)
    assert find_everywhere(office_store, west, EAST_SOUTH).areas == ()


def test_a_word_that_stands_everywhere_is_counted_up_to_a_limit(
    office_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "SHOWN", 1)
    (home,) = (
        one
        for one in find_everywhere(office_store, SYSTEM, "松柏").ledgers
        if one.ledger.key == "institutions"
    )
    assert (home.total, home.more) == (3, False)
    monkeypatch.setattr(finding, "COUNTED", 2)
    home = find_everywhere(office_store, SYSTEM, "松柏").ledgers[0]
    assert (home.total, home.more, len(home.hits)) == (2, True, 1)


def test_one_sign_finds_nothing_and_half_a_sign_is_refused(office_store: Store) -> None:
    for text in ("", " ", "松", "\u200b 松"):
        assert find_everywhere(office_store, SYSTEM, text) == Findings((), ())
    with pytest.raises(Invalid, match="无法识别"):
        find_everywhere(office_store, SYSTEM, "松\ud800")


def test_who_reads_no_ledger_finds_nothing(office_store: Store) -> None:
    nobody: Actor = actor(Role.ADMIN, "*")
    with pytest.raises(Refused):
        find_everywhere(office_store, nobody, "松柏")
