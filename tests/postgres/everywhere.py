"""Run any tests on PostgreSQL: ``pytest -p tests.postgres.everywhere tests/ledger``.

Tests make their databases as SQLite files and copy them. Under this plugin such a file is only a
marker: it holds the name of a PostgreSQL database, which is made when the file is opened for the
first time, and copied when the file turns out to be a copy. So no test has to know of it. A file
with any other content is what it was, an SQLite database.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from ledger.protection import secrets
from ledger.storage import engine, postgres, sqlite
from tests.postgres.cluster import Cluster

_MARK = "postgresql database "
_really_sqlite = sqlite.sqlite_engine


class Databases:
    """Which PostgreSQL database stands behind which file."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._owners: dict[str, Path] = {}

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
        made = postgres.postgres_engine(make_url(self.cluster.url(self._behind(path))))
        event.listen(made, "before_cursor_execute", _without_pragmas, retval=True)
        return made

    def key_path(self, url: str) -> Path:
        """Tests look for the key where SQLite has it: beside the file."""
        owner = self._owners.get(make_url(url).database or "")
        return owner.with_suffix(".key") if owner else secrets.key_path(url)

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
    engine.key_path = _databases.key_path


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
