"""Signing in: name and password, the same answer and the same work for whatever is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from ledger import audit, clock, passwords
from ledger.access import Actor
from ledger.errors import NotFound, Problem, Refused
from ledger.errors import Invalid
from ledger.lockout import ADDRESSES, UNKNOWN_NAMES
from ledger.settings import settings
from ledger.storage import Store
from ledger.storage.tables import users
from ledger.accounts import set_password
from ledger.users import User, fold_name, log, user_in, users_query, as_user

_STRANGER = Actor("(未登录)", None, "", "//")


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
    user = _verified(store, name, password, address)
    with store.writing() as connection:
        log(connection, _actor(user), user, {}, {"address": address}, action="sign_in")
    return user


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
        If the new password is too easy or the old one.
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


def _verified(store: Store, name: str, password: str, address: str) -> User:
    held_back = ADDRESSES.locked_until(address)
    if held_back is not None:
        raise SignInRefused(_come_back(held_back))
    folded = fold_name(name)[:80]
    with store.reading() as connection:
        stored = _stored_hash(connection, folded)
    right = passwords.matches(stored, password)
    renewed = passwords.hashed(password) if right and stored and passwords.outdated(stored) else None
    with store.writing() as connection:
        user, refusal = _settle(connection, folded, right, renewed, address)
    if user is None:
        ADDRESSES.add(address)
        raise SignInRefused(refusal)
    return user


def _settle(
    connection: Connection, name: str, right: bool, renewed: str | None, address: str
) -> tuple[User | None, str]:
    """Decide and count in one transaction, so that guessing in parallel gains nothing."""
    user = _find(connection, name)
    if user is None:
        until = UNKNOWN_NAMES.locked_until(name)
        begun = None if until else UNKNOWN_NAMES.add(name)
        _log_failure(connection, None, "没有这个用户", address)
        return None, _come_back(until or begun)
    if user.locked:
        _log_failure(connection, user, "等待期内再次尝试", address)
        return None, _come_back(user.locked_until)
    if not right:
        until = _count_failure(connection, user)
        _log_failure(connection, user, "密码不正确", address)
        return None, _come_back(until)
    if user.disabled:
        _log_failure(connection, user, "用户已停用", address)
        return None, _come_back(None)
    fresh = {"failures": 0, "locked_until": None}
    if renewed is not None:
        fresh["password_hash"] = renewed
    connection.execute(update(users).where(users.c.id == user.id).values(fresh))
    return user_in(connection, user.id), ""
