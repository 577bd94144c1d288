"""Deadlines of petitions under the clocks that ship, against real holidays."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from ledger.domain.timing.calendar import YearArrangement, calendar_with
from ledger.domain.timing.clockfile import read_clocks
from ledger.domain.timing.deadline import State
from ledger.domain.timing.deadlines import deadlines_of, next_deadline
from tests.ledger.deadline_cases import (
    CALENDAR,
    CLOCKS,
    IN_TIME,
    LAPSED,
    LATE,
    NOT_STARTED,
    OVER,
    RUNNING,
    SOON,
    at,
    d,
    found,
    petition,
)

SEEN = {"registered_on": "09-16"}  # 15 days end on 1 October, so on Thursday the 8th
TOLD = {"received_on": "02-05"}  # 15 days end on 20 February, so on Tuesday the 24th
SENT = {"received_on": "02-13"}  # a Friday; working days 14, 24, 25, 26, 27
TAKEN = {"accepted_on": "03-02"}  # 60 days end on 1 May, so on Wednesday the 6th
MORE = {**TAKEN, "extension_days": 30, "extension_approved_on": "04-28"}  # Sunday 31 May, so 1 June

PETITIONS = [
    # key                   fields                    on       due      state    days  text
    ("petition_transfer", {}, "10-01", None, NOT_STARTED, None, "未起算"),
    ("petition_transfer", SEEN, "09-16", "10-08", RUNNING, 22, "剩 22 天"),
    ("petition_transfer", SEEN, "10-04", "10-08", RUNNING, 4, "剩 4 天"),
    ("petition_transfer", SEEN, "10-05", "10-08", SOON, 3, "剩 3 天"),
    ("petition_transfer", SEEN, "10-08", "10-08", SOON, 0, "今天到期"),
    ("petition_transfer", SEEN, "10-09", "10-08", OVER, -1, "超期 1 天"),
    (
        "petition_transfer",
        {**SEEN, "transferred_on": "10-08"},  # the last day is in time
        "11-01",
        "10-08",
        IN_TIME,
        0,
        "按期完成",
    ),
    (
        "petition_transfer",
        {**SEEN, "transferred_on": "10-10"},
        "11-01",
        "10-08",
        LATE,
        -2,
        "超期 2 天完成",
    ),
    (
        "petition_transfer",
        {**SEEN, "transferred_on": "09-15"},  # before it was registered: nothing is late
        "11-01",
        "10-08",
        IN_TIME,
        23,
        "按期完成",
    ),
    ("petition_acceptance", TOLD, "02-16", "02-24", RUNNING, 8, "剩 8 天"),
    (
        "petition_acceptance",
        {**TOLD, "acceptance_told_on": "02-25", "accepted_on": "02-06"},  # telling counts
        "03-01",
        "02-24",
        LATE,
        -1,
        "超期 1 天完成",
    ),
    ("petition_acceptance", {"registered_on": "02-05"}, "02-16", "02-24", RUNNING, 8, "剩 8 天"),
    ("petition_objection", SENT, "02-14", "02-27", RUNNING, 4, "剩 4 个工作日"),
    ("petition_objection", SENT, "02-23", "02-27", RUNNING, 4, "剩 4 个工作日"),
    ("petition_objection", SENT, "02-26", "02-27", SOON, 1, "剩 1 个工作日"),
    ("petition_objection", SENT, "02-28", "02-27", LAPSED, -1, "期限已过"),
    (
        "petition_objection",
        {**SENT, "objected_on": "02-25", "accepted_on": "02-26"},
        "03-05",
        "02-27",
        IN_TIME,
        2,
        "按期完成",
    ),
    ("petition_finish", TAKEN, "04-25", "05-06", RUNNING, 11, "剩 11 天"),
    ("petition_finish", TAKEN, "04-26", "05-06", SOON, 10, "剩 10 天"),
    ("petition_finish", TAKEN, "05-07", "05-06", OVER, -1, "超期 1 天"),
    ("petition_finish", MORE, "05-07", "06-01", RUNNING, 25, "剩 25 天"),
    ("petition_finish", {**MORE, "finished_on": "06-01"}, "07-01", "06-01", IN_TIME, 0, "按期完成"),
    (
        "petition_finish",
        {**MORE, "finished_on": "06-02"},
        "07-01",
        "06-01",
        LATE,
        -1,
        "超期 1 天完成",
    ),
    (
        "petition_finish",
        {**TAKEN, "finished_on": "05-06"},
        "12-31",
        "05-06",
        IN_TIME,
        0,
        "按期完成",
    ),
    ("petition_finish", {"finished_on": "05-06"}, "12-31", None, NOT_STARTED, None, "未起算"),
    (
        "petition_review_request",
        {"finished_on": "03-02"},
        "04-02",
        "04-01",
        LAPSED,
        -1,
        "期限已过",
    ),
    (
        "petition_review_opinion",
        {"review_requested_on": "04-06"},
        "05-07",
        "05-06",
        OVER,
        -1,
        "超期 1 天",
    ),
    (
        "petition_rereview_opinion",
        {"rereview_requested_on": "06-01"},
        "06-02",
        "07-01",
        RUNNING,
        29,
        "剩 29 天",
    ),
    # a Friday; one day ends on a Saturday, so on Monday
    ("village_check", {"contact_slip_on": "07-03"}, "07-05", "07-06", RUNNING, 1, "剩 1 天"),
    ("village_check", {"contact_slip_on": "07-03"}, "07-06", "07-06", SOON, 0, "今天到期"),
]


@pytest.mark.parametrize(("key", "fields", "on", "due", "state", "days", "text"), PETITIONS)
def test_petition_clock(
    key: str,
    fields: dict[str, Any],
    on: str,
    due: str | None,
    state: State,
    days: int | None,
    text: str,
) -> None:
    deadline = found("petitions", petition(**fields), d(on))[key]
    assert deadline.due == (None if due is None else d(due))
    assert (deadline.state, deadline.days, deadline.text) == (state, days, text)
    assert not deadline.provisional


EXTENSIONS = [
    # days  approved       due      extended  why
    (30, d("04-28"), "06-01", 30),
    (10, d("05-06"), "05-11", 10),  # approved on the last day
    (10, at("05-06 23:00"), "05-11", 10),
    (30, d("05-07"), "05-06", 0),  # approved when the period had run out
    (45, d("04-28"), "06-01", 30),  # more than the law allows
    (30, None, "05-06", 0),  # not approved
    (30, True, "06-01", 30),  # approved, the day is not known
    (None, d("04-28"), "05-06", 0),
    (float("nan"), d("04-28"), "05-06", 0),
    (-5, d("04-28"), "05-06", 0),
    (True, d("04-28"), "05-06", 0),  # a yes is no number of days
    (Decimal(10), d("04-28"), "05-11", 10),
]


@pytest.mark.parametrize(("days", "approved", "due", "extended"), EXTENSIONS)
def test_extension_of_the_sixty_days(days: Any, approved: Any, due: str, extended: int) -> None:
    record = petition(**TAKEN) | {"extension_days": days, "extension_approved_on": approved}
    deadline = found("petitions", record, d("04-30"))["petition_finish"]
    assert (deadline.due, deadline.extended) == (d(due), extended)


def test_a_period_into_2027_is_provisional_until_the_year_is_loaded() -> None:
    record = petition(accepted_on="11-03")  # 60 days end on Saturday 2 January 2027
    deadline = found("petitions", record, d("11-20"))["petition_finish"]
    assert (deadline.due, deadline.provisional) == (d("2027-01-04"), True)
    announced = calendar_with([YearArrangement(2027, frozenset({d("2027-01-04")}), frozenset())])
    deadline = found("petitions", record, d("11-20"), announced)["petition_finish"]
    assert (deadline.due, deadline.provisional) == (d("2027-01-05"), False)


CONDITIONS = [
    # kind      field      way    applies  assumed
    ("request", "labour", None, True, False),
    ("report", "labour", None, False, False),
    (None, "labour", None, True, True),  # not known yet: never counts as no
    ("", "labour", None, True, True),
    ("request", None, None, True, True),
    # article 31: (1) to (5) go their own way; what is 涉法涉诉 goes by (1) unless told otherwise
    ("request", "justice", None, False, False),
    ("request", "justice", "court", False, False),
    ("request", "justice", "opinion", True, False),
    ("request", "labour", "arbitration", False, False),
    ("request", "labour", "discipline", False, False),
    ("request", "labour", "administrative", False, False),
    ("request", "labour", "duty", False, False),
    ("request", None, "opinion", True, False),
]


@pytest.mark.parametrize(("kind", "field", "way", "applies", "assumed"), CONDITIONS)
def test_the_sixty_days_are_for_requests_settled_by_an_opinion(
    kind: str | None, field: str | None, way: str | None, applies: bool, assumed: bool
) -> None:
    record = {"kind": kind, "field": field, "way": way, "accepted_on": d("03-02")}
    deadlines = found("petitions", record, d("03-10"))
    assert ("petition_finish" in deadlines) is applies
    if applies:
        assert deadlines["petition_finish"].assumed is assumed


def test_what_became_pointless_is_not_listed() -> None:
    assert "petition_objection" in found("petitions", petition(**SENT), d("03-05"))
    accepted = petition(**SENT, accepted_on="02-26")
    assert "petition_objection" not in found("petitions", accepted, d("03-05"))


def test_the_most_urgent_duty_comes_first() -> None:
    record = petition(
        registered_on="02-05",
        accepted_on="03-02",
        transferred_on="02-10",
        acceptance_told_on="02-12",
    )
    deadlines = deadlines_of("petitions", record, CLOCKS, CALENDAR, on=d("05-07"))
    urgent = next_deadline(deadlines)
    assert urgent is not None
    assert urgent.key == "petition_finish"
    by_state = {one.key: one for one in deadlines}
    soon = by_state["petition_finish"]._replace(state=SOON, due=d("05-09"))
    runs = soon._replace(state=RUNNING, due=d("05-08"))
    assert next_deadline([runs, soon, urgent]) is urgent
    # A long warning comes first, but its day does not: the record keeps the one that passes first.
    assert next_deadline([runs, soon]) is runs
    hours = soon._replace(due=at("05-09 10:00"))
    later = soon._replace(due=at("05-09 11:00"))
    assert next_deadline([soon, later, hours]) is hours


def test_nothing_open_means_nothing_urgent() -> None:
    assert next_deadline([]) is None
    done = petition(registered_on="02-05", transferred_on="02-06", acceptance_told_on="02-09")
    assert next_deadline(found("petitions", done, d("03-10")).values()) is None


def test_rights_are_no_duties() -> None:
    right = found("petitions", petition(**SENT), d("02-26"))["petition_objection"]
    assert right.state == SOON
    assert next_deadline([right]) is None


def test_blanks_of_tables_are_blanks() -> None:
    record = petition() | {"registered_on": pd.NaT, "received_on": float("nan")}
    deadlines = found("petitions", record, d("05-07"))
    assert deadlines["petition_transfer"].state == NOT_STARTED


def test_values_that_are_no_days_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"registered_on should hold a date.*2026-05-01"):
        found("petitions", {"registered_on": "2026-05-01"}, d("05-07"))
    with pytest.raises(ValueError, match="time zone"):
        found("petitions", {"registered_on": datetime(2026, 5, 1, 8, 0)}, d("05-07"))


def test_an_unknown_ledger_has_no_deadlines() -> None:
    assert found("outreach", {"registered_on": d("05-01")}, d("05-07")) == {}


def test_without_rolling_a_period_may_end_on_a_day_off() -> None:
    text = """
version = "1"
effective = 2022-05-01
title = "t"
source = "s"
[settings]
roll = false
[[clocks]]
key = "transfer"
ledger = "petitions"
label = "转送"
starts = "registered_on"
amount = 15
unit = "calendar_days"
basis = "第二十二条"
"""
    record = {"registered_on": d("09-16")}
    (deadline,) = deadlines_of("petitions", record, read_clocks(text), CALENDAR, on=d("09-20"))
    assert (deadline.due, deadline.provisional) == (d("10-01"), False)


NOTICE = "petition_acceptance"


def test_internal_acceptance_is_no_notice_in_writing() -> None:
    accepted = petition(**TOLD, accepted_on="02-06", state="accepted")
    assert found("petitions", accepted, d("02-25"))[NOTICE].state == OVER
    told = found("petitions", {**accepted, "acceptance_told_on": d("02-10")}, d("02-25"))
    assert told[NOTICE].state == IN_TIME


STOPS = [
    # clock                fields                       stopped on the earliest
    (NOTICE, {"acceptance_told_on": "02-27", "finished_on": "02-20"}, IN_TIME),
    ("online_respond_24h", {"responded_on": "02-20", "acceptance_told_on": "02-06"}, IN_TIME),
    ("online_respond_24h", {"finished_on": "02-06"}, IN_TIME),
    ("online_respond_24h", {"finished_on": "02-20"}, LATE),
    ("village_check", {"refused_on": "02-06"}, IN_TIME),
    ("village_check", {"finished_on": "02-20", "village_checked_on": "02-25"}, LATE),
    ("online_finish_8", {"refused_on": "02-10"}, IN_TIME),
]


@pytest.mark.parametrize(("key", "fields", "state"), STOPS)
def test_a_clock_stops_at_the_earliest_of_what_ends_it(
    key: str, fields: dict[str, str], state: State
) -> None:
    given = {"registered_on": "02-05", "contact_slip_on": "02-05", **fields}
    record = petition(**given) | {"channel": "online"}
    assert found("petitions", record, d("03-05"))[key].state == state


def test_an_objection_suspends_the_unit_that_objected() -> None:
    sent = petition(registered_on="05-01", received_on="05-06", transferred_on="05-06")
    assert found("petitions", sent, d("05-20"))[NOTICE].due == d("05-21")
    back = sent | {"state": "registered", "objected_on": d("05-12")}
    back |= {"received_on": None, "transferred_on": None}
    waiting = found("petitions", back, d("06-20"))
    assert (waiting[NOTICE].state, waiting[NOTICE].due) == (State.SUSPENDED, None)
    assert next_deadline([waiting[NOTICE]]) is None
    # The office has to transfer it anew, and has 15 days for it from the objection on.
    assert waiting["petition_transfer"].due == d("05-27")
    # 12 to 19 May are not counted; with a day of receipt the period begins anew.
    again = back | {"state": "transferred", "transferred_on": d("05-19")}
    found_again = found("petitions", again, d("05-20"))[NOTICE]
    assert (found_again.due, found_again.paused) == (d("05-25"), 8)  # 24 May is a Sunday
    received = found("petitions", again | {"received_on": d("05-20")}, d("05-20"))
    assert received[NOTICE].due == d("06-04")
    assert received["petition_objection"].state == RUNNING, "the second unit may object too"


HEARINGS = [
    # from    to       on       due      state            days taken out
    (None, None, "05-07", "05-06", OVER, 0),
    ("04-20", "04-22", "05-07", "05-09", SOON, 3),
    ("04-20", None, "05-30", None, State.SUSPENDED, 0),
    ("04-01", "04-07", "05-01", "05-07", SOON, 1),  # it began before: one day lies in the period
    ("06-01", "06-03", "05-07", "05-06", OVER, 0),  # too late to help
]


@pytest.mark.parametrize(("begins", "ends", "on", "due", "state", "paused"), HEARINGS)
def test_the_time_of_a_hearing_is_taken_out_of_a_review(
    begins: str | None, ends: str | None, on: str, due: str | None, state: State, paused: int
) -> None:
    for key, asked, hearing in (
        ("petition_review_opinion", "review_requested_on", "review_hearing"),
        ("petition_rereview_opinion", "rereview_requested_on", "rereview_hearing"),
    ):
        record = petition(**{asked: "04-06"}) | {
            f"{hearing}_from": None if begins is None else d(begins),
            f"{hearing}_to": None if ends is None else d(ends),
        }
        deadline = found("petitions", record, d(on))[key]
        assert deadline.due == (None if due is None else d(due))
        assert (deadline.state, deadline.paused) == (state, paused)


def test_a_pause_of_working_days_takes_out_working_days() -> None:
    record = {"channel": "online", "registered_on": d("06-01"), "objected_on": d("06-03")}
    # Eight working days end on 11 June; 3 to 8 June are four of them, and the 19th is a holiday.
    ended = record | {"transferred_on": d("06-08")}
    assert found("petitions", record, d("06-20"))["online_finish_8"].state == State.SUSPENDED
    assert found("petitions", ended, d("06-09"))["online_finish_8"].due == d("06-17")


def test_a_record_in_another_state_is_not_waited_for() -> None:
    record = petition(registered_on="02-05", contact_slip_on="02-05", state="answered")
    assert not [one for one in found("petitions", record, d("05-07")).values() if one.running]
