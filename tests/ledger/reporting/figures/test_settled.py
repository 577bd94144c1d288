"""A rate whose days rest on holidays that are not announced says so, and only then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger.domain.timing.calendar import YearArrangement, calendar_with
from ledger.domain.timing.periods import Period
from ledger.reporting.figures.binding import Asked, bind
from ledger.reporting.figures.valuing import Here, values_of
from tests.ledger.reporting.figures.conftest import TODAY
from tests.shipped_rules import shipped_figures

BOOK = shipped_figures()
LATER = TODAY.date() + timedelta(days=3650)
# The arrangements of the package end with 2026.
NEXT = YearArrangement(2027, frozenset({date(2027, 1, 1)}), frozenset())


def asked(start: date, end: date, today: date = LATER, *, next_year: bool = False) -> Asked:
    calendar = calendar_with([NEXT] if next_year else [])
    return Asked(Period(start, end), today, 1, tuple(BOOK.settings.items()), calendar)


@pytest.mark.parametrize(
    ("start", "end", "settled"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), True),
        # The New Year's arrangement reaches back into December, not further than the 29th.
        (date(2026, 12, 1), date(2026, 12, 28), True),
        (date(2026, 12, 1), date(2026, 12, 31), False),
        (date(2026, 12, 28), date(2027, 1, 3), False),
        (date(2027, 1, 1), date(2027, 1, 31), False),
        # The package begins with 2004.
        (date(2003, 12, 1), date(2004, 1, 31), False),
    ],
)
def test_a_period_is_settled_once_its_days_are_announced(
    start: date, end: date, settled: bool
) -> None:
    assert asked(start, end).settled is settled


def test_the_list_of_the_year_settles_it() -> None:
    days = (date(2026, 12, 28), date(2027, 1, 3))
    assert asked(*days, next_year=True).settled


def test_a_period_under_way_is_held_against_the_days_until_today() -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert asked(*year, today=date(2026, 11, 29)).settled
    assert not asked(*year, today=date(2026, 12, 30)).settled


@pytest.mark.parametrize("key", ["timely_acceptance", "on_time_reply"])
@pytest.mark.parametrize("next_year", [False, True])
def test_rates_by_kept_days_carry_the_note(key: str, next_year: bool) -> None:
    assert note(key, next_year=next_year) == (
        "" if next_year else "本期有期限的节假日安排未公布，结果可能变动"
    )


def test_what_hangs_on_no_deadline_carries_no_note() -> None:
    assert note("petitions_registered") == ""


def note(key: str, *, next_year: bool = False) -> str:
    question = asked(date(2027, 1, 4), date(2027, 1, 10), next_year=next_year)
    figure = next(one for one in BOOK.figures if one.key == key)
    (value,) = values_of(bind(figure, question), {}, question, Here(None))
    return value.note
