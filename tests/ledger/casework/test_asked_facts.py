"""Open questions about facts on the to-do list: the very institutions that are asked about, of
those who may answer, in their scope, until they are answered."""

from __future__ import annotations

import pytest

from ledger.casework.awaiting import GROUPS, Group
from ledger.casework.fact_moves import would_move
from ledger.casework.todo import todo
from ledger.domain.access import Action, Actor, Role, roles_with
from ledger.domain.proposals import Answer
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.casework.case_records import group, only
from tests.ledger.casework.test_case_facts import (
    KEEP,
    OFFICE,
    YES,
    conclude,
    home,
    institution,
    lead_about,
    petition_about,
    take,
)
from tests.ledger.casework.test_fact_questions import to_bin
from tests.ledger.conftest import EAST, WEST_GRID, WEST_VILLAGE, actor

__all__ = ["home"]
VILLAGE = actor(Role.VILLAGE_STAFF, WEST_VILLAGE)


def another_home(store: Store) -> str:
    values = {"name": "另一家", "complained": "否", "area_code": WEST_GRID}
    made = records.create(store, OFFICE, "institutions", values)
    return str(records.get(store, OFFICE, "institutions", made)["number"])


def listed(store: Store, who: Actor = OFFICE) -> list[str]:
    found = group(store, who, Group.FACTS)
    assert found.total == len(found.items)
    return [one.number for one in found.items]


def test_an_institution_stands_once_with_all_that_is_asked(store: Store, home: str) -> None:
    conclude(store, lead_about(store, home))
    petition_about(store, home)
    item = only(store, OFFICE, Group.FACTS)
    assert (item.ledger, item.record_id) == ("institutions", institution(store, home)["id"])
    assert (item.words, item.due_on) == ("2 项", None)
    assert item.what.startswith("被投诉举报应为“是”（线索 XS-")
    assert "信访事项涉及该机构" in item.what


@pytest.mark.parametrize("answer", [YES, KEEP])
def test_it_stands_until_it_is_answered(store: Store, home: str, answer: Answer) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": answer})
    assert listed(store) == []
    take(store, lead, "return")
    assert listed(store) == ([home] if answer is YES else []), "borne out no longer"


def test_a_case_in_the_bin_asks_whether_its_fact_still_holds(store: Store, home: str) -> None:
    lead = lead_about(store, home)
    conclude(store, lead, {"complained": YES})
    to_bin(store, "leads", lead)
    assert "是否还成立" in only(store, OFFICE, Group.FACTS).what


def test_it_is_what_the_command_counts_also_beyond_what_is_shown(store: Store, home: str) -> None:
    for number in (home, another_home(store)):
        conclude(store, lead_about(store, number))
    assert listed(store) == sorted(one.number for one in would_move(store, OFFICE))
    short = group(store, OFFICE, Group.FACTS, limit=1)
    assert ([one.number for one in short.items], short.total) == ([home], 2)


def test_those_who_may_edit_institutions_are_asked_within_their_scope(
    store: Store, home: str
) -> None:
    conclude(store, lead_about(store, home))
    assert listed(store, VILLAGE) == [home]
    assert listed(store, actor(Role.OFFICE_STAFF, EAST)) == []
    for role in Role:
        told = any(one.group is Group.FACTS for one in todo(store, actor(role, WEST_GRID)))
        may = role in roles_with(Action.EDIT, "institutions")
        assert told == (Group.FACTS in GROUPS[role]) == may, role
