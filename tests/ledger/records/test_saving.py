"""Whatever changes a record gives it tier and deadlines anew: nothing writes around the saving."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.ledgers import LEDGERS
from ledger.records import assessments
from ledger.records import office_calendar as timekeeping
from ledger.records import service as records
from ledger.records.counting import counts_for, used_by
from ledger.records.duties import due_fields
from ledger.records.history import chain_check
from ledger.records.judging import judge_record, tier_fields
from ledger.records.places.areas import current_atlas
from ledger.records.putting_back import put_back_save
from ledger.records.query import Selection
from ledger.records.service import Edit
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, changes
from tests.ledger.conftest import WEST_VILLAGE
from tests.ledger.records.test_assessments import OWN_RULES

VISITED = "2026-11-20"


def standing_otherwise(store: Store) -> list[str]:
    """Fields of records that are stored otherwise than they would be worked out now."""
    atlas, found = current_atlas(store), []
    with store.reading() as connection:
        surroundings = surroundings_of(store, connection, atlas)
        for ledger in LEDGERS.values():
            table = LEDGER_TABLES[ledger.key]
            if "deleted" not in table.c:
                continue
            counts = counts_for(connection, ledger, surroundings.rules, None)
            none = dict.fromkeys(used_by(surroundings.rules), 0)
            for stored in connection.execute(select(table).where(~table.c.deleted)).mappings():
                row = dict(stored)
                anew = due_fields(ledger, row, surroundings)
                if ledger.judged:
                    own = counts.get(row["number"], none)
                    judgement = judge_record(ledger, row, surroundings.rules, own)
                    anew |= tier_fields(judgement, surroundings.rules, row["tier_override"])
                found += [
                    f"{row['number']}.{key}: {row[key]} for {value}"
                    for key, value in anew.items()
                    if row[key] != value
                ]
    return found


@pytest.fixture
def home(store: Store, office: Actor) -> int:
    """An institution of tier three, visited once."""
    values = {"name": "松柏院", "area_code": WEST_VILLAGE, "beds": 200, "complained": "是"}
    home = records.create(store, office, "institutions", values)
    visit(store, office, home)
    return home


def read(store: Store, home: int, ledger: str = "institutions") -> dict[str, Any]:
    return records.get(store, SYSTEM, ledger, home)


def visit(store: Store, actor: Actor, home: int, day: str = VISITED, **said: Any) -> int:
    values = {"institution": read(store, home)["number"], "round": 1, "inspected_on": day}
    values |= {"inspectors": "甲、乙", "result": "未发现问题", **said}
    return records.create(store, actor, "inspections", values)


def test_an_override_moves_the_next_visit(store: Store, home: int, leader: Actor) -> None:
    assert read(store, home)["due_on"] == date(2027, 1, 19)  # tier three: 60 days
    assessments.override(store, leader, home, read(store, home)["version"], 4, "群众反映强烈")
    assert read(store, home)["due_on"] == date(2026, 12, 21)  # 30 days, rolled on from a Sunday
    assessments.withdraw_override(store, leader, home, read(store, home)["version"], "已核实")
    assert read(store, home)["due_on"] == date(2027, 1, 19)
    assert standing_otherwise(store) == []


def test_new_rules_move_the_next_visit(store: Store, home: int, system: Actor) -> None:
    assessments.assess(store, system, rules_text=OWN_RULES)
    after = read(store, home)
    assert (after["tier"], after["due_on"]) == ("2", date(2027, 2, 18))  # 90 days
    assert standing_otherwise(store) == []


def test_what_comes_out_of_the_bin_is_judged_by_the_rules_in_force(
    store: Store, home: int, office: Actor, system: Actor
) -> None:
    records.delete(store, office, "institutions", {home: read(store, home)["version"]})
    assessments.assess(store, system, rules_text=OWN_RULES)
    assert read(store, home)["tier"] == "3"
    records.restore(store, office, "institutions", {home: read(store, home)["version"]})
    assert read(store, home)["tier"] == "2"
    assert standing_otherwise(store) == []


def test_what_comes_out_of_the_bin_has_the_deadline_of_the_holidays_known(
    store: Store, home: int, office: Actor
) -> None:
    records.delete(store, office, "institutions", {home: read(store, home)["version"]})
    timekeeping.load_holiday_list(store, SYSTEM, "2027年\n1月1日至3日放假\n1月19日放假")
    assert read(store, home)["due_on"] == date(2027, 1, 19)
    records.restore(store, office, "institutions", {home: read(store, home)["version"]})
    assert read(store, home)["due_on"] == date(2027, 1, 20)
    assert standing_otherwise(store) == []


def test_a_deleted_visit_takes_its_day_with_it(store: Store, home: int, office: Actor) -> None:
    later = visit(store, office, home, "2026-11-25")
    assert read(store, home)["last_inspected_on"] == date(2026, 11, 25)
    records.delete(store, office, "inspections", {later: 1})
    assert read(store, home)["last_inspected_on"] == date(2026, 11, 20)
    assert read(store, home)["due_on"] == date(2027, 1, 19)
    records.restore(store, office, "inspections", {later: 2})
    assert read(store, home)["last_inspected_on"] == date(2026, 11, 25)


def test_a_visit_given_another_day_moves_the_next_one(
    store: Store, home: int, office: Actor
) -> None:
    (row,) = records.search(store, office, "inspections", Selection()).rows
    records.save(store, office, "inspections", [Edit(row["id"], 1, {"inspected_on": "2026-10-20"})])
    assert read(store, home)["last_inspected_on"] == date(2026, 10, 20)
    assert standing_otherwise(store) == []


def test_a_remark_on_a_visit_does_not_state_its_facts_again(
    store: Store, home: int, office: Actor
) -> None:
    seen = visit(store, office, home, beds=50)
    beds = Edit(home, read(store, home)["version"], {"beds": 60})
    records.save(store, office, "institutions", [beds])
    records.save(store, office, "inspections", [Edit(seen, 1, {"remarks": "补记"})])
    assert read(store, home)["beds"] == 60
    records.save(store, office, "inspections", [Edit(seen, 2, {"beds": 70})])
    assert read(store, home)["beds"] == 70


def test_a_petition_put_back_into_nothing_did_not_come_again(store: Store, system: Actor) -> None:
    first = records.create(
        store,
        system,
        "petitions",
        {
            "matter": "退费难",
            "area_code": WEST_VILLAGE,
            "registered_on": "2026-09-01",
            "finished_on": "2026-10-01",
        },
    )
    number = read(store, first, "petitions")["number"]
    again = {"matter": "退费难", "area_code": WEST_VILLAGE, "registered_on": "2026-10-20"}
    records.create(store, system, "petitions", {**again, "earlier": number}, token="again")
    assert read(store, first, "petitions")["returned_on"] == date(2026, 10, 20)
    put_back_save(store, system, "again", reason="登记有误")
    after = read(store, first, "petitions")
    assert (after["returned_on"], after["version"]) == (None, 1)
    with store.reading() as connection:
        told = select(changes.c.action).where(changes.c.ledger == "petitions")
        actions = list(connection.execute(told.order_by(changes.c.id)).scalars())
        assert chain_check.verify(connection).sound
    assert actions == ["create", "create", "delete"]


def test_a_new_record_has_the_deadline_that_runs_from_its_registration(
    store: Store, office: Actor
) -> None:
    home = records.create(store, office, "institutions", {"name": "院", "area_code": WEST_VILLAGE})
    assert read(store, home)["due_on"] is not None
    assert standing_otherwise(store) == []


def test_what_only_follows_is_no_change_by_anybody(store: Store, home: int) -> None:
    before = read(store, home)
    timekeeping.load_holiday_list(store, SYSTEM, "2027年\n1月1日至3日放假\n1月19日放假")
    after = read(store, home)
    assert after["due_on"] == date(2027, 1, 20)
    assert (after["version"], after["updated_at"]) == (before["version"], before["updated_at"])
