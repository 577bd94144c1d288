"""Measures from points: proposed once, approved by leaders, answered by villages, overdue seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.casework.awaiting import Group
from ledger.casework.steps import take_step
from ledger.casework.todo import todo
from ledger.domain.access import Action, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.reporting.rating.measures import (
    measures_of_period,
    number_words,
    open_measures,
    propose,
)
from ledger.reporting.rating.points import rate
from ledger.reporting.rating.rating_tables import export_ranking, ranking_table
from ledger.storage import Store
from tests.ledger.conftest import COUNTY, EAST, EAST_SOUTH, WEST, WEST_GRID, WEST_VILLAGE, actor
from tests.ledger.reporting.rating.counted import NOON, TODAY, add, overdue
from tests.log_entries import recent

QUARTER = period_of("quarter", TODAY)
OFFICE = actor(Role.OFFICE_STAFF, WEST)
LEADER = actor(Role.LEADER, WEST)
VILLAGE = actor(Role.VILLAGE_STAFF, WEST_VILLAGE)
STRANGER = actor(Role.OFFICE_STAFF, EAST)


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    with clock.pretend(NOON):
        yield


def proposed(store: Store, kind: str = "correction", who: Actor = OFFICE) -> int:
    return propose(store, who, current_atlas(store), WEST_VILLAGE, QUARTER, kind)


def row(store: Store, record: int) -> dict[str, Any]:
    return records.get(store, OFFICE, "measures", record)


def step(store: Store, who: Actor, record: int, key: str, reason: str = "", **values: Any) -> str:
    version = row(store, record)["version"]
    return take_step(store, who, "measures", record, version, key, values, reason=reason)


def group(store: Store, who: Actor, wanted: Group) -> list[str]:
    """What stands in one group of somebody's list."""
    return [item.what for one in todo(store, who) if one.group is wanted for item in one.items]


def test_a_proposal_says_what_the_points_were_lost_for(store: Store) -> None:
    for _ in range(20):
        overdue(store, "petitions", 9)
    for _ in range(4):
        add(store, "petitions", repeat=True)
    measure = row(store, proposed(store))
    assert measure["points"] == 64
    assert measure["matter"] == (
        "2026年第3季度考评64分，低于70分。扣分：超期未办结-30分、重复信访-4分、宣传活动-2分。"
    )
    assert measure["period"] == "2026年第3季度"
    assert measure["state"] == "proposed"
    assert measure["correct_by"] == TODAY + timedelta(days=30)
    assert measure["due_on"] is None, "nothing is due before a leader approved"


def test_a_notice_has_no_day_and_no_threshold_is_claimed_that_does_not_hold(store: Store) -> None:
    measure = row(store, proposed(store, "notice"))
    assert measure["correct_by"] is None
    assert measure["matter"] == "2026年第3季度考评98分。扣分：宣传活动-2分。"


def test_the_same_measure_is_proposed_once(store: Store) -> None:
    first = proposed(store)
    with pytest.raises(Invalid, match="KP-000001），请到考评措施台账跟进，无需重复提出"):
        proposed(store)
    step(store, LEADER, first, "refuse", reason="已好转")
    again = proposed(store)
    assert again != first
    records.delete(store, OFFICE, "measures", {again: row(store, again)["version"]})
    assert proposed(store) not in (first, again)


def test_who_proposes_and_where(store: Store) -> None:
    atlas = current_atlas(store)
    assert proposed(store, "talk", LEADER)
    for nobody in (VILLAGE, actor(Role.GRID_WORKER, WEST_GRID), actor(Role.AUDITOR, COUNTY)):
        with pytest.raises(Refused):
            proposed(store, "notice", nobody)
    for who, code in ((STRANGER, WEST_VILLAGE), (OFFICE, EAST_SOUTH), (OFFICE, "nowhere")):
        with pytest.raises(NotFound):
            propose(store, who, atlas, code, QUARTER, "notice")
    with pytest.raises(NotFound):
        propose(store, OFFICE, atlas, WEST, QUARTER, "notice")  # a township is no village
    with pytest.raises(Invalid, match="只有：通报、约谈、限期整改"):
        proposed(store, "fine")
    assert not OFFICE.may(Action.OVERRIDE, "measures")


def test_the_way_of_a_correction(store: Store) -> None:
    record = proposed(store)
    assert "批准下达" in group(store, LEADER, Group.WAITING)[0]
    with pytest.raises(Refused):
        step(store, OFFICE, record, "approve")
    until = TODAY + timedelta(days=20)
    assert step(store, LEADER, record, "approve", correct_by=until) == "issued"
    assert row(store, record)["due_on"] == until
    assert row(store, record)["issued_on"] == TODAY
    step(store, OFFICE, record, "follow", follow_up="约谈负责人")
    with pytest.raises(Invalid, match="整改完成日期"):
        step(store, VILLAGE, record, "answer", answer="已安排")
    step(store, VILLAGE, record, "answer", answer="已清理", corrected_on=TODAY)
    assert row(store, record)["due_on"] is None
    step(store, LEADER, record, "return", reason="抽查仍有超期", correct_by=until)
    back = row(store, record)
    assert (back["state"], back["corrected_on"], back["due_on"]) == ("issued", None, until)
    step(store, VILLAGE, record, "answer", answer="已全部清理", corrected_on=TODAY)
    with pytest.raises(Invalid, match="核查结果"):
        step(store, OFFICE, record, "close")
    assert step(store, OFFICE, record, "close", result="done") == "closed"
    assert row(store, record)["closed_on"] == TODAY
    step(store, LEADER, record, "reopen", reason="反弹", correct_by=until)
    again = row(store, record)
    assert (again["closed_on"], again["result"], again["due_on"]) == (None, None, until)


def test_a_correction_is_not_approved_without_a_day(store: Store) -> None:
    record = add(store, "measures", kind="correction")
    with pytest.raises(Invalid, match="整改期限"):
        step(store, LEADER, record, "approve")
    notice = add(store, "measures", kind="notice")
    assert step(store, LEADER, notice, "approve") == "issued"


def test_an_overdue_correction_is_in_everybodys_list(store: Store) -> None:
    record = proposed(store)
    step(store, LEADER, record, "approve", correct_by=TODAY + timedelta(days=2))
    assert group(store, VILLAGE, Group.DUE_SOON) == ["村（社区）限期整改"]
    with clock.pretend(NOON + timedelta(days=3)):
        for who in (VILLAGE, OFFICE, LEADER):
            assert group(store, who, Group.OVERDUE) == ["村（社区）限期整改"]
        assert group(store, STRANGER, Group.OVERDUE) == []
        (one,) = open_measures(store, VILLAGE, current_atlas(store))
        assert one.due_on == TODAY + timedelta(days=2)
        rating = rate(store, OFFICE, current_atlas(store), QUARTER)
        (line,) = (one for one in rating.of(WEST_VILLAGE).lines if one.line.key == "overdue")
        assert [(part.ledger, part.count) for part in line.parts if part.count] == [("measures", 1)]


def test_open_measures_and_those_of_a_period(store: Store) -> None:
    atlas = current_atlas(store)
    notice, talk = proposed(store, "notice"), proposed(store, "talk")
    elsewhere = add(store, "measures", EAST_SOUTH)
    assert [one.id for one in open_measures(store, OFFICE, atlas)] == [notice, talk]
    assert [one.id for one in open_measures(store, STRANGER, atlas)] == [elsewhere]
    with pytest.raises(NotFound):
        open_measures(store, STRANGER, atlas, WEST)
    step(store, LEADER, talk, "refuse", reason="已好转")
    taken = measures_of_period(store, OFFICE, atlas, QUARTER)
    assert set(taken) == {(WEST_VILLAGE, "notice")}
    assert measures_of_period(store, OFFICE, atlas, QUARTER.previous()) == {}
    assert [one.is_open for one in taken.values()] == [True]


def test_the_ranking_as_a_file(store: Store) -> None:
    for _ in range(4):
        add(store, "petitions", repeat=True)
    atlas, clerk = current_atlas(store), actor(Role.OFFICE_STAFF, COUNTY)
    fields, rows = ranking_table(rate(store, clerk, atlas, QUARTER), atlas)
    headers = [field.header for field in fields]
    assert headers[:5] == ["名次", "村(社区)", "所属镇(街道)", "区域代码", "得分"]
    last = dict(zip(headers, rows[-1], strict=True))
    assert (last["村(社区)"], last["名次"], last["得分"]) == ("演示一村", 3, 94.0)
    assert (last["重复信访(件)"], last["重复信访(分)"]) == (4, -4.0)
    for kind in ("xlsx", "csv"):
        exported = export_ranking(store, clerk, atlas, QUARTER, None, kind)
        assert exported.rows == 3
        assert exported.filename.startswith("村(社区)考评_2026年第3季度_")
    with store.reading() as connection:
        (entry, *_) = recent(connection, limit=1)
    assert (entry.action, entry.actor) == ("export", clerk.name)
    with pytest.raises(Invalid, match="只能是"):
        export_ranking(store, clerk, atlas, QUARTER, None, "pdf")
    with pytest.raises(Refused):
        export_ranking(store, VILLAGE, atlas, QUARTER, None, "csv")
    with pytest.raises(NotFound):
        export_ranking(store, OFFICE, atlas, QUARTER, EAST, "csv")


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("64", "64"),
        ("-0.50", "-0.5"),
        ("0", "0"),
        ("-0.00", "0"),
        ("12.25", "12.25"),
        ("100", "100"),
    ],
)
def test_points_in_words(points: str, words: str) -> None:
    assert number_words(Decimal(points)) == words
