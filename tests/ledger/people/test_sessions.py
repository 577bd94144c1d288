"""Sessions: what is stored, how long they last, who ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import NotFound, Refused
from ledger.domain.settings import settings
from ledger.people import presence, sessions
from ledger.people.users import as_actor
from ledger.storage import Store
from ledger.storage.own_tables import sessions as table
from ledger.storage.own_tables import users
from tests.ledger.conftest import EAST, WEST, path_of
from tests.people import (
    SetClock,
    make_user,
    quick_hashing,  # noqa: F401
    set_clock,  # noqa: F401
    token_of,
)


def test_only_the_hash_of_a_token_is_stored(store: Store) -> None:
    token = token_of(store, make_user(store, "zhangsan"))
    assert len(token) >= 43
    with store.reading() as connection:
        row = connection.execute(select(table)).mappings().one()
    assert row["token_hash"] == sessions.hash_token(token)
    assert token not in str(dict(row))


@pytest.mark.parametrize("token", [None, "", "made-up", "x" * 500])
def test_no_token_of_ours_no_session(store: Store, token: str | None) -> None:
    token_of(store, make_user(store, "zhangsan"))
    assert sessions.actor_for(store, token) is None


def test_the_stored_hash_does_not_open_the_session(store: Store) -> None:
    token = token_of(store, make_user(store, "zhangsan"))
    assert sessions.actor_for(store, sessions.hash_token(token)) is None


def test_a_session_ends_after_idle_time(
    store: Store,
    set_clock: SetClock,  # noqa: F811
) -> None:
    token, idle = token_of(store, make_user(store, "zhangsan")), settings().session_idle_minutes
    set_clock.forward(minutes=idle)
    assert sessions.actor_for(store, token) is not None
    set_clock.forward(minutes=idle, seconds=1)
    assert sessions.actor_for(store, token) is None


def test_looking_without_touching_does_not_keep_a_session_alive(
    store: Store,
    set_clock: SetClock,  # noqa: F811
) -> None:
    token, idle = token_of(store, make_user(store, "zhangsan")), settings().session_idle_minutes
    set_clock.forward(minutes=idle)
    assert sessions.actor_for(store, token, touch=False) is not None
    set_clock.forward(seconds=1)
    assert sessions.actor_for(store, token, touch=False) is None


def test_a_busy_session_ends_at_its_longest(
    store: Store,
    set_clock: SetClock,  # noqa: F811
) -> None:
    token = token_of(store, make_user(store, "zhangsan"))
    step = settings().session_idle_minutes
    for _ in range(settings().session_absolute_minutes // step):
        set_clock.forward(minutes=step)
        assert sessions.actor_for(store, token) is not None
    set_clock.forward(seconds=1)
    assert sessions.actor_for(store, token) is None


def test_signs_of_life_are_written_once_a_minute(set_clock: SetClock) -> None:  # noqa: F811
    marks, written = presence.Presence(), []
    begun = set_clock.moment
    for _ in range(7):
        pending = marks.mark("key", begun, lambda key, moment: written.append(moment))
        if pending is not None:
            pending.result(timeout=5)
        set_clock.forward(seconds=20)
    assert written == [begun + timedelta(seconds=60), begun + timedelta(seconds=120)]
    assert marks.last("key", begun) == begun + timedelta(seconds=120)


def test_rights_are_read_anew_each_time(store: Store) -> None:
    user = make_user(store, "zhangsan", Role.OFFICE_STAFF, WEST)
    token = token_of(store, user)
    with store.writing() as connection:
        connection.execute(update(users).values(role="leader", scope_code=EAST))
    found = sessions.actor_for(store, token)
    assert found is not None
    assert (found[0].role, found[0].scope_path) == (Role.LEADER, path_of(EAST))


def test_signing_out_ends_this_session_only(store: Store) -> None:
    user = make_user(store, "zhangsan")
    one, two = token_of(store, user), token_of(store, user)
    sessions.end_session(store, one)
    sessions.end_session(store, one)
    assert sessions.actor_for(store, one) is None
    assert sessions.actor_for(store, two) is not None


def test_ones_own_sessions_are_listed_and_ended(store: Store) -> None:
    user, other = make_user(store, "zhangsan"), make_user(store, "lisi")
    actor = as_actor(user)
    token, theirs = token_of(store, user), token_of(store, other)
    listed = sessions.list_sessions(store, actor)
    assert [item.key for item in listed] == [sessions.hash_token(token)]
    with pytest.raises(NotFound):
        sessions.end_own_session(store, actor, sessions.hash_token(theirs))
    sessions.end_own_session(store, actor, listed[0].key)
    assert sessions.actor_for(store, token) is None
    assert sessions.actor_for(store, theirs) is not None


def test_all_but_this_one(store: Store) -> None:
    user = make_user(store, "zhangsan")
    tokens = [token_of(store, user) for _ in range(3)]
    kept = sessions.hash_token(tokens[1])
    assert sessions.end_all_of_user(store, as_actor(user), user.id, but=kept) == 2
    assert [sessions.actor_for(store, token) is not None for token in tokens] == [
        False,
        True,
        False,
    ]


def test_other_peoples_sessions_take_an_admin(store: Store) -> None:
    user, other = make_user(store, "zhangsan"), make_user(store, "lisi", Role.LEADER)
    token = token_of(store, user)
    with pytest.raises(Refused):
        sessions.end_all_of_user(store, as_actor(other), user.id)
    assert sessions.end_all_of_user(store, SYSTEM, user.id) == 1
    assert sessions.actor_for(store, token) is None


def test_the_form_secret_is_one_a_database(store: Store) -> None:
    assert sessions.form_secret(store) == sessions.form_secret(store)
    assert len(sessions.form_secret(store)) >= 43
