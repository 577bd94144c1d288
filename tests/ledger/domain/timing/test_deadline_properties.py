"""What holds of every deadline, whatever the days: time only brings it nearer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.timing.calendar import calendar_with
from ledger.domain.timing.deadlines import deadlines_of
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
    d,
    found,
)
from tests.shipped_rules import shipped_clocks

days = st.dates(date(2025, 1, 1), date(2027, 6, 30))
dated = st.fixed_dictionaries(
    {"kind": st.sampled_from(["request", "report", None])},
    optional=dict.fromkeys(
        (
            "registered_on",
            "received_on",
            "accepted_on",
            "finished_on",
            "review_requested_on",
            "extension_approved_on",
        ),
        days,
    )
    | {"extension_days": st.integers(-5, 60)},
)
ORDER = {RUNNING: 0, SOON: 1, OVER: 2, LAPSED: 2}


@given(dated, days, st.integers(1, 60))
def test_time_only_brings_a_deadline_nearer(record: dict[str, Any], on: date, later: int) -> None:
    before, after = (
        found("petitions", record, on),
        found("petitions", record, on + timedelta(days=later)),
    )
    assert list(before) == list(after)
    for key, deadline in before.items():
        assert after[key].due == deadline.due
        if deadline.state in ORDER:
            assert ORDER[after[key].state] >= ORDER[deadline.state]
            assert (after[key].days or 0) <= (deadline.days or 0)
        else:
            assert after[key] == deadline


@given(dated, days)
def test_what_is_done_was_in_time_exactly_up_to_the_last_day(
    record: dict[str, Any], finished: date
) -> None:
    record = {**record, "kind": "request", "finished_on": finished}
    deadline = found("petitions", record, d("05-07"))["petition_finish"]
    if deadline.due is None:
        assert deadline.state == NOT_STARTED
    else:
        assert deadline.state == (IN_TIME if finished <= deadline.due else LATE)


@given(dated, days)
def test_kept_outcomes_are_those_found_anew(record: dict[str, Any], on: date) -> None:
    anew = deadlines_of("petitions", record, shipped_clocks(), calendar_with(), on=on)
    assert deadlines_of("petitions", record, CLOCKS, CALENDAR, on=on) == anew
