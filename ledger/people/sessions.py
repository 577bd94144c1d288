"""Server-side sessions: random tokens, limits of idle time and age, revocation.

The token is only in the browser's cookie; the database holds its SHA-256. Rights are not cached:
user, role and area are read again for every request, so a change by an administrator applies to
the next request.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ledger.domain.access import Action, Actor
from ledger.domain.errors import NotFound, StorageError
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.people.presence import Presence
from ledger.people.users import User, as_actor, as_user, log, user_in, users_query
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.own_tables import sessions as table
from ledger.storage.own_tables import users

_FORM_SECRET = "form_secret"  # noqa: S105 - the name of an option, not a secret
_KEEP_ENDED = timedelta(days=30)
_presence = Presence()


@dataclass(frozen=True)
class Session:
    """One signed-in browser. ``key`` is the hash of its token and names it in the database.

    ``must_change``: a new password is required; never after single sign-on.
    """

    key: str
    user_id: int
    csrf_token: str
    created_at: datetime
    seen_at: datetime
    address: str | None
    agent: str | None
    must_change: bool
    demo: bool


@tried_again
def open_session(store: Store, user: User, *, address: str = "", agent: str = "") -> str:
    """Begin a session and return its token; only the token's hash is stored."""
    with store.writing() as connection:
        return begin(connection, user, address=address, agent=agent)


def begin(
    connection: Connection,
    user: User,
    *,
    address: str = "",
    agent: str = "",
    sign_on: str | None = None,
) -> str:
    """As `open_session`, in the caller's transaction; also deletes sessions begun 30 days ago.

    ``sign_on`` is the hash of the single sign-on that began it, if one did.
    """
    token, now = secrets.token_urlsafe(32), clock.now()
    connection.execute(delete(table).where(table.c.created_at < now - _KEEP_ENDED))
    connection.execute(
        insert(table).values(
            token_hash=hash_token(token),
            user_id=user.id,
            csrf_token=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
            address=address[:80],
            agent=agent[:200],
            sign_on=sign_on,
        )
    )
    return token


def was_signed_on(connection: Connection, sign_on: str) -> bool:
    """Whether a session was begun with this single sign-on before."""
    query = select(table.c.token_hash).where(table.c.sign_on == sign_on)
    return connection.execute(query).first() is not None


def actor_for(
    store: Store, token: str | None, *, touch: bool = True
) -> tuple[Actor, Session] | None:
    """The actor and session of a token; None if it ended, expired, or never existed, or if the
    account is disabled.

    With ``touch`` the call counts as activity for the idle limit.
    """
    if not token:
        return None
    key = hash_token(token)
    with store.reading() as connection:
        row = connection.execute(_standing(), {"key": key}).first()
    if row is None:
        return None
    seen_at = _presence.last(key, row.s_seen_at)
    if _expired(row.s_created_at, seen_at):
        return None
    if touch:
        _presence.mark(key, row.s_seen_at, partial(_write_seen, store))
        seen_at = clock.now()
    session = Session(
        key=key,
        user_id=row.s_user_id,
        csrf_token=row.s_csrf_token,
        created_at=row.s_created_at,
        seen_at=seen_at,
        address=row.s_address,
        agent=row.s_agent,
        must_change=row.must_change and row.s_sign_on is None,
        demo=row.demo,
    )
    return as_actor(as_user(row)), session


@lru_cache(maxsize=1)
def _standing() -> Any:
    """The query of an open session by ``key`` with its user; run at every request, built once."""
    columns = ("user_id", "csrf_token", "created_at", "seen_at", "address", "agent", "sign_on")
    return (
        users_query()
        .join(table, table.c.user_id == users.c.id)
        .add_columns(*(table.c[name].label(f"s_{name}") for name in columns))
        .where(
            table.c.token_hash == bindparam("key"),
            table.c.ended_at.is_(None),
            users.c.disabled.is_(False),
        )
    )


@tried_again
def end_session(store: Store, token: str | None) -> None:
    """Sign out: end the session of this token; does nothing if there is none."""
    found = actor_for(store, token, touch=False)
    if found is None:
        return
    actor, session = found
    with store.writing() as connection:
        if _end(connection, session.key):
            user = user_in(connection, session.user_id)
            log(connection, actor, user, {}, {"address": session.address}, action="sign_out")


@tried_again
def end_own_session(store: Store, actor: Actor, key: str) -> None:
    """End one of the actor's own sessions, such as on a lost tablet. Raises `NotFound`."""
    with store.writing() as connection:
        owner = connection.execute(
            select(table.c.user_id).where(table.c.token_hash == key)
        ).scalar()
        if owner is None or owner != actor.user_id:
            raise NotFound("会话")
        if _end(connection, key):
            log(connection, actor, user_in(connection, owner), {}, {"ended": 1}, action="session")


@tried_again
def end_all_of_user(store: Store, actor: Actor, user_id: int, *, but: str | None = None) -> int:
    """End all sessions of a user, except ``but`` (a token hash); returns how many.

    Everybody may end their own; those of others need the right to manage users of that area.
    Raises `Refused`, `NotFound`.
    """
    if user_id != actor.user_id:
        actor.require(Action.MANAGE_USERS)
    with store.writing() as connection:
        user = user_in(connection, user_id)
        if user.id != actor.user_id and not actor.sees(user.scope_path):
            raise NotFound("用户")
        where = [table.c.user_id == user_id, table.c.ended_at.is_(None), table.c.token_hash != but]
        ended = connection.execute(
            update(table).where(*where[: 3 if but else 2]).values(ended_at=clock.now())
        ).rowcount
        if ended:
            log(connection, actor, user, {}, {"ended": ended}, action="session")
    return ended


def list_sessions(store: Store, actor: Actor) -> list[Session]:
    """The actor's own open sessions, newest first."""
    query = (
        select(table, users.c.must_change, users.c.demo)
        .join(users, users.c.id == table.c.user_id)
        .where(table.c.user_id == actor.user_id, table.c.ended_at.is_(None))
        .order_by(table.c.created_at.desc())
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    found = [
        Session(
            key=row.token_hash,
            user_id=row.user_id,
            csrf_token=row.csrf_token,
            created_at=row.created_at,
            seen_at=_presence.last(row.token_hash, row.seen_at),
            address=row.address,
            agent=row.agent,
            must_change=row.must_change and row.sign_on is None,
            demo=row.demo,
        )
        for row in rows
    ]
    return [item for item in found if not _expired(item.created_at, item.seen_at)]


def count_open(store: Store) -> int:
    """How many sessions of all users are open; for metrics."""
    query = select(table.c.token_hash, table.c.created_at, table.c.seen_at).where(
        table.c.ended_at.is_(None)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return sum(
        not _expired(row.created_at, _presence.last(row.token_hash, row.seen_at)) for row in rows
    )


@tried_again
def form_secret(store: Store) -> str:
    """The key with which forms shown before sign-in are signed; one per database."""
    with store.reading() as connection:
        known = options.read(connection, _FORM_SECRET)
    if known:
        return str(known)
    with store.writing() as connection:
        known = options.read(connection, _FORM_SECRET)
        if not known:
            known = secrets.token_urlsafe(32)
            options.write(connection, _FORM_SECRET, known)
    return str(known)


def hash_token(token: str) -> str:
    """The hash by which the database identifies a token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def _expired(created_at: datetime, seen_at: datetime) -> bool:
    now = clock.now()
    idle = timedelta(minutes=settings().session_idle_minutes)
    longest = timedelta(minutes=settings().session_absolute_minutes)
    return now - seen_at > idle or now - created_at > longest


def _end(connection: Connection, key: str) -> int:
    return connection.execute(
        update(table)
        .where(table.c.token_hash == key, table.c.ended_at.is_(None))
        .values(ended_at=clock.now())
    ).rowcount


def _write_seen(store: Store, key: str, moment: datetime) -> None:
    try:
        with store.writing() as connection:
            connection.execute(
                update(table).where(table.c.token_hash == key).values(seen_at=moment)
            )
    except StorageError:
        pass  # the next request after a minute writes again; memory holds the newer time
