"""Reset an administrator's password with two other administrators: one asks, another confirms.

One administrator alone must not be able to take over another's account and act under that name.
An office without two other administrators uses the command line on the server
(``python -m ledger user reset``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.domain.timing import clock
from ledger.people import lockout, passwords
from ledger.people.accounts import set_password
from ledger.people.users import User, log, needs_two, user_in
from ledger.storage import Store, options
from ledger.storage.again import tried_again

STANDS_FOR = timedelta(hours=24)
_OPTION = "admin_resets"


@dataclass(frozen=True)
class Asked:
    """A reset that waits for a second administrator."""

    user_id: int
    asked_by: int
    asked_by_name: str
    asked_at: datetime


def waiting(store: Store, actor: Actor) -> Mapping[int, Asked]:
    """Resets that are asked for, not confirmed and not lapsed, by user id; of users in scope."""
    actor.require(Action.MANAGE_USERS)
    with store.reading() as connection:
        return {
            user_id: asked
            for user_id, asked in _waiting(connection).items()
            if actor.sees(user_in(connection, user_id).scope_path)
        }


@tried_again
def ask(store: Store, actor: Actor, user_id: int) -> None:
    """Ask for an administrator's password to be reset; the request lapses after `STANDS_FOR`.

    Raises `Refused`, `NotFound`, or `Invalid` if the account is not an administrator's.
    """
    with store.writing() as connection:
        user = _other_admin(connection, actor, user_id)
        by = actor.display_name or actor.name
        asked = Asked(user.id, _own_id(actor), by, clock.now())
        _keep(connection, {**_waiting(connection), user.id: asked})
        log(connection, actor, user, {}, {}, action="reset_asked")


@tried_again
def withdraw(store: Store, actor: Actor, user_id: int) -> None:
    """Withdraw or refuse a request. Raises as `ask`; `NotFound` also if there is no request."""
    with store.writing() as connection:
        user = _other_admin(connection, actor, user_id)
        still = _waiting(connection)
        if still.pop(user.id, None) is None:
            raise NotFound("重置申请")
        _keep(connection, still)
        log(connection, actor, user, {}, {}, action="reset_asked", reason="撤回或不同意")


@tried_again
def confirm(store: Store, actor: Actor, user_id: int, password: str) -> None:
    """Confirm a request: set a password, to be changed at the next sign-in; all sessions end.

    Raises
    ------
    Refused
        If there is no request, the actor made it, or the account is the actor's own.
    NotFound
        If there is no such user in the actor's scope.
    Invalid
        If the password is too easy, or the account is not an administrator's.
    """
    with store.reading() as connection:
        name = _other_admin(connection, actor, user_id).name
    passwords.check_rules(name, password)
    password_hash = passwords.hashed(password)
    with store.writing() as connection:
        user = _other_admin(connection, actor, user_id)
        still = _waiting(connection)
        asked = still.pop(user.id, None)
        if asked is None:
            raise Refused("没有待确认的申请。请先由另一位系统管理员申请重置")
        if asked.asked_by == actor.user_id:
            raise Refused("申请人不能自己确认，请由另一位系统管理员确认")
        set_password(connection, actor, user, password_hash, must_change=True)
        lockout.forget_name(store, connection, user.name)
        _keep(connection, still)


def _other_admin(connection: Connection, actor: Actor, user_id: int) -> User:
    actor.require(Action.MANAGE_USERS)
    user = user_in(connection, user_id)
    if not actor.sees(user.scope_path):
        raise NotFound("用户")
    if user.id == actor.user_id:
        raise Refused("不能重置自己的密码，请在“我的账号”修改")
    if not needs_two(connection, user):
        raise Invalid("该用户不是系统管理员，可以直接重置密码")
    return user


def _own_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise Refused("命令行请直接用:python -m ledger user reset")
    return actor.user_id


def _waiting(connection: Connection) -> dict[int, Asked]:
    kept = options.read(connection, _OPTION, {})
    found = {
        int(user_id): Asked(int(user_id), one["by"], one["name"], datetime.fromisoformat(one["at"]))
        for user_id, one in kept.items()
    }
    return {
        user_id: one for user_id, one in found.items() if clock.now() - one.asked_at < STANDS_FOR
    }


def _keep(connection: Connection, asked: Mapping[int, Asked]) -> None:
    value = {
        str(one.user_id): {
            "by": one.asked_by,
            "name": one.asked_by_name,
            "at": one.asked_at.isoformat(),
        }
        for one in asked.values()
    }
    options.write(connection, _OPTION, value)
