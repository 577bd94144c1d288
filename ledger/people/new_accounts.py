"""New accounts: what is checked and written of one, and many at once in one transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert, select

from ledger.domain.access import ROOT_PATH, Action, Actor, Role
from ledger.domain.errors import Invalid, Problem, Refused
from ledger.domain.timing import clock
from ledger.people.setup_code import forget_code
from ledger.people.users import (
    WHOLE_TREE,
    User,
    checked_display_name,
    checked_name,
    fold_name,
    log,
    user_in,
)
from ledger.records.places.areas import in_force
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import users
from ledger.storage.tables import areas

_NOT_OVER = "只能管理本辖区内的用户，请选择您辖区内的区域。"


@dataclass(frozen=True)
class NewAccount:
    """An account to be made; its user must replace the password.

    ``scope_code`` may be ``*``. Without a ``name`` the account is called like the person, with a
    number behind it where somebody else is called so.
    """

    name: str
    display_name: str
    role: Role
    scope_code: str
    password_hash: str


@tried_again
def add_accounts(store: Store, actor: Actor, accounts: Sequence[NewAccount]) -> list[User]:
    """Make all of these accounts, or none.

    Raises
    ------
    Refused
        If the actor may not manage users, or not in one of the areas.
    Invalid
        If a name is in use or malformed, or an area unknown; names the account.
    """
    actor.require(Action.MANAGE_USERS)
    with store.writing() as connection:
        made = [_add(connection, actor, one) for one in accounts]
        if made:
            forget_code(connection)
        return made


def _add(connection: Connection, actor: Actor, one: NewAccount) -> User:
    require_over(actor, path_of_scope(connection, actor, one.scope_code))
    name = checked_name(one.name or _free_name(connection, one.display_name))
    require_free(connection, name)
    return insert_user(
        connection,
        actor,
        {
            "name": name,
            "display_name": checked_display_name(one.display_name),
            "password_hash": one.password_hash,
            "role": one.role.value,
            "scope_code": one.scope_code,
            "must_change": True,
            "demo": False,
        },
    )


def _free_name(connection: Connection, display_name: str) -> str:
    """The shown name as a user name, or the first of 王芳2, 王芳3 … that nobody has."""
    plain = user_name_of(display_name)
    taken = set(connection.scalars(select(users.c.name).where(users.c.name.startswith(plain))))
    numbered = (f"{plain}{number}" for number in count(2))
    return plain if plain not in taken else next(name for name in numbered if name not in taken)


def user_name_of(display_name: str) -> str:
    """A shown name as it may stand in a user name: without blanks, dots between names and signs."""
    return re.sub(r"[^\w]", "", fold_name(display_name))


def require_free(connection: Connection, folded: str) -> None:
    """Raise `Invalid` if the folded name is in use."""
    if connection.execute(select(users.c.id).where(users.c.name == folded)).first():
        raise Invalid([Problem(None, "用户名", f"“{folded}”已被使用，请换一个")])


def path_of_scope(connection: Connection, actor: Actor, scope_code: str) -> str:
    """The path of an area code or ``*``. Raises `Invalid`, or `Refused` where it is not told."""
    if scope_code == WHOLE_TREE:
        return ROOT_PATH
    if not scope_code:
        raise Invalid([Problem(None, "辖区", "还没有选择，请选择该用户的辖区")])
    path = connection.execute(
        select(areas.c.path).where(areas.c.code == scope_code, in_force())
    ).scalar()
    if path is None and actor.scope_path != ROOT_PATH:
        raise Refused(_NOT_OVER)  # as for an area of others: nobody hears which there are
    if path is None:
        raise Invalid(
            [
                Problem(
                    None, "辖区", f"没有代码为“{scope_code}”的区域，请先载入区域，或用 * 表示全部"
                )
            ]
        )
    return str(path)


def require_over(actor: Actor, path: str) -> None:
    """Raise `Refused` unless the actor manages users at this path."""
    actor.require(Action.MANAGE_USERS)
    if not actor.sees(path):
        raise Refused(_NOT_OVER)


def insert_user(connection: Connection, actor: Actor, values: dict[str, Any]) -> User:
    """Write and log a new account, in the caller's transaction."""
    stamp = {"disabled": False, "failures": 0, "created_at": clock.now()}
    result = connection.execute(insert(users).values(values | stamp))
    primary_key = result.inserted_primary_key
    user = user_in(connection, primary_key[0] if primary_key else -1)
    shown = ("display_name", "role", "scope_code", "demo")
    log(connection, actor, user, {}, {key: values[key] for key in shown})
    return user
