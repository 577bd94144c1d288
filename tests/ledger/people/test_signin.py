"""Signing in: what is refused, how long one waits, and that no answer tells which names exist."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.people import accounts, passwords, sessions
from ledger.people.signin import SignInRefused, authenticate, change_password
from ledger.people.users import as_actor, find_user
from ledger.storage import Store
from ledger.storage.own_tables import users
from tests.log_entries import recent
from tests.people import (
    OTHER_PASSWORD,
    PASSWORD,
    SetClock,
    make_user,
    quick_hashing,  # noqa: F401
    set_clock,  # noqa: F401
    token_of,
)


def refusal(store: Store, name: str, password: str, address: str = "10.0.0.1") -> str:
    with pytest.raises(SignInRefused) as caught:
        authenticate(store, name, password, address)
    return str(caught.value)


def kinds(store: Store) -> list[tuple[str, str | None]]:
    with store.reading() as connection:
        return [(entry.action, entry.reason) for entry in reversed(recent(connection))]


def test_the_right_password_signs_in_and_is_on_record(store: Store) -> None:
    make_user(store, "zhangsan")
    assert authenticate(store, " ZhangSan ", PASSWORD, "10.0.0.1").name == "zhangsan"
    with store.reading() as connection:
        entry = recent(connection)[0]
    assert (entry.action, entry.actor, entry.after) == (
        "sign_in",
        "zhangsan",
        {"address": "10.0.0.1"},
    )


def test_unknown_names_and_wrong_passwords_get_the_same_answers_to_the_end(
    store: Store,
    set_clock: SetClock,  # noqa: F811
) -> None:
    make_user(store, "zhangsan")
    known = [refusal(store, "zhangsan", "wrong-1234", "10.0.0.1") for _ in range(7)]
    unknown = [refusal(store, "nobody", "wrong-1234", "10.0.0.2") for _ in range(7)]
    assert known == unknown
    assert "不正确" in known[3]
    assert clock.local_text(set_clock.moment)[:10] not in known[4]
    assert "之后再试" in known[4]


def test_unknown_names_cost_the_same_hashing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(password))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    make_user(store, "zhangsan")
    refusal(store, "zhangsan", "wrong-1234")
    refusal(store, "nobody", "wrong-1234")
    assert checked == ["wrong-1234", "wrong-1234"]


def test_five_failures_lock_even_the_right_password_out_for_a_while(
    store: Store,
    set_clock: SetClock,  # noqa: F811
) -> None:
    make_user(store, "zhangsan")
    for _ in range(settings().lockout_failures):
        refusal(store, "zhangsan", "wrong-1234")
    assert "之后再试" in refusal(store, "zhangsan", PASSWORD)
    set_clock.forward(minutes=settings().lockout_minutes - 1)
    assert "之后再试" in refusal(store, "zhangsan", PASSWORD)
    set_clock.forward(minutes=1)
    assert authenticate(store, "zhangsan", PASSWORD).failures == 0


def test_nobody_locks_somebody_else_out_by_guessing(store: Store) -> None:
    """Five wrong guesses of anybody kept the administrator out for a quarter of an hour."""
    make_user(store, "guanli", Role.ADMIN)
    for machine in ("10.0.0.66", "10.0.0.67"):
        for _ in range(settings().lockout_failures + 3):
            refusal(store, "guanli", "wrong-1234", machine)
        assert "之后再试" in refusal(store, "guanli", PASSWORD, machine), "whoever guessed waits"
        assert authenticate(store, "guanli", PASSWORD, "10.0.0.1").name == "guanli"
    assert "之后再试" in refusal(store, "guanli", PASSWORD, "10.0.0.66"), "and goes on waiting"


def test_a_hold_is_seen_and_taken_away_wherever_it_is(store: Store) -> None:
    user = make_user(store, "zhangsan")
    for machine in ("10.0.0.66", "10.0.0.67"):
        for _ in range(settings().lockout_failures):
            refusal(store, "zhangsan", "wrong-1234", machine)
    assert find_user(store, "zhangsan").locked
    accounts.unlock(store, SYSTEM, user.id)
    assert not find_user(store, "zhangsan").locked
    for machine in ("10.0.0.66", "10.0.0.67"):
        assert authenticate(store, "zhangsan", PASSWORD, machine).id == user.id


def test_after_a_wait_five_more_failures_are_allowed(
    store: Store,
    set_clock: SetClock,  # noqa: F811
) -> None:
    make_user(store, "zhangsan")
    for _ in range(5):
        refusal(store, "zhangsan", "wrong-1234")
    set_clock.forward(minutes=settings().lockout_minutes)
    answers = [refusal(store, "zhangsan", "wrong-1234") for _ in range(5)]
    assert ["之后再试" in answer for answer in answers] == [False] * 4 + [True]


def test_a_success_forgets_the_failures_before_it(store: Store) -> None:
    make_user(store, "zhangsan")
    for _ in range(3):
        for _ in range(4):
            refusal(store, "zhangsan", "wrong-1234")
        authenticate(store, "zhangsan", PASSWORD)


def test_an_admin_unlocks(store: Store) -> None:
    user = make_user(store, "zhangsan")
    for _ in range(5):
        refusal(store, "zhangsan", "wrong-1234")
    accounts.unlock(store, SYSTEM, user.id)
    assert authenticate(store, "zhangsan", PASSWORD).id == user.id


def test_an_address_that_fails_often_is_slowed_down_and_its_passwords_not_looked_at(
    store: Store,
    set_clock: SetClock,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings(), "lockout_failures", 1)
    make_user(store, "zhangsan")
    for number in range(4):
        refusal(store, f"name-{number}", "wrong-1234", "10.9.9.9")
    before = len(kinds(store))
    checked: list[str] = []
    really = passwords.matches

    def matches(stored: str | None, password: str) -> bool:
        checked.append(password)
        return really(stored, password)

    monkeypatch.setattr(passwords, "matches", matches)
    with pytest.raises(SignInRefused, match="请等待1秒后再试") as caught:
        authenticate(store, "zhangsan", PASSWORD, "10.9.9.9")
    assert (caught.value.wait, checked) == (1, [])
    assert len(kinds(store)) == before, "an address that waits must not fill the log"
    set_clock.forward(seconds=1)
    assert authenticate(store, "zhangsan", PASSWORD, "10.9.9.9").name == "zhangsan"
    refusal(store, "name-4", "wrong-1234", "10.9.9.9")
    assert "请等待2秒" in refusal(store, "zhangsan", PASSWORD, "10.9.9.9")
    assert authenticate(store, "zhangsan", PASSWORD, "10.0.0.1").name == "zhangsan"


def test_an_address_that_goes_on_failing_is_held_as_a_whole(
    store: Store,
    set_clock: SetClock,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings(), "lockout_failures", 1)
    make_user(store, "zhangsan")
    for number in range(9):
        refusal(store, f"name-{number}", "wrong-1234", "10.9.9.9")
        set_clock.forward(seconds=30)
    assert authenticate(store, "zhangsan", PASSWORD, "10.9.9.9").name == "zhangsan"
    refusal(store, "name-9", "wrong-1234", "10.9.9.9")
    assert "之后再试" in refusal(store, "zhangsan", PASSWORD, "10.9.9.9")
    assert authenticate(store, "zhangsan", PASSWORD, "10.0.0.1").name == "zhangsan"
    set_clock.forward(minutes=settings().lockout_minutes)
    assert authenticate(store, "zhangsan", PASSWORD, "10.9.9.9").name == "zhangsan"


def test_guessing_in_parallel_gains_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one password is checked, others from the same address fail: it is not told."""
    monkeypatch.setattr(settings(), "lockout_failures", 1)
    make_user(store, "zhangsan")
    really, others = passwords.matches, [f"name-{number}" for number in range(4)]

    def matches(stored: str | None, password: str) -> bool:
        if others:
            refusal(store, others.pop(), "wrong-1234", "10.9.9.9")
        return really(stored, password)

    monkeypatch.setattr(passwords, "matches", matches)
    assert "请等待" in refusal(store, "zhangsan", PASSWORD, "10.9.9.9")
    assert ("sign_in", None) not in kinds(store)


def test_closed_accounts_are_refused_like_wrong_passwords(store: Store) -> None:
    user = make_user(store, "zhangsan")
    accounts.set_disabled(store, SYSTEM, user.id, True)
    assert refusal(store, "zhangsan", PASSWORD) == refusal(store, "nobody", PASSWORD)


def test_failures_are_on_record_without_what_was_typed(store: Store) -> None:
    make_user(store, "zhangsan")
    refusal(store, "zhangsan", "typed-secret-1")
    refusal(store, "my-password-in-the-wrong-field-1", "typed-secret-1")
    assert kinds(store)[1:] == [
        ("sign_in_failed", "密码不正确"),
        ("sign_in_failed", "没有这个用户"),
    ]
    with store.reading() as connection:
        written = str(recent(connection))
    assert "typed-secret-1" not in written
    assert "wrong-field" not in written


def test_old_hashes_are_renewed_at_sign_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    make_user(store, "zhangsan")
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", stronger)
    authenticate(store, "zhangsan", PASSWORD)
    with store.reading() as connection:
        stored = connection.execute(users.select()).one().password_hash
    assert "m=16,t=2" in stored
    assert authenticate(store, "zhangsan", PASSWORD).name == "zhangsan"


def test_ones_own_new_password_ends_the_other_sessions(store: Store) -> None:
    user = make_user(store, "zhangsan", must_change=True)
    here, there = token_of(store, user), token_of(store, user)
    actor, session = sessions.actor_for(store, here) or pytest.fail("no session")
    assert session.must_change
    change_password(store, actor, PASSWORD, OTHER_PASSWORD, keep_session=session.key)
    found = sessions.actor_for(store, here)
    assert found is not None
    assert not found[1].must_change
    assert sessions.actor_for(store, there) is None
    assert authenticate(store, "zhangsan", OTHER_PASSWORD).name == "zhangsan"


def test_a_new_password_takes_the_old_one_and_must_differ(store: Store) -> None:
    actor = as_actor(make_user(store, "zhangsan"))
    with pytest.raises(SignInRefused):
        change_password(store, actor, "not-the-old-1", OTHER_PASSWORD)
    with pytest.raises(Invalid, match="相同"):
        change_password(store, actor, PASSWORD, PASSWORD)
    with pytest.raises(Invalid, match="太短"):
        change_password(store, actor, PASSWORD, "kurz-1")
    assert authenticate(store, "zhangsan", PASSWORD).name == "zhangsan"
