"""Users: added, changed, closed; by whom; and what goes into the log."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.people import accounts, passwords, resetting, sessions, signin
from ledger.people.setup_code import new_code
from ledger.people.users import actor_of, as_actor, demo_accounts, has_users
from ledger.records.history import audit, chain_check
from ledger.storage import Store
from ledger.storage.own_tables import users
from ledger.storage.tables import areas
from tests.ledger.conftest import EAST, WEST, WEST_VILLAGE, path_of
from tests.people import OTHER_PASSWORD, PASSWORD, make_user, quick_hashing, token_of  # noqa: F401


def admin_over(store: Store, scope: str) -> Actor:
    return as_actor(make_user(store, f"admin-{scope}".replace("*", "x"), Role.ADMIN, scope))


def test_a_new_user_acts_where_the_area_lies(store: Store) -> None:
    user = make_user(store, "Zhang.San", Role.VILLAGE_STAFF, WEST_VILLAGE)
    assert (user.name, user.scope_path) == ("zhang.san", path_of(WEST_VILLAGE))
    actor = actor_of(store, user)
    assert (actor.role, actor.scope_path) == (Role.VILLAGE_STAFF, path_of(WEST_VILLAGE))


def test_a_user_whose_area_is_gone_sees_nothing(store: Store) -> None:
    user = make_user(store, "lisi", Role.OFFICE_STAFF, WEST)
    with store.writing() as connection:
        connection.execute(delete(areas).where(areas.c.path.startswith(path_of(WEST))))
    actor = actor_of(store, user)
    assert not any(actor.sees(path) for path in (path_of(WEST), path_of(EAST), "/", None))


@pytest.mark.parametrize(
    ("name", "role", "scope", "password", "column"),
    [
        ("a", "leader", "*", PASSWORD, "用户名"),
        ("lisi", "leader", "", PASSWORD, "辖区"),
        ("有 空格", "leader", "*", PASSWORD, "用户名"),
        ("<script>", "leader", "*", PASSWORD, "用户名"),
        ("wangwu", "boss", "*", PASSWORD, "角色"),
        ("wangwu", "leader", "123456", PASSWORD, "辖区"),
        ("wangwu", "leader", "*", "short-1", "密码"),
        ("wangwu", "leader", "*", "only-letters-here", "密码"),
        ("wangwu", "leader", "*", "12345678901234", "密码"),
        ("wangwu", "leader", "*", "Wangwu-2026-x", "密码"),
        ("wangwu", "leader", "*", "Password123", "密码"),
        ("wangwu", "leader", "*", "a1a1a1a1a1a1", "密码"),
        ("wangwu", "leader", "*", "a1b2" * 40, "密码"),
    ],
)
def test_what_no_account_is_made_from(
    store: Store, name: str, role: str, scope: str, password: str, column: str
) -> None:
    with pytest.raises(Invalid) as caught:
        accounts.add_user(store, SYSTEM, name, role, scope, password)
    assert caught.value.problems[0].column == column
    assert not has_users(store)


def test_names_are_taken_once_whatever_their_case(store: Store) -> None:
    make_user(store, "zhaoliu")
    with pytest.raises(Invalid, match="已被使用"):
        make_user(store, "ZhaoLiu")


def test_the_first_admin_is_made_once(store: Store) -> None:
    with pytest.raises(Invalid, match="一次性代码"):
        accounts.first_admin(store, "guanliyuan", PASSWORD, "")
    old, code = new_code(store), new_code(store)
    for wrong in ("", "AAAA-AAAA-AAAA", str(old)):
        with pytest.raises(Invalid, match="一次性代码"):
            accounts.first_admin(store, "guanliyuan", PASSWORD, wrong)
    assert not has_users(store)
    first = accounts.first_admin(store, "guanliyuan", PASSWORD, f" {str(code).lower()} ")
    assert (first.role, first.scope_path, first.must_change) == (Role.ADMIN, "/", False)
    with pytest.raises(Refused, match="已有用户"):
        accounts.first_admin(store, "second", PASSWORD, str(code))
    assert new_code(store) is None


def test_an_account_of_the_command_line_uses_up_the_code(store: Store) -> None:
    code = new_code(store)
    user = make_user(store, "guanli")
    with store.writing() as connection:
        connection.execute(delete(users).where(users.c.id == user.id))
    with pytest.raises(Invalid, match="一次性代码"):
        accounts.first_admin(store, "other", PASSWORD, str(code))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_admins_manage_users(store: Store, role: Role) -> None:
    actor = as_actor(make_user(store, "somebody", role))
    other = make_user(store, "another")
    with pytest.raises(Refused):
        accounts.add_user(store, actor, "newone", "leader", "*", PASSWORD)
    with pytest.raises(Refused):
        accounts.list_users(store, actor)
    for service in (accounts.unlock, lambda *given: accounts.set_disabled(*given, True)):
        with pytest.raises(Refused):
            service(store, actor, other.id)
    with pytest.raises(Refused):
        resetting.reset_password(store, actor, other.id, OTHER_PASSWORD)
    with pytest.raises(Refused):
        accounts.set_role_and_scope(store, actor, other.id, "admin", "*")


def test_an_admin_of_one_township_manages_its_users_only(store: Store) -> None:
    admin = admin_over(store, WEST)
    here = make_user(store, "here", Role.VILLAGE_STAFF, WEST_VILLAGE)
    there = make_user(store, "there", Role.OFFICE_STAFF, EAST)
    assert {user.name for user in accounts.list_users(store, admin)} == {admin.name, here.name}
    with pytest.raises(NotFound):
        accounts.set_disabled(store, admin, there.id, True)
    with pytest.raises(NotFound):
        resetting.reset_password(store, admin, there.id, OTHER_PASSWORD)
    with pytest.raises(Refused):
        accounts.set_role_and_scope(store, admin, here.id, Role.ADMIN, "*")
    with pytest.raises(Refused):
        accounts.add_user(store, admin, "newone", "leader", EAST, PASSWORD)


def test_nobody_locks_themselves_out(store: Store) -> None:
    admin = admin_over(store, "*")
    for service in (
        lambda: accounts.set_disabled(store, admin, admin.user_id or 0, True),
        lambda: accounts.set_role_and_scope(store, admin, admin.user_id or 0, "leader", "*"),
    ):
        with pytest.raises(Refused, match="自己"):
            service()


def test_the_last_working_admin_stays(store: Store) -> None:
    only = make_user(store, "onlyone", Role.ADMIN)
    with pytest.raises(Refused, match="最后一位"):
        accounts.set_disabled(store, SYSTEM, only.id, True)
    second = make_user(store, "second", Role.ADMIN)
    accounts.set_disabled(store, SYSTEM, only.id, True)
    with pytest.raises(Refused, match="最后一位"):
        accounts.set_role_and_scope(store, SYSTEM, second.id, "admin", WEST)


@pytest.mark.parametrize("what", ["disabled", "role", "scope", "password"])
def test_whatever_takes_rights_away_ends_the_sessions(store: Store, what: str) -> None:
    admin, user = admin_over(store, "*"), make_user(store, "yonghu", Role.OFFICE_STAFF, WEST)
    token = token_of(store, user)
    match what:
        case "disabled":
            accounts.set_disabled(store, admin, user.id, True)
        case "role":
            accounts.set_role_and_scope(store, admin, user.id, "auditor", WEST)
        case "scope":
            accounts.set_role_and_scope(store, admin, user.id, user.role, EAST)
        case "password":
            resetting.reset_password(store, admin, user.id, OTHER_PASSWORD)
    assert sessions.actor_for(store, token) is None


def test_a_corrected_name_leaves_the_session_alone(store: Store) -> None:
    admin, user = admin_over(store, "*"), make_user(store, "yonghu")
    token = token_of(store, user)
    accounts.set_display_name(store, admin, user.id, "张 三")
    found = sessions.actor_for(store, token)
    assert found is not None
    assert found[0].display_name == "张 三"


def test_a_reset_password_has_to_be_changed(store: Store) -> None:
    admin, user = admin_over(store, "*"), make_user(store, "yonghu")
    resetting.reset_password(store, admin, user.id, OTHER_PASSWORD)
    with pytest.raises(signin.SignInRefused):
        signin.authenticate(store, "yonghu", PASSWORD)
    assert signin.authenticate(store, "yonghu", OTHER_PASSWORD).must_change


def test_every_change_is_on_record_and_no_password_is(store: Store) -> None:
    admin, user = admin_over(store, "*"), make_user(store, "yonghu", Role.OFFICE_STAFF, WEST)
    accounts.set_role_and_scope(store, admin, user.id, "leader", EAST)
    resetting.reset_password(store, admin, user.id, OTHER_PASSWORD)
    accounts.set_disabled(store, admin, user.id, True)
    with store.reading() as connection:
        entries = audit.history(connection, "users", user.id)
        assert chain_check.verify(connection).sound
        stored = connection.execute(
            select(users.c.password_hash).where(users.c.id == user.id)
        ).scalar_one()
    changes = [(entry.actor, entry.before, entry.after) for entry in reversed(entries)]
    assert changes[1:] == [
        (
            admin.name,
            {"role": "office_staff", "scope_code": WEST},
            {"role": "leader", "scope_code": EAST},
        ),
        (admin.name, {}, {"password": "changed"}),
        (admin.name, {"disabled": False}, {"disabled": True}),
    ]
    written = str(entries)
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in written
    assert OTHER_PASSWORD not in written
    assert "argon2" not in written


def test_saving_what_stands_there_already_is_no_change(store: Store) -> None:
    admin, user = admin_over(store, "*"), make_user(store, "yonghu", Role.OFFICE_STAFF, WEST)
    token = token_of(store, user)
    accounts.set_role_and_scope(store, admin, user.id, "office_staff", WEST)
    assert sessions.actor_for(store, token) is not None
    with store.reading() as connection:
        assert len(audit.history(connection, "users", user.id)) == 1


def test_demo_accounts_are_those_of_the_demo_and_their_password_passes(store: Store) -> None:
    make_user(store, "real")
    passwords.check_rules("wangge", accounts.DEMO_PASSWORD)
    demo = accounts.add_user(
        store, SYSTEM, "wangge", "grid_worker", "*", accounts.DEMO_PASSWORD, demo=True
    )
    assert [user.name for user in demo_accounts(store)] == [demo.name]
    signin.change_password(store, as_actor(demo), accounts.DEMO_PASSWORD, "Wuyun-Shan-2027")
    assert demo_accounts(store) == [], "its password is public no longer"
