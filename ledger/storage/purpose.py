"""Whether a database is a demo or an office's own: written when it is made, and never changed.

The passwords of a demo's accounts are public, so a demo must hold no real data, and a database
cannot change from one to the other (`ledger.demo.leaving` moves a demo aside and makes a new one).
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, delete, insert, inspect, select

from ledger.domain.errors import Invalid
from ledger.storage.engine import Store
from ledger.storage.own_tables import options, users

Purpose = Literal["demo", "earnest"]
OPTION = "purpose"
LABELS: dict[Purpose, str] = {"demo": "演示库", "earnest": "正式库"}
# Written by the sample's loader since the first version, before databases said what they are.
_LOADED = "demo"

NOT_A_DEMO = (
    "这是正式库，不能载入演示数据。启动正式库：make serve。只想看演示，请另用一个库，例如:"
    "LEDGER_DATABASE_URL=sqlite:///data/var/demo.db make run"
)
IS_A_DEMO = (
    "这是演示库，演示账号的密码是公开的，不能转作正式使用。正式使用：停止服务，运行:"
    "python -m ledger leave-demo(演示库改名保留，另建一个正式库)。只升级演示库:"
    "python -m ledger init --demo"
)


def declare(connection: Connection, purpose: Purpose) -> None:
    """Store the purpose of a database, in the transaction that makes it."""
    connection.execute(delete(options).where(options.c.key == OPTION))
    connection.execute(insert(options).values(key=OPTION, value=purpose))


_MARKS = select(options.c.key, options.c.value).where(options.c.key.in_([OPTION, _LOADED]))


def purpose_of(connection: Connection) -> Purpose:
    """The stored purpose. A database of an older version has none: it is a demo if the sample was
    loaded into it or it has a demo account."""
    found = {row.key: row.value for row in connection.execute(_MARKS)}
    if OPTION in found:
        return "demo" if found[OPTION] == "demo" else "earnest"
    accounts = select(users.c.id).where(users.c.demo).limit(1)
    loaded = _LOADED in found or connection.execute(accounts).first() is not None
    return "demo" if loaded else "earnest"


def is_demo(store: Store) -> bool:
    """Whether a database is a demo; False for one without tables."""
    with store.reading() as connection:
        if not inspect(connection).has_table(options.name):
            return False
        return purpose_of(connection) == "demo"


def require_demo(store: Store) -> None:
    """Raise `Invalid` if the database is not a demo."""
    if not is_demo(store):
        raise Invalid(NOT_A_DEMO)
