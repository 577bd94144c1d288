"""An administrator's password takes two others, whatever one of them tries."""

from __future__ import annotations

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.people import accounts, admin_reset, resetting, sessions
from ledger.people.signin import authenticate
from ledger.people.users import User, as_actor
from ledger.storage import Store
from tests.log_entries import recent
from tests.people import (  # noqa: F401
    OTHER_PASSWORD,
    PASSWORD,
    SetClock,
    make_user,
    quick_hashing,
    set_clock,
    token_of,
)


@pytest.fixture
def admins(store: Store) -> dict[str, User]:
    return {name: make_user(store, name, Role.ADMIN) for name in ("jia-gl", "yi-gl", "bing-gl")}


def acting(user: User) -> Actor:
    return as_actor(user)


def test_one_asks_another_confirms(store: Store, admins: dict[str, User]) -> None:
    target = admins["bing-gl"]
    token = token_of(store, target)
    admin_reset.ask(store, acting(admins["jia-gl"]), target.id)
    assert admin_reset.waiting(store, acting(admins["yi-gl"]))[target.id].asked_by_name == "jia-gl"
    admin_reset.confirm(store, acting(admins["yi-gl"]), target.id, OTHER_PASSWORD)
    assert sessions.actor_for(store, token) is None
    assert authenticate(store, "bing-gl", OTHER_PASSWORD).must_change
    with store.reading() as connection:
        told = [(e.action, e.actor, e.number) for e in recent(connection, limit=3)]
    assert ("reset_asked", "jia-gl", "bing-gl") in told
    assert ("user", "yi-gl", "bing-gl") in told
    assert admin_reset.waiting(store, acting(admins["yi-gl"])) == {}


def test_nobody_does_both_or_for_themselves(store: Store, admins: dict[str, User]) -> None:
    target, one = admins["bing-gl"], acting(admins["jia-gl"])
    with pytest.raises(Refused, match="先由另一位"):
        admin_reset.confirm(store, one, target.id, OTHER_PASSWORD)
    admin_reset.ask(store, one, target.id)
    with pytest.raises(Refused, match="申请人不能自己确认"):
        admin_reset.confirm(store, one, target.id, OTHER_PASSWORD)
    with pytest.raises(Refused, match="自己"):
        admin_reset.confirm(store, acting(target), target.id, OTHER_PASSWORD)
    with pytest.raises(Refused, match="两位系统管理员"):
        resetting.reset_password(store, one, target.id, OTHER_PASSWORD)
    assert authenticate(store, "bing-gl", PASSWORD).id == target.id


def test_lowering_the_role_first_is_no_way_around(store: Store, admins: dict[str, User]) -> None:
    target, one = admins["bing-gl"], acting(admins["jia-gl"])
    accounts.set_role_and_scope(store, one, target.id, Role.OFFICE_STAFF, "*")
    with pytest.raises(Refused, match="两位系统管理员"):
        resetting.reset_password(store, one, target.id, OTHER_PASSWORD)


def test_what_was_asked_lapses_and_can_be_withdrawn(
    store: Store,
    admins: dict[str, User],
    set_clock: SetClock,  # noqa: F811
) -> None:
    target = admins["bing-gl"]
    one, other = acting(admins["jia-gl"]), acting(admins["yi-gl"])
    admin_reset.ask(store, one, target.id)
    admin_reset.withdraw(store, other, target.id)
    with pytest.raises(NotFound):
        admin_reset.withdraw(store, other, target.id)
    admin_reset.ask(store, one, target.id)
    set_clock.forward(hours=25)
    with pytest.raises(Refused, match="没有待确认"):
        admin_reset.confirm(store, other, target.id, OTHER_PASSWORD)


def test_others_are_reset_by_one_and_admins_by_the_command_line(
    store: Store, admins: dict[str, User]
) -> None:
    one, clerk = acting(admins["jia-gl"]), make_user(store, "zhangsan")
    with pytest.raises(Invalid, match="可以直接重置"):
        admin_reset.ask(store, one, clerk.id)
    resetting.reset_password(store, one, clerk.id, OTHER_PASSWORD)
    resetting.reset_password(store, SYSTEM, admins["yi-gl"].id, OTHER_PASSWORD)
    assert authenticate(store, "yi-gl", OTHER_PASSWORD).must_change


def test_only_administrators_ask_and_see(store: Store, admins: dict[str, User]) -> None:
    clerk = acting(make_user(store, "zhangsan"))
    for call in (admin_reset.ask, admin_reset.withdraw):
        with pytest.raises(Refused):
            call(store, clerk, admins["yi-gl"].id)
    with pytest.raises(Refused):
        admin_reset.waiting(store, clerk)
