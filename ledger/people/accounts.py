"""User accounts with role and area: how an administrator adds and changes them.

Signing in is `ledger.people.signin`; sessions are `ledger.people.sessions`; another password for
somebody is `ledger.people.resetting`. An administrator
manages the users whose area is in their own scope. Every change is logged. Disabling or enabling an
account, another role or area and another password end the user's sessions in the same transaction.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from ledger.domain.access import SYSTEM, Action, Actor, Role
from ledger.domain.errors import NotFound, Refused
from ledger.domain.timing import clock
from ledger.people import lockout, passwords
from ledger.people.new_accounts import (
    insert_user,
    path_of_scope,
    require_free,
    require_over,
)
from ledger.people.setup_code import forget_code, use_code
from ledger.people.users import (
    WHOLE_TREE,
    User,
    any_users,
    as_user,
    checked_display_name,
    checked_name,
    checked_role,
    log,
    user_in,
    users_query,
)
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import sessions, users

# Public on purpose: it opens demo accounts only, and the sign-in page shows it.
DEMO_PASSWORD = "yanshi-2026"  # noqa: S105


@tried_again
def add_user(
    store: Store,
    actor: Actor,
    name: str,
    role: Role | str,
    scope_code: str,
    password: str,
    *,
    display_name: str | None = None,
    demo: bool = False,
    must_change: bool = False,
) -> User:
    """Add an account; ``scope_code`` is an area code or ``*`` for the whole tree.

    Raises
    ------
    Refused
        If the actor may not manage users, or not in that area.
    Invalid
        If the name is in use or malformed, the role or area unknown, or the password too easy.
    """
    actor.require(Action.MANAGE_USERS)
    folded, kind = checked_name(name), checked_role(role)
    passwords.check_rules(folded, password)
    password_hash = passwords.hashed(password)
    with store.writing() as connection:
        require_over(actor, path_of_scope(connection, actor, scope_code))
        require_free(connection, folded)
        forget_code(connection)
        return insert_user(
            connection,
            actor,
            {
                "name": folded,
                "display_name": checked_display_name(display_name or folded),
                "password_hash": password_hash,
                "role": kind.value,
                "scope_code": scope_code,
                "must_change": must_change,
                "demo": demo,
            },
        )


@tried_again
def first_admin(
    store: Store, name: str, password: str, code: str, *, display_name: str | None = None
) -> User:
    """Make the first administrator, over the whole tree; only while there are no users.

    ``code`` is the one that `init` printed (`ledger.people.setup_code`).

    Raises
    ------
    Refused
        If there are users already.
    Invalid
        If the code is wrong, the name malformed or the password too easy.
    """
    folded = checked_name(name)
    passwords.check_rules(folded, password)
    password_hash = passwords.hashed(password)
    with store.writing() as connection:
        if any_users(connection):
            raise Refused("系统已有用户，不能再次初始化。请用管理员账号登录。")
        use_code(connection, code)
        return insert_user(
            connection,
            SYSTEM,
            {
                "name": folded,
                "display_name": checked_display_name(display_name or "系统管理员"),
                "password_hash": password_hash,
                "role": Role.ADMIN.value,
                "scope_code": WHOLE_TREE,
                "must_change": False,
                "demo": False,
            },
        )


def list_users(store: Store, actor: Actor) -> list[User]:
    """The users whose area is in the actor's scope, by name. Raises `Refused`."""
    actor.require(Action.MANAGE_USERS)
    with store.reading() as connection:
        found = [as_user(row) for row in connection.execute(users_query().order_by(users.c.name))]
    return [user for user in found if actor.sees(user.scope_path)]


@tried_again
def set_disabled(store: Store, actor: Actor, user_id: int, disabled: bool) -> None:
    """Disable an account or enable it again; both end its sessions at once.

    Raises
    ------
    Refused
        If the actor may not manage users, or disables their own account or the last administrator
        of the whole tree.
    NotFound
        If there is no such user in the actor's scope.
    """
    with store.writing() as connection:
        user = managed(connection, actor, user_id)
        if disabled:
            _keep_an_admin(connection, actor, user)
        _change(connection, actor, user, {"disabled": disabled})


@tried_again
def set_role_and_scope(
    store: Store, actor: Actor, user_id: int, role: Role | str, scope_code: str
) -> None:
    """Give a user another role or area, and end open sessions, so no page uses the old rights.

    Raises as `set_disabled`, and `Invalid` for an unknown role or area.
    """
    kind = checked_role(role)
    with store.writing() as connection:
        user = managed(connection, actor, user_id)
        require_over(actor, path_of_scope(connection, actor, scope_code))
        if (kind, scope_code) != (Role.ADMIN, user.scope_code):
            _keep_an_admin(connection, actor, user)
        _change(connection, actor, user, {"role": kind.value, "scope_code": scope_code})


@tried_again
def set_display_name(store: Store, actor: Actor, user_id: int, display_name: str) -> None:
    """Set the shown name of a user; sessions continue. Raises `Refused`, `NotFound`, `Invalid`."""
    shown = checked_display_name(display_name)
    with store.writing() as connection:
        user = managed(connection, actor, user_id)
        _change(connection, actor, user, {"display_name": shown}, ends_sessions=False)


@tried_again
def unlock(store: Store, actor: Actor, user_id: int) -> None:
    """End the waits of a user's name after failed sign-ins, for every address.

    Raises `Refused`, `NotFound`.
    """
    with store.writing() as connection:
        user = managed(connection, actor, user_id)
        forgotten = lockout.forget_name(store, connection, user.name)
        if forgotten or user.locked_until is not None or user.failures:
            fresh = {"failures": 0, "failed_since": None, "locked_until": None}
            connection.execute(update(users).where(users.c.id == user.id).values(fresh))
            log(connection, actor, user, {"locked": user.locked}, {"locked": False})


def set_password(
    connection: Connection,
    actor: Actor,
    user: User,
    password_hash: str,
    *,
    must_change: bool,
    keep_session: str | None = None,
) -> None:
    """Store a new password hash and end every session except ``keep_session`` (a token hash)."""
    connection.execute(
        update(users)
        .where(users.c.id == user.id)
        .values(
            password_hash=password_hash,
            must_change=must_change,
            demo=False,  # its password is public no longer
            failures=0,
            failed_since=None,
            locked_until=None,
        )
    )
    end_sessions(connection, user.id, but=keep_session)
    log(connection, actor, user, {}, {"password": "changed"})


def end_sessions(connection: Connection, user_id: int, *, but: str | None = None) -> int:
    """End a user's open sessions, all or all but one; returns how many."""
    where = [sessions.c.user_id == user_id, sessions.c.ended_at.is_(None)]
    if but is not None:
        where.append(sessions.c.token_hash != but)
    return connection.execute(
        update(sessions).where(and_(*where)).values(ended_at=clock.now())
    ).rowcount


def managed(connection: Connection, actor: Actor, user_id: int) -> User:
    """A user whom the actor may manage. Out-of-scope and missing users both raise `NotFound`."""
    actor.require(Action.MANAGE_USERS)
    user = user_in(connection, user_id)
    if not actor.sees(user.scope_path):
        raise NotFound("用户")
    return user


def _keep_an_admin(connection: Connection, actor: Actor, user: User) -> None:
    """Refuse a change of the actor's own account or of the last administrator of the whole tree."""
    if user.id == actor.user_id:
        raise Refused("不能停用自己或调整自己的角色和辖区，请由另一位系统管理员操作。")
    others = connection.execute(
        select(func.count()).where(
            users.c.role == Role.ADMIN.value,
            users.c.scope_code == WHOLE_TREE,
            users.c.disabled.is_(False),
            users.c.id != user.id,
        )
    ).scalar_one()
    is_root_admin = user.role is Role.ADMIN and user.scope_code == WHOLE_TREE
    if is_root_admin and not user.disabled and not others:
        raise Refused("这是最后一位全域系统管理员，不能停用或调整。请先新增另一位系统管理员。")


def _change(
    connection: Connection,
    actor: Actor,
    user: User,
    values: dict[str, Any],
    *,
    ends_sessions: bool = True,
) -> None:
    before = {key: getattr(user, key) for key in values}
    if before == values:
        return
    connection.execute(update(users).where(users.c.id == user.id).values(values))
    if ends_sessions:
        end_sessions(connection, user.id)
    log(connection, actor, user, before, values)
