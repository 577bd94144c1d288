"""Run any tests on PostgreSQL: ``pytest -p tests.postgres.everywhere tests/ledger``.

Tests make their databases as SQLite files and copy them. Under this plugin such a file is only a
marker: it holds the name of a PostgreSQL database, which is made with the first connection, and
copied when the file turns out to be a copy. So no test has to know of it. A file with any other
content is what it was, an SQLite database. Tests that are marked ``sqlite_only`` are left out.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from ledger.storage import postgres, sqlite
from ledger.storage.keys import secrets
from tests.postgres.cluster import Cluster

_MARK = "postgresql database "
_really_sqlite = sqlite.sqlite_engine
_real_key_path = secrets.key_path


class Databases:
    """Which PostgreSQL database stands behind which file."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._owners: dict[str, Path] = {}
        self._one_at_a_time = threading.Lock()

    def engine(self, address: str, database: str | None) -> Engine:
        """What `sqlite_engine` is replaced by."""
        if not database or database == ":memory:":
            return _really_sqlite(address, database)
        path = Path(database).absolute()
        # A copy of a database is an SQLite file whatever it is a copy of.
        hidden = path.parent.name.startswith((".backup-", ".restore-"))
        if hidden or (path.exists() and path.stat().st_size and self._marked(path) is None):
            return _really_sqlite(address, database)
        path.parent.mkdir(parents=True, exist_ok=True)
        made = postgres.postgres_engine(make_url(self.cluster.url(path.as_posix())))

        # The name in the address is the file's, so that services see each database under one name.
        @event.listens_for(made, "do_connect")
        def _find(_dialect: object, _record: object, _args: object, given: dict[str, Any]) -> None:
            with self._one_at_a_time:
                given["dbname"] = self._behind(path)

        event.listen(made, "before_cursor_execute", _without_pragmas, retval=True)
        return made

    def key_path(self, url: str) -> Path:
        """Tests look for the key where SQLite has it: beside the file."""
        address = make_url(url)
        if address.get_backend_name() == "postgresql" and (address.database or "").startswith("/"):
            return _real_key_path(f"sqlite:///{address.database}")
        return _real_key_path(url)

    def forget(self, folder: Path) -> None:
        """Drop the databases of a test whose folder goes away."""
        for name, owner in list(self._owners.items()):
            if owner.is_relative_to(folder):
                self.cluster.drop(name)
                del self._owners[name]

    def _behind(self, path: Path) -> str:
        name = self._marked(path)
        if name is not None and self._owners.get(name) == path:
            return name
        made = self.cluster.fresh(name or "template0")
        self._owners[made] = path
        path.write_text(f"{_MARK}{made}\n", encoding="ascii")
        return made

    def _marked(self, path: Path) -> str | None:
        if not path.exists():
            return None
        with path.open("rb") as file:
            start = file.read(100).decode("ascii", errors="replace")
        return start.removeprefix(_MARK).strip() if start.startswith(_MARK) else None


def _without_pragmas(
    _connection: object, _cursor: object, statement: str, parameters: object, *_rest: object
) -> tuple[str, object]:
    """Fixtures fold SQLite's log before they copy a file; nothing to fold here."""
    return ("SELECT 1" if statement.startswith("PRAGMA wal_") else statement), parameters


_databases: Databases | None = None


@pytest.hookimpl
def pytest_sessionstart() -> None:
    """Start a server of this process's own."""
    global _databases
    _databases = Databases(Cluster().create().start())
    sqlite.sqlite_engine = _databases.engine
    for module in [each for name, each in sys.modules.items() if name.startswith("ledger.")]:
        if getattr(module, "key_path", None) is _real_key_path:
            module.key_path = _databases.key_path  # type: ignore[attr-defined]


@pytest.hookimpl
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other database."""
    left_out = [item for item in items if item.get_closest_marker("sqlite_only")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Drop the databases of the test that ended."""
    yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if _databases is not None and folder is not None:
        _databases.forget(folder)


@pytest.hookimpl
def pytest_unconfigure() -> None:
    """Stop the server."""
    if _databases is not None:
        _databases.cluster.remove()
