"""Signing in: name and password, the same answer and the same work for whatever is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update

from ledger.access import Actor
from ledger.errors import Invalid, Problem, Refused
from ledger.history import audit
from ledger.identity import passwords
from ledger.identity.accounts import set_password
from ledger.identity.lockout import ADDRESSES, UNKNOWN_NAMES
from ledger.identity.users import (
    NOWHERE_PATH,
    User,
    as_actor,
    fold_name,
    log,
    stored_hash,
    user_in,
    user_named,
)
from ledger.settings import settings
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import users
from ledger.timing import clock

_STRANGER = Actor("(未登录)", None, "", NOWHERE_PATH)


class SignInRefused(Refused):
    """Not signed in; the text does not tell whether the name exists."""


def authenticate(store: Store, name: str, password: str, address: str = "") -> User:
    """The user whose name and password these are.

    After ``lockout_failures`` failures in a row a name, existing or not, has to wait
    ``lockout_minutes``; an address that fails ten times as often has to wait as well. Successes
    and failures go into the log.

    Raises
    ------
    SignInRefused
        For an unknown name, a wrong password, a closed account or during a wait.
    """
    return _verified(store, name, password, address, success="sign_in")


@tried_again
def change_password(
    store: Store,
    actor: Actor,
    old: str,
    new: str,
    *,
    address: str = "",
    keep_session: str | None = None,
) -> None:
    """Set one's own password; every session ends but the one whose token hash is kept.

    Raises
    ------
    SignInRefused
        If the old password is wrong; failures count as at sign-in.
    Invalid
        If the new password is too easy, or is the old one.
    """
    user = _verified(store, actor.name, old, address)
    if old == new:
        raise Invalid([Problem(None, "新密码", "不能与原密码相同")])
    passwords.check_rules(user.name, new)
    password_hash = passwords.hashed(new)
    with store.writing() as connection:
        set_password(
            connection, actor, user, password_hash, must_change=False, keep_session=keep_session
        )


def _verified(
    store: Store, name: str, password: str, address: str, *, success: str | None = None
) -> User:
    held_back = ADDRESSES.locked_until(address)
    if held_back is not None:
        raise SignInRefused(_refusal(held_back))
    folded = fold_name(name)[:80]
    with store.reading() as connection:
        stored = stored_hash(connection, folded)
    right = passwords.matches(stored, password)
    renewed = passwords.hashed(password) if right and passwords.outdated(stored or "") else None
    with store.writing() as connection:
        user, until = _settle(connection, folded, right, address)
        if user is not None:
            _succeed(connection, user, renewed, address, success)
            user = user_in(connection, user.id)
    if user is None:
        ADDRESSES.add(address)
        raise SignInRefused(_refusal(until))
    return user


def _settle(
    connection: Connection, name: str, right: bool, address: str
) -> tuple[User | None, datetime | None]:
    """Decide and count in one transaction, so that guessing in parallel gains nothing.

    Returns the user, or None and, where there is one, the end of the wait.
    """
    user = user_named(connection, name)
    if user is None:
        until = UNKNOWN_NAMES.locked_until(name) or UNKNOWN_NAMES.add(name)
        # What was typed is not kept: it may be a password in the wrong field.
        stranger = audit.Change("sign_in_failed", after={"address": address}, reason="没有这个用户")
        audit.append(connection, _STRANGER, [stranger])
        return None, until
    if right and not user.disabled and not user.locked:
        return user, None
    reason = "等待期内再次尝试" if user.locked else "用户已停用" if right else "密码不正确"
    until = user.locked_until if user.locked else _count_failure(connection, user)
    log(
        connection,
        _STRANGER,
        user,
        {},
        {"address": address},
        action="sign_in_failed",
        reason=reason,
    )
    return None, until


def _count_failure(connection: Connection, user: User) -> datetime | None:
    # A wait that is over starts the count anew.
    failures = 1 if user.locked_until is not None else user.failures + 1
    until = None
    if failures >= settings().lockout_failures:
        until = clock.now() + timedelta(minutes=settings().lockout_minutes)
    connection.execute(
        update(users).where(users.c.id == user.id).values(failures=failures, locked_until=until)
    )
    return until


def _succeed(
    connection: Connection, user: User, renewed: str | None, address: str, action: str | None
) -> None:
    fresh: dict[str, Any] = {"failures": 0, "locked_until": None}
    if renewed is not None:
        fresh["password_hash"] = renewed
    if renewed is not None or user.failures or user.locked_until is not None:
        connection.execute(update(users).where(users.c.id == user.id).values(fresh))
    if action is not None:
        log(connection, as_actor(user), user, {}, {"address": address}, action=action)


def _refusal(until: datetime | None) -> str:
    if until is None:
        return "用户名或密码不正确。忘记密码请联系系统管理员重置。"
    return f"连续失败次数过多，请于 {clock.local_text(until)[11:]} 之后再试，或联系系统管理员。"
