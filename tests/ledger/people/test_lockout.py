"""Failures are counted for all processes, alike for names that exist and for those that do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, func, select

from ledger.domain.settings import settings
from ledger.people import lockout
from ledger.people.lockout import Count, Rule
from ledger.people.signin import SignInRefused, authenticate
from ledger.storage import Store, open_store
from ledger.storage.own_tables import failed_sign_ins
from tests.people import (
    PASSWORD,
    SetClock,
    make_user,
    quick_hashing,  # noqa: F401
    set_clock,  # noqa: F401
)

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
MINUTES_15 = timedelta(minutes=15)
RULE = Rule(free=3, limit=9, hold=MINUTES_15, remembered=MINUTES_15)


def refusal(store: Store, name: str, address: str = "10.0.0.1", password: str = "wrong-1") -> str:
    with pytest.raises(SignInRefused) as caught:
        authenticate(store, name, password, address)
    return str(caught.value)


def rows(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(failed_sign_ins)).scalar_one()


def in_a_row(rule: Rule, failures: int) -> Iterator[Count]:
    """Counts of failures, each at the first moment at which one is allowed."""
    count, now = None, NOW
    for _ in range(failures):
        count = rule.after_failure(count, now)
        yield count
        now = count.until or now


def test_each_failure_makes_the_wait_longer_until_the_hold() -> None:
    waits, before = [], NOW
    for count in in_a_row(RULE, 9):
        waits.append((count.until - before).total_seconds() if count.until else 0)
        before = count.until or before
    assert waits == [0, 0, 1, 2, 4, 8, 16, 30, 900]


def test_after_the_hold_and_after_a_while_the_count_begins_anew() -> None:
    *_, held = in_a_row(RULE, 9)
    assert held.until is not None
    assert RULE.after_failure(held, held.until) == Count(1, held.until)
    some = Count(2, NOW)
    assert RULE.after_failure(some, NOW + MINUTES_15).failures == 3
    later = NOW + MINUTES_15 + timedelta(seconds=1)
    assert RULE.after_failure(some, later) == Count(1, later)


def test_a_morning_of_mistakes_behind_one_proxy_slows_nobody_down() -> None:
    """One failure a minute for two hours, from one address."""
    rule, count = lockout.address_rule(), None
    for minute in range(120):
        count = rule.after_failure(count, NOW + timedelta(minutes=minute))
        assert count.until is None


@given(
    free=st.integers(1, 30),
    more=st.integers(0, 60),
    pauses=st.lists(st.integers(0, 2_000), max_size=80),
)
def test_no_order_of_tries_gets_more_than_the_rule_allows(
    free: int, more: int, pauses: list[int]
) -> None:
    """In any stretch as long as the rule remembers there are fewer than twice ``limit`` tries."""
    rule = Rule(free, free + more, MINUTES_15, MINUTES_15)
    now, count, tries = NOW, None, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if count is not None and count.waits(now) is not None:
            assert rule.after_failure(count, now) is count, "a try during a wait changes nothing"
            continue
        tries.append(now)
        count = rule.after_failure(count, now)
        assert 1 <= count.failures <= rule.limit
        assert (count.until is not None) == (count.failures >= rule.free)
        assert count.until is None or now < count.until <= now + MINUTES_15
    for first in tries:
        within = [one for one in tries if first <= one < first + MINUTES_15]
        assert len(within) < 2 * rule.limit + 1


def test_limits_follow_the_settings_and_leave_room_for_an_office() -> None:
    name, address = lockout.name_rule(), lockout.address_rule()
    assert (name.free, name.limit) == (settings().lockout_failures,) * 2
    assert (address.free, address.limit) == (20, 50)
    assert name.hold == address.hold == timedelta(minutes=settings().lockout_minutes)


def test_another_process_and_a_restart_go_on_counting(store: Store, database_url: str) -> None:
    make_user(store, "zhangsan")
    for name in ("zhangsan", "nobody"):
        for _ in range(4):
            assert "不正确" in refusal(store, name)
        second = open_store(database_url)
        assert "之后再试" in refusal(second, name)
        second.dispose()
        assert "之后再试" in refusal(store, name)


def test_nothing_typed_stands_in_the_table_and_names_do_not_run_into_each_other(
    store: Store,
) -> None:
    for name in ("my-password-1", "mypassword1", "my password1"):
        refusal(store, name)
    with store.reading() as connection:
        found = connection.execute(select(failed_sign_ins)).all()
    assert len(found) == 4, "three names from one address, and the address"
    assert all(re.fullmatch("[0-9a-f]{64}", row.key) for row in found)
    assert sorted(row.failures for row in found) == [1, 1, 1, 3]


def test_old_counts_are_deleted(
    store: Store,
    set_clock: SetClock,  # noqa: F811
) -> None:
    for number in range(5):
        refusal(store, f"name-{number}")
    assert rows(store) == 6
    set_clock.forward(hours=24, seconds=1)
    refusal(store, "name-5", "10.0.0.2")
    assert rows(store) == 2


def test_known_and_unknown_names_cost_the_same_statements(store: Store) -> None:
    make_user(store, "zhangsan")
    told: list[str] = []

    def listen(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        told.append(statement.split()[0])

    asked = {}
    for name in ("zhangsan", "nobody"):
        refusal(store, name, f"10.0.1.{len(name)}")
    event.listen(store.engine, "before_cursor_execute", listen)
    for name in ("zhangsan", "nobody"):
        told.clear()
        refusal(store, name, f"10.0.1.{len(name)}")
        asked[name] = list(told)
    event.remove(store.engine, "before_cursor_execute", listen)
    assert asked["zhangsan"] == asked["nobody"]


STEPS = st.lists(
    st.one_of(
        st.just(("try", 0)),
        st.just(("try", 0)),
        st.tuples(st.just("later"), st.sampled_from([30, 14 * 60, 15 * 60, 23 * 3600, 25 * 3600])),
    ),
    max_size=14,
)


@given(steps=STEPS)
@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_order_of_failures_and_pauses_tells_which_names_there_are(
    store: Store,
    set_clock: SetClock,  # noqa: F811
    steps: list[tuple[str, int]],
) -> None:
    example = f"{rows(store)}-{set_clock.moment.timestamp():.0f}"
    known, unknown = f"ren-{example}"[:40], f"wu-{example}"[:40]
    make_user(store, known)
    for step, seconds in steps:
        if step == "later":
            set_clock.forward(seconds=seconds)
            continue
        # One address each, slowed down alike.
        answers = [
            refusal(store, name, f"10.1.{name}", password)
            for name, password in ((known, "wrong-1"), (unknown, PASSWORD))
        ]
        assert answers[0] == answers[1]
    set_clock.forward(hours=48)
