"""Views of ledgers under a name: a person's own, and those shared in the office.

A view is the address of a ledger page: filters, area, order; named spans (本月) stay relative.
Words searched for are not kept with it, for they may be somebody's name or number.
A shared view is seen by everybody whose area is that of its owner or lies below.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, and_, bindparam, delete, insert, or_, select, true

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import saved_views as table
from ledger.storage.own_tables import users

MOST_VIEWS = 30
MOST_NAME = 20
_MOST_ADDRESS = 2_000
# Read in every run of a page: built once.
_VIEWS = (
    select(table, users.c.display_name)
    .join(users, users.c.id == table.c.user_id)
    .where(or_(table.c.user_id == bindparam("reader"), table.c.shared.is_(True)))
    .order_by(table.c.name, table.c.id)
)


@dataclass(frozen=True)
class SavedView:
    """A view of one ledger; ``own`` if it is the reader's, else ``owner`` is who shared it."""

    id: int
    ledger: str
    name: str
    address: str
    shared: bool
    own: bool
    owner: str


def views_of(store: Store, actor: Actor, ledger_key: str | None = None) -> tuple[SavedView, ...]:
    """The actor's views of a ledger by name, then those shared with them.

    Without ``ledger_key`` those of every ledger that the actor may read. Raises `Refused`.
    """
    actor.require(Action.READ, ledger_key)
    with store.reading() as connection:
        rows = connection.execute(_VIEWS, {"reader": actor.user_id}).all()
    found = [
        _view(row, actor)
        for row in rows
        if ledger_key in (None, row.ledger) and _reaches(row, actor)
    ]
    return tuple(sorted(found, key=lambda one: not one.own))


def _reaches(row: Row[tuple[object, ...]], actor: Actor) -> bool:
    reached = row.user_id == actor.user_id or actor.scope_path.startswith(row.scope_path)
    return reached and row.ledger in LEDGERS and actor.may(Action.READ, row.ledger)


def _view(row: Row[tuple[object, ...]], actor: Actor) -> SavedView:
    own = row.user_id == actor.user_id
    return SavedView(row.id, row.ledger, row.name, row.address, row.shared, own, row.display_name)


@tried_again
def save_view(
    store: Store, actor: Actor, ledger_key: str, name: str, address: str, *, shared: bool = False
) -> int:
    """Keep a view under a name, in place of the actor's own one of that name; returns its id.

    A shared view is put on record.

    Raises
    ------
    Refused
        If the actor may not read the ledger.
    Invalid
        Without a name, for one longer than `MOST_NAME` characters, for a view that is too long,
        and for more than `MOST_VIEWS` of one person.
    """
    actor.require(Action.READ, ledger_key)
    ledger_named(ledger_key)
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > MOST_NAME:
        raise Invalid(f"请给视图起个名字，最多{MOST_NAME}字")
    if len(address) > _MOST_ADDRESS:
        raise Invalid("筛选条件过多，不能存为视图，请减少几个")
    if actor.user_id is None:
        raise Invalid("没有账号，不能保存视图")
    mine = table.c.user_id == actor.user_id
    with store.writing() as connection:
        same = and_(mine, table.c.ledger == ledger_key, table.c.name == wanted)
        connection.execute(delete(table).where(same))
        kept = connection.execute(select(table.c.id).where(mine)).all()
        if len(kept) >= MOST_VIEWS:
            raise Invalid(f"每人最多保存{MOST_VIEWS}个视图，请先删除不用的")
        values = {
            "user_id": actor.user_id,
            "ledger": ledger_key,
            "name": wanted,
            "address": address,
            "shared": shared,
            "scope_path": actor.scope_path,
            "created_at": clock.now(),
        }
        query = insert(table).values(values).returning(table.c.id)
        found = connection.execute(query).scalar_one()
        if shared:
            audit.append(connection, actor, [audit.Change("share_view", ledger_key)])
    return int(found)


@tried_again
def drop_view(store: Store, actor: Actor, view_id: int) -> None:
    """Delete one of the actor's own views. Raises `NotFound` for any other."""
    own = table.c.user_id == actor.user_id if actor.user_id is not None else ~true()
    with store.writing() as connection:
        query = delete(table).where(table.c.id == view_id, own).returning(table.c.id)
        if connection.execute(query).first() is None:
            raise NotFound("视图")
