"""What an upgrade asks of a PostgreSQL server, with no rights but those of the database's owner.

Run as ``python -c SOURCE ACTION`` with the Python of an installed version and the office's
settings, so that it reaches the server as the service does; it needs nothing of ours. It prints
JSON. ``size``: bytes of the database. ``scratch``: an empty database beside it, with its address;
``clear``: empty or drop that again. ``aside``: move the office's tables out of the way, into the
schema ``ledger_failed``; ``settle``: drop them there.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

ASIDE = "ledger_failed"
_NO_RIGHT = "42501"
_OURS = "= (SELECT oid FROM pg_roles WHERE rolname = current_user)"
_FREE = (
    "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid AND d.deptype IN ('e', 'a', 'i'))"
)
_RELATIONS = f"""
SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END,
       quote_ident(nspname) || '.' || quote_ident(relname)
FROM pg_class o JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'S')
  AND relowner {_OURS} AND {_FREE}
"""  # noqa: S608 - our own words
_FUNCTIONS = f"""
SELECT 'FUNCTION', quote_ident(nspname) || '.' || quote_ident(proname)
       || '(' || pg_get_function_identity_arguments(o.oid) || ')'
FROM pg_proc o JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname = current_schema() AND proowner {_OURS} AND {_FREE}
"""  # noqa: S608 - our own words


class Refused(Exception):
    """The server does not do it; the message says what to do."""


def engine_of(url: sa.URL) -> sa.Engine:
    """An engine that keeps no connection: nothing may stand in the way of a dropped database."""
    return sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)


def scratch_of(url: sa.URL) -> sa.URL:
    """The database that an upgrade is rehearsed in."""
    return url.set(database=f"{url.database}_rehearsal")


def size(url: sa.URL) -> dict[str, Any]:
    """Bytes of the database on the server."""
    with engine_of(url).connect() as connection:
        return {"bytes": connection.scalar(sa.text("SELECT pg_database_size(current_database())"))}


def scratch(url: sa.URL) -> dict[str, Any]:
    """Make the database for the rehearsal, or empty the one that is there.

    Raises
    ------
    Refused
        If there is none and the role may not make one: with the command for the administrator.
    """
    place = scratch_of(url)
    try:
        with engine_of(place).begin() as connection:
            _empty(connection)
    except OperationalError:
        _make(url, str(place.database))
    return {"url": place.render_as_string(hide_password=False)}


def clear(url: sa.URL) -> dict[str, Any]:
    """Drop that database where the role may make another one, else leave it empty."""
    place = scratch_of(url)
    may_make = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    with engine_of(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        there = "SELECT 1 FROM pg_database WHERE datname = :name"
        if connection.scalar(sa.text(there), {"name": place.database}) is None:
            return {}
        if connection.scalar(sa.text(may_make)):
            connection.execute(sa.text(f'DROP DATABASE "{place.database}" WITH (FORCE)'))
            return {}
    with engine_of(place).begin() as connection:
        _empty(connection)
    return {}


def aside(url: sa.URL) -> dict[str, Any]:
    """Move tables and functions of the office into `ASIDE`; after an earlier try they stay there,
    and what was put back since is dropped. Everything in one transaction."""
    there = sa.text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
    with engine_of(url).begin() as connection:
        if connection.scalar(there, {"name": ASIDE}) is not None:
            _empty(connection)
            return {}
        connection.execute(sa.text(f"CREATE SCHEMA {ASIDE}"))
        for kind, name in _own(connection):
            connection.execute(sa.text(f"ALTER {kind} {name} SET SCHEMA {ASIDE}"))
    return {}


def settle(url: sa.URL) -> dict[str, Any]:
    """Drop what was moved aside."""
    with engine_of(url).begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE"))
    return {}


def _own(connection: sa.Connection) -> list[tuple[str, str]]:
    found = [*connection.execute(sa.text(_RELATIONS)), *connection.execute(sa.text(_FUNCTIONS))]
    return [(str(kind), str(name)) for kind, name in found]


def _empty(connection: sa.Connection) -> None:
    for kind, name in _own(connection):
        connection.execute(sa.text(f"DROP {kind} IF EXISTS {name} CASCADE"))


def _make(url: sa.URL, name: str) -> None:
    with engine_of(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        asked = "SELECT datctype FROM pg_database WHERE datname = current_database()"
        signs = str(connection.scalar(sa.text(asked)))
        words = f"ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{signs}' TEMPLATE template0"
        try:
            connection.execute(sa.text(f'CREATE DATABASE "{name}" {words}'))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _NO_RIGHT:
                raise
            owner = connection.scalar(sa.text("SELECT current_user"))
            raise Refused(
                f"试升级要用一个空的数据库 {name}，现在还没有，账号 {owner} 也没有权限建立。"
                "请数据库管理员执行一次，再升级：sudo -u postgres psql -c "
                f'"CREATE DATABASE {name} OWNER {owner} {words}"'
            ) from None


ACTIONS = {"size": size, "scratch": scratch, "clear": clear, "aside": aside, "settle": settle}


def main(action: str) -> int:
    """Exit code 1 with one line for people if the server refuses."""
    url = sa.make_url(os.environ["LEDGER_DATABASE_URL"]).set(drivername="postgresql+psycopg")
    try:
        sys.stdout.write(json.dumps(ACTIONS[action](url)) + "\n")
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except DBAPIError as error:
        sys.stderr.write(f"数据库服务器：{str(error.orig).splitlines()[0]}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
