"""Migrate the database's schema to the program's, and tell which state it is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Connection, inspect

from ledger.domain.errors import StorageError
from ledger.storage import gis, search_index
from ledger.storage.again import tried_again
from ledger.storage.engine import Store
from ledger.storage.plain_order import require_plain_order
from ledger.storage.purpose import Purpose, declare
from ledger.storage.revisions import MIGRATIONS, known_revisions, newest_revision, revision_of

SchemaState = Literal["empty", "older", "current", "newer"]

# The message for each state in which this program cannot use the database.
NOT_CURRENT: Mapping[SchemaState, str] = {
    "empty": "数据库尚未建立，请先运行:python -m ledger init",
    "older": "数据库是旧版本的，请先备份，再运行:python -m ledger init",
    "newer": "数据库由更新版本的程序建立，请先升级程序，或改用与之匹配的数据库",
}


def schema_state(store: Store) -> SchemaState:
    """Whether the database is empty, older than, equal to, or newer than this program."""
    with store.reading() as connection:
        if not set(inspect(connection).get_table_names()) - gis.FOREIGN:
            return "empty"
        current = revision_of(connection)
    if current == newest_revision():
        return "current"
    return "older" if current is None or current in known_revisions() else "newer"


def require_current(store: Store, *, besides: SchemaState = "current") -> None:
    """Refuse a database of another version and say what to do; nothing is changed in it.

    Raises
    ------
    StorageError
        Unless the schema's state is ``current`` or ``besides``.
    """
    state = schema_state(store)
    if state not in ("current", besides):
        raise StorageError(NOT_CURRENT[state])


@tried_again
def migrate(store: Store, purpose: Purpose = "earnest") -> SchemaState:
    """Create or migrate the schema in one transaction; returns the state it was in before.

    A new database is marked with ``purpose``; the purpose of an existing one is not changed.

    Raises
    ------
    StorageError
        If the database was made by a newer program, or is a new PostgreSQL database that is not
        UTF8 or does not order texts by code point. Nothing is changed then.
    """
    state = schema_state(store)
    if state == "newer":
        raise StorageError(NOT_CURRENT[state])
    if state != "current":
        with store.writing() as connection:
            if state == "empty" and not store.is_sqlite:
                require_plain_order(connection)
            if not store.is_sqlite and state != "empty":
                gis.drop_views(connection)
            run_migrations(connection)
            search_index.catch_up(connection)
            if state == "empty":
                declare(connection, purpose)
    if not store.is_sqlite:
        _show_places(store, anew=state != "current")
    return state


@tried_again
def _show_places(store: Store, *, anew: bool) -> None:
    """Make the views for QGIS after every change of the schema, and after PostGIS was added."""
    with store.reading() as connection:
        if not anew and "institutions" in inspect(connection).get_view_names("gis"):
            return
    with store.writing() as connection:
        gis.make_views(connection)


def run_migrations(connection: Connection) -> None:
    """Run the migrations that the database does not have yet, in the caller's transaction."""
    # Imported here: it takes a third of a second and is needed once in the life of a version.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
