"""Reading accounts: one `User` each, with the path of its area in the present tree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from ledger.domain.access import ROOT_PATH, Actor, Role
from ledger.domain.errors import Invalid, NotFound, Problem
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.records.places.areas import in_force
from ledger.storage import Store
from ledger.storage.own_tables import users
from ledger.storage.tables import areas, changes

WHOLE_TREE = "*"
# No area's path begins with this: a user whose area no longer exists sees nothing.
NOWHERE_PATH = "//"
_NAME = re.compile(r"^[\w.\-]{2,40}$")


@dataclass(frozen=True)
class User:
    """An account. ``scope_path`` is its area's present path; `NOWHERE_PATH` if there is none."""

    id: int
    name: str
    display_name: str
    role: Role
    scope_code: str
    scope_path: str
    scope_name: str
    must_change: bool
    disabled: bool
    failures: int
    failed_since: datetime | None
    locked_until: datetime | None
    created_at: datetime
    demo: bool

    @property
    def locked(self) -> bool:
        return self.locked_until is not None and clock.now() < self.locked_until

    @property
    def state(self) -> str:
        """The state in one word."""
        return "已停用" if self.disabled else "已锁定" if self.locked else "正常"


def actor_of(store: Store, user: User) -> Actor:
    """The `Actor` of a user, read again with the present path of the area. Raises `NotFound`."""
    with store.reading() as connection:
        return as_actor(_user(connection, users.c.id == user.id))


def as_actor(user: User) -> Actor:
    """The `Actor` of a user, with the area's path as it was when the user was read."""
    return Actor(user.name, user.role, user.scope_code, user.scope_path, user.id, user.display_name)


def has_users(store: Store) -> bool:
    """Whether any account exists; if none does, the first visit makes the administrator."""
    with store.reading() as connection:
        return any_users(connection)


def demo_accounts(store: Store) -> list[User]:
    """The demo accounts that are not disabled, in the order in which they were made."""
    query = users_query().where(users.c.demo, users.c.disabled.is_(False)).order_by(users.c.id)
    with store.reading() as connection:
        return [as_user(row) for row in connection.execute(query)]


def find_user(store: Store, name: str) -> User:
    """The user of that name. Raises `NotFound`."""
    with store.reading() as connection:
        return _user(connection, users.c.name == fold_name(name))


def matching(users: Sequence[User], text: str) -> list[User]:
    """The users whose user name or shown name contains the text, compared without case."""
    wanted = text.casefold()
    return [
        one
        for one in users
        if wanted in one.name.casefold() or wanted in one.display_name.casefold()
    ]


def any_users(connection: Connection) -> bool:
    """Whether any account exists, in the caller's transaction."""
    return connection.execute(select(users.c.id).limit(1)).first() is not None


def _user(connection: Connection, condition: Any) -> User:
    row = connection.execute(users_query().where(condition)).first()
    if row is None:
        raise NotFound("用户")
    return as_user(row)


def user_in(connection: Connection, user_id: int) -> User:
    """One user, in the caller's transaction. Raises `NotFound`."""
    return _user(connection, users.c.id == user_id)


def as_user(row: Row[Any]) -> User:
    """A row of `users_query` as a `User`."""
    whole = row.scope_code == WHOLE_TREE
    return User(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        role=Role(row.role),
        scope_code=row.scope_code,
        scope_path=ROOT_PATH if whole else (row.path or NOWHERE_PATH),
        scope_name="全部区域" if whole else (row.area_name or f"{row.scope_code}(区域已不存在)"),
        must_change=row.must_change,
        disabled=row.disabled,
        failures=row.failures,
        failed_since=row.failed_since,
        locked_until=row.locked_until,
        created_at=row.created_at,
        demo=row.demo,
    )


def user_named(connection: Connection, folded: str) -> User | None:
    """The user of that folded name, locked against other writers, or None."""
    connection.execute(select(users.c.id).where(users.c.name == folded).with_for_update())
    row = connection.execute(users_query().where(users.c.name == folded)).first()
    return None if row is None else as_user(row)


def stored_hash(connection: Connection, folded: str) -> str | None:
    """The password hash of that folded name, or None."""
    query = select(users.c.password_hash).where(users.c.name == folded)
    return connection.execute(query).scalar()


def log(
    connection: Connection,
    actor: Actor,
    user: User,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    action: str = "user",
    reason: str | None = None,
) -> None:
    """Add an entry about a user to the log of changes, in the caller's transaction."""
    entry = audit.Change(action, "users", user.id, user.name, before or None, after or None, reason)
    audit.append(connection, actor, [entry])


def fold_name(name: str) -> str:
    """The form in which user names are compared: half-width, lower case, no outer blanks."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked_name(name: str) -> str:
    """The folded name of a new account. Raises `Invalid` if it is malformed."""
    folded = fold_name(name)
    if not _NAME.match(folded):
        raise Invalid(
            [Problem(None, "用户名", "须为2至40个字符，只能用汉字、字母、数字、点、横线和下划线")]
        )
    return folded


def checked_role(role: Role | str) -> Role:
    """The role of that key. Raises `Invalid`, which lists the roles."""
    try:
        return Role(role)
    except ValueError:
        known = "、".join(f"{role}({role.label})" for role in Role)
        raise Invalid([Problem(None, "角色", f"没有角色“{role}”，可用的有：{known}")]) from None


def users_query() -> Any:
    """The query of all users, each with path and name of the area of its scope, if it exists."""
    here = and_(areas.c.code == users.c.scope_code, in_force())
    return select(users, areas.c.path, areas.c.name.label("area_name")).select_from(
        users.outerjoin(areas, here)
    )


def checked_display_name(text: str) -> str:
    """A shown name, normalised. Raises `Invalid` unless it has 1 to 40 characters."""
    shown = " ".join(unicodedata.normalize("NFKC", text).split())
    if not 1 <= len(shown) <= 40 or not shown.isprintable():
        raise Invalid([Problem(None, "姓名", "须为1至40个字符")])
    return shown


def needs_two(connection: Connection, user: User) -> bool:
    """Whether the account is or ever was an administrator's, so that changing its role first does
    not avoid the second administrator."""
    if user.role is Role.ADMIN:
        return True
    told = '"role": "admin"'
    query = select(changes.c.id).where(
        changes.c.ledger == "users",
        changes.c.record_id == user.id,
        or_(changes.c.before.contains(told), changes.c.after.contains(told)),
    )
    return connection.execute(query.limit(1)).first() is not None
