"""Holiday lists and local clocks move deadlines, and only those."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.domain.timing import clock
from ledger.records import office_calendar as timekeeping
from ledger.records import service as records
from ledger.storage import Store
from tests.ledger.conftest import WEST_VILLAGE, actor

ADMIN = actor(Role.ADMIN, "*")
LIST = """2027年
2026-12-31 至 2027-01-03 放假
"""


def petition(store: Store, **values: object) -> int:
    record = {"matter": "退费难", "area_code": WEST_VILLAGE, "channel": "网上信访", **values}
    return records.create(store, SYSTEM, "petitions", record)


def test_loaded_year_moves_a_deadline_and_drops_its_mark(store: Store) -> None:
    # Fifteen days from 16 December 2026 end on the 31st; the list gives that day off.
    with clock.pretend(datetime(2026, 12, 16, 9, tzinfo=clock.OFFICE)):
        record = petition(store, registered_on="2026-12-16", channel="来信", kind="意见建议")
    before = records.get(store, SYSTEM, "petitions", record)
    assert before["due_on"] == before["legal_due_on"] == date(2026, 12, 31)
    assert "节假日安排未公布" in before["due_label"]
    assert before["due_note"] == "节假日安排未公布：受理告知期限", "the kept day carries it too"
    year = timekeeping.load_holiday_list(store, ADMIN, LIST)
    after = records.get(store, SYSTEM, "petitions", record)
    assert (year.year, timekeeping.loaded_years(store)) == (2027, (2027,))
    assert after["due_on"] == date(2027, 1, 4)
    assert "未公布" not in after["due_label"]
    assert after["due_note"] is None
    assert after["version"] == before["version"], "a deadline is worked out, not edited"


def test_unreadable_list_is_refused_and_changes_nothing(store: Store) -> None:
    with pytest.raises(Invalid):
        timekeeping.load_holiday_list(store, ADMIN, "春节好")
    assert timekeeping.loaded_years(store) == ()


def test_another_local_set_moves_deadlines(store: Store) -> None:
    record = petition(store, registered_on="2026-05-06", responded_on="2026-05-06",
                      transferred_on="2026-05-06", accepted_on="2026-05-06",
                      acceptance_told_on="2026-05-06", village_checked_on="2026-05-06")  # fmt: skip
    before = records.get(store, SYSTEM, "petitions", record)["due_on"]
    chosen, known = timekeeping.profiles(store)
    other = next(key for key in known if key != chosen and "15" in key)
    assert timekeeping.choose_profile(store, ADMIN, other) == 1
    assert timekeeping.profiles(store)[0] == other
    assert records.get(store, SYSTEM, "petitions", record)["due_on"] > before


@pytest.mark.parametrize("role", [Role.OFFICE_STAFF, Role.LEADER])
def test_only_the_administrator_decides(store: Store, role: Role) -> None:
    somebody: Actor = actor(role, "990101")
    with pytest.raises(Refused):
        timekeeping.load_holiday_list(store, somebody, LIST)
    with pytest.raises(Refused):
        timekeeping.choose_profile(store, somebody, "reply_3_answer_15")
