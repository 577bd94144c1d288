"""Another password for somebody else: for one user, or for several in one act."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from ledger.domain.access import Actor
from ledger.domain.errors import Refused
from ledger.people import lockout, passwords
from ledger.people.accounts import managed, set_password
from ledger.people.users import User, needs_two
from ledger.storage import Store
from ledger.storage.again import tried_again


@tried_again
def reset_password(
    store: Store, actor: Actor, user_id: int, password: str, *, must_change: bool = True
) -> None:
    """Set a user's password and end the waits of the name; all their sessions end.

    With ``must_change`` the user has to set a new one at the next sign-in.

    Raises
    ------
    Refused
        If the actor may not manage users, or the account is an administrator's: that takes two
        administrators (`ledger.people.admin_reset`) or the command line.
    NotFound
        If there is no such user in the actor's scope.
    Invalid
        If the password is too easy.
    """
    with store.reading() as connection:
        name = _resettable(connection, actor, user_id).name
    passwords.check_rules(name, password)
    password_hash = passwords.hashed(password)
    with store.writing() as connection:
        _put(store, connection, actor, user_id, password_hash, must_change=must_change)


@tried_again
def reset_passwords(store: Store, actor: Actor, hashes: Mapping[int, str]) -> list[User]:
    """Give several users new first passwords, all of them or none; hashes by user id.

    Raises
    ------
    Refused
        As `reset_password`, and for the actor's own account.
    NotFound
        If one of them is not in the actor's scope.
    """
    with store.writing() as connection:
        if actor.user_id in hashes:
            raise Refused("不能重置自己的密码，请在“我的账号”修改")
        return [
            _put(store, connection, actor, user_id, password_hash, must_change=True)
            for user_id, password_hash in hashes.items()
        ]


def _put(
    store: Store,
    connection: Connection,
    actor: Actor,
    user_id: int,
    password_hash: str,
    *,
    must_change: bool,
) -> User:
    user = _resettable(connection, actor, user_id)
    set_password(connection, actor, user, password_hash, must_change=must_change)
    lockout.forget_name(store, connection, user.name)
    return user


def _resettable(connection: Connection, actor: Actor, user_id: int) -> User:
    """A user whose password one administrator alone, or the command line, may reset."""
    user = managed(connection, actor, user_id)
    if actor.role is not None and needs_two(connection, user):
        raise Refused(
            "系统管理员的密码须由两位系统管理员重置：一位申请，另一位确认。"
            "没有另外两位系统管理员时，请在服务器上运行:python -m ledger user reset"
        )
    return user
