"""Clocks in hours, local sets, and the deadlines of leads, dispositions, visits and villages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ledger.domain.timing.clocks import Unit
from ledger.domain.timing.deadline import State
from ledger.domain.timing.deadlines import deadlines_of
from tests.ledger.deadline_cases import (
    CALENDAR,
    CLOCKS,
    IN_TIME,
    LATE,
    NOT_STARTED,
    OVER,
    RUNNING,
    SOON,
    at,
    d,
    found,
)

HOURS = [
    # received              answered         seen at        due            state  hours text
    (at("09-30 17:30"), None, at("09-30 18:00"), at("10-01 17:30"), RUNNING, 23, "剩 23 小时"),
    (at("09-30 17:30"), None, at("10-01 13:30"), at("10-01 17:30"), RUNNING, 4, "剩 4 小时"),
    (at("09-30 17:30"), None, at("10-01 14:00"), at("10-01 17:30"), SOON, 3, "剩 3 小时"),
    (at("09-30 17:30"), None, at("10-01 17:00"), at("10-01 17:30"), SOON, 0, "不足 1 小时"),
    (at("09-30 17:30"), None, at("10-01 17:30"), at("10-01 17:30"), SOON, 0, "不足 1 小时"),
    (at("09-30 17:30"), None, at("10-01 17:31"), at("10-01 17:30"), OVER, -1, "超期 1 小时"),
    (at("09-30 17:30"), None, at("10-05 17:30"), at("10-01 17:30"), OVER, -96, "超期 4 天"),
    # only the day is known of one side: late from the next day on
    (at("09-30 17:30"), None, d("10-01"), at("10-01 17:30"), SOON, None, "今天到期"),
    (at("09-30 17:30"), None, d("10-02"), at("10-01 17:30"), OVER, None, "超期 1 天"),
    (d("09-30"), None, at("10-01 23:59"), d("10-01"), SOON, None, "今天到期"),
    (d("09-30"), None, at("10-02 00:01"), d("10-01"), OVER, None, "超期 1 天"),
    # answered
    (
        at("09-30 17:30"),
        at("10-01 17:30"),
        at("10-09 09:00"),
        at("10-01 17:30"),
        IN_TIME,
        0,
        "按期完成",
    ),
    (
        at("09-30 17:30"),
        at("10-01 17:31"),
        at("10-09 09:00"),
        at("10-01 17:30"),
        LATE,
        -1,
        "超期 1 小时完成",
    ),
    (
        at("09-30 17:30"),
        d("10-01"),
        at("10-09 09:00"),
        at("10-01 17:30"),
        IN_TIME,
        None,
        "按期完成",
    ),
]


@pytest.mark.parametrize(("received", "answered", "on", "due", "state", "hours", "text"), HOURS)
def test_first_response_within_24_hours(
    received: date | datetime,
    answered: date | datetime | None,
    on: date | datetime,
    due: date | datetime,
    state: State,
    hours: int | None,
    text: str,
) -> None:
    record = {"channel": "online", "received_at": received, "responded_at": answered}
    deadline = found("petitions", record, on)["online_respond_24h"]
    assert (deadline.due, deadline.state, deadline.hours) == (due, state, hours)
    assert deadline.text == text
    assert (deadline.local, deadline.unit) == (True, Unit.HOURS)


def test_moments_in_another_zone_are_the_same_moments() -> None:
    record = {"channel": "online", "received_at": at("09-30 17:30").astimezone(UTC)}
    deadline = found("petitions", record, at("10-01 14:00").astimezone(UTC))["online_respond_24h"]
    assert (deadline.due, deadline.hours) == (at("10-01 17:30"), 3)


PROFILES = [
    # local set, registered on 30 September, due
    ("respond_24h_finish_8", "online_finish_8", "10-16"),  # 8, 9, Saturday 10, 12 to 16
    ("reply_3_answer_15", "online_reply_3", "10-10"),
    ("reply_3_answer_15", "online_answer_15", "10-27"),
    ("handover_3_answer_20", "online_handover_3", "10-10"),
    ("handover_3_answer_20", "online_answer_20", "11-03"),
]


@pytest.mark.parametrize(("profile", "key", "due"), PROFILES)
def test_online_appeals_by_the_chosen_local_rule(profile: str, key: str, due: str) -> None:
    record = {"channel": "online", "registered_on": d("09-30")}
    chosen = CLOCKS.with_profile(profile)
    deadlines = deadlines_of("petitions", record, chosen, CALENDAR, on=d("10-08"))
    assert {one.key: one.due for one in deadlines}[key] == d(due)
    others = {other for name, other, _ in PROFILES if name != profile}
    assert not others & {one.key for one in deadlines}
    by_letter = deadlines_of(
        "petitions", {**record, "channel": "letter"}, chosen, CALENDAR, on=d("10-08")
    )
    assert key not in {one.key for one in by_letter}


def test_major_leads_are_reported_within_a_day_and_warned_of_at_once() -> None:
    lead = {"major": True, "registered_at": at("07-01 09:00"), "registered_on": d("07-01")}
    deadlines = found("leads", lead, at("07-01 13:30"))
    assert deadlines["lead_major_report"].due == at("07-02 09:00")
    assert deadlines["lead_major_report"].state == SOON
    assert deadlines["lead_verify"].due == d("07-15")
    assert "lead_major_report" not in found("leads", {**lead, "major": False}, at("07-01 13:30"))


def test_the_due_day_of_a_disposition_stands_in_the_record() -> None:
    case = {"tier": "4", "opened_on": d("07-01"), "deadline": d("07-11")}  # a Saturday, as set
    assert found("dispositions", case, d("07-01"))["disposition_close"].due == d("07-11")
    assert found("dispositions", case, d("07-12"))["disposition_close"].state == OVER
    longer = {**case, "extension_days": 7, "extension_approved_on": d("07-10")}
    deadline = found("dispositions", longer, d("07-12"))["disposition_close"]
    assert (deadline.due, deadline.extended) == (d("07-20"), 7)  # Saturday 18 rolls on
    undated = found("dispositions", {**case, "deadline": None}, d("07-12"))["disposition_close"]
    assert (undated.due, undated.state) == (None, NOT_STARTED)


REINSPECTIONS = [
    # tier  the clock that applies, its due day after 2 March, assumed
    ("4", "reinspect_tier_4", "04-01", False),
    ("3", "reinspect_tier_3", "05-06", False),
    ("2", "reinspect_tier_2", "06-01", False),
    ("1", "reinspect_tier_1", "08-31", False),  # Saturday 29 rolls on
    (None, "reinspect_tier_4", "04-01", True),  # undetermined: as strict as can be
]


@pytest.mark.parametrize(("tier", "key", "due", "assumed"), REINSPECTIONS)
def test_the_higher_the_tier_the_sooner_the_next_visit(
    tier: str | None, key: str, due: str, assumed: bool
) -> None:
    record = {"tier": tier, "last_inspected_on": d("03-02")}
    deadlines = found("institutions", record, d("03-10"))
    assert [name for name in deadlines if name.startswith("reinspect")] == [key]
    assert (deadlines[key].due, deadlines[key].assumed) == (d(due), assumed)


def test_rectification_and_village_correction_end_on_the_day_set() -> None:
    for ledger, field, key in [
        ("inspections", "rectify_by", "inspection_rectify"),
        ("measures", "correct_by", "village_correction"),
    ]:
        assert found(ledger, {field: d("07-10")}, d("07-11"))[key].state == OVER


def test_how_late_something_is_is_told_in_days_whatever_the_unit_of_its_clock() -> None:
    asked = {"channel": "online", "registered_on": d("2025-06-03"), "kind": "suggestion"}
    late = found("petitions", asked, d("11-20"))["online_finish_8"]
    assert late.due == d("2025-06-13")
    assert (late.unit, late.days, late.text) == (Unit.WORKING_DAYS, -525, "超期 525 天")
    left = found("petitions", asked, d("2025-06-11"))["online_finish_8"]
    assert left.text == "剩 2 个工作日"


def test_a_home_that_was_never_visited_has_a_day_too() -> None:
    entered = {"tier": None, "created_at": at("06-01 10:00")}
    first = found("institutions", entered, d("06-05"))["first_inspection"]
    assert (first.due, first.state) == (d("07-01"), RUNNING)
    visited = found("institutions", {**entered, "last_inspected_on": d("06-10")}, d("06-12"))
    assert visited["first_inspection"].state == IN_TIME
    assert visited["reinspect_tier_4"].due == d("07-10")


def test_signing_for_a_major_lead_is_the_report() -> None:
    lead = {"major": True, "registered_at": at("07-01 09:00"), "state": "verifying"}
    signed = {**lead, "acknowledged_at": at("07-01 20:00"), "reported_at": at("07-03 09:00")}
    assert found("leads", lead, at("07-03 09:00"))["lead_major_report"].state == OVER
    assert found("leads", signed, at("07-03 09:00"))["lead_major_report"].state == IN_TIME
