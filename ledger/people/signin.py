"""Signing in with name and password; every failure gives the same answer after the same work."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, update

from ledger.domain.access import Actor
from ledger.domain.errors import Invalid, Problem, Refused
from ledger.domain.timing import clock
from ledger.people import lockout, passwords
from ledger.people.accounts import set_password
from ledger.people.users import (
    NOWHERE_PATH,
    User,
    as_actor,
    fold_name,
    log,
    stored_hash,
    user_in,
    user_named,
)
from ledger.records.history import audit
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import users

_STRANGER = Actor("(未登录)", None, "", NOWHERE_PATH)


class SignInRefused(Refused):
    """Not signed in; the text does not tell whether the name exists.

    ``wait`` is the number of seconds during which no try succeeds; None without a wait.
    """

    def __init__(self, until: datetime | None = None) -> None:
        seconds = None if until is None else (until - clock.now()).total_seconds()
        self.wait = None if seconds is None else max(1, math.ceil(seconds))
        super().__init__(_refusal(until, self.wait))


class _Keys(NamedTuple):
    """The keys under which failures of a name from an address, and of the address, are counted."""

    name: str
    address: str


def authenticate(store: Store, name: str, password: str, address: str = "") -> User:
    """The user with this name and password.

    After ``lockout_failures`` failures from one address a name, existing or not, is refused for
    ``lockout_minutes`` from that address only. An address with four times as many failures has to
    wait after each one, and with ten times as many it is refused as long as a name
    (`ledger.people.lockout`). During the wait of an address no password is checked. Successes and
    failures are logged.

    Raises
    ------
    SignInRefused
        For an unknown name, a wrong password, a disabled account, or during a wait.
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
    """Set the actor's own password; ends every session except ``keep_session`` (a token hash).

    Raises
    ------
    SignInRefused
        If the old password is wrong; failures count as at sign-in.
    Invalid
        If the new password is too easy or equals the old one.
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
    folded = fold_name(name)[:80]
    keys = _Keys(
        lockout.key_of_name(store, folded, address), lockout.key_of_address(store, address)
    )
    with store.reading() as connection:
        until = _waits(lockout.counts(connection, keys).get(keys.address))
        if until is not None:
            raise SignInRefused(until)
        stored = stored_hash(connection, folded)
    right = passwords.matches(stored, password)
    renewed = passwords.hashed(password) if right and passwords.outdated(stored or "") else None
    user, until = _settled(store, folded, keys, right, renewed, address, success)
    if user is None:
        raise SignInRefused(until)
    return user


@tried_again
def _settled(
    store: Store,
    name: str,
    keys: _Keys,
    right: bool,
    renewed: str | None,
    address: str,
    success: str | None,
) -> tuple[User | None, datetime | None]:
    with store.writing() as connection:
        user, until = _settle(connection, name, keys, right, address)
        if user is not None:
            lockout.forget(connection, keys.name)
            _succeed(connection, user, renewed, address, success)
            user = user_in(connection, user.id)
    return user, until


def _settle(
    connection: Connection, name: str, keys: _Keys, right: bool, address: str
) -> tuple[User | None, datetime | None]:
    """Decide and count in one transaction, so that parallel guesses are all counted.

    Returns the user, or None and the end of the wait if there is one.
    """
    known = lockout.counts(connection, keys)
    held_back = _waits(known.get(keys.address))
    if held_back is not None:  # by others who failed while this password was checked
        return None, held_back
    user = user_named(connection, name)
    held = _waits(known.get(keys.name)) is not None
    if user is not None and right and not user.disabled and not held:
        return user, None
    until = _count(connection, keys.name, known, lockout.name_rule())
    _note_failure(connection, name, until)
    if user is None:
        # What was typed is not kept: it may be a password in the wrong field.
        stranger = audit.Change("sign_in_failed", after={"address": address}, reason="没有这个用户")
        audit.append(connection, _STRANGER, [stranger])
    else:
        _log_failure(connection, user, right, address, held)
    _count(connection, keys.address, known, lockout.address_rule())
    lockout.forget_old(connection, clock.now())
    return None, until


def _count(
    connection: Connection, key: str, known: Mapping[str, lockout.Count], rule: lockout.Rule
) -> datetime | None:
    before = known.get(key)
    after = rule.after_failure(before, clock.now())
    lockout.keep(connection, key, before, after)
    return _waits(after)


def _note_failure(connection: Connection, name: str, until: datetime | None) -> None:
    """Count a failure in the user's row, for the list of users.

    Run for every name, so that an unknown name takes the same statements.
    """
    values = {
        "failures": users.c.failures + 1,
        "failed_since": func.coalesce(users.c.failed_since, clock.now()),
        "locked_until": users.c.locked_until if until is None else until,
    }
    connection.execute(update(users).where(users.c.name == name).values(values))


def _log_failure(connection: Connection, user: User, right: bool, address: str, held: bool) -> None:
    reason = "等待期内再次尝试" if held else "用户已停用" if right else "密码不正确"
    place = {"address": address}
    log(connection, _STRANGER, user, {}, place, action="sign_in_failed", reason=reason)


def _waits(count: lockout.Count | None) -> datetime | None:
    return None if count is None else count.waits(clock.now())


def _succeed(
    connection: Connection, user: User, renewed: str | None, address: str, action: str | None
) -> None:
    fresh: dict[str, Any] = {"failures": 0, "failed_since": None, "locked_until": None}
    if renewed is not None:
        fresh["password_hash"] = renewed
    if renewed is not None or user.failures or user.locked_until is not None:
        connection.execute(update(users).where(users.c.id == user.id).values(fresh))
    if action is not None:
        log(connection, as_actor(user), user, {}, {"address": address}, action=action)


def _refusal(until: datetime | None, wait: int | None) -> str:
    if until is None or wait is None:
        return "用户名或密码不正确。忘记密码请联系系统管理员重置。"
    if wait <= lockout.LONGEST_WAIT.total_seconds():
        return f"失败次数较多，请等待{wait}秒后再试。"
    return f"连续失败次数过多，请于 {clock.local_text(until)[11:]} 之后再试，或联系系统管理员。"
