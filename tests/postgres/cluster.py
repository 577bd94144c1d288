"""A PostgreSQL server of the tests' own: made in a temporary folder, gone with the process.

It listens on a socket in its folder only, so it needs no port and nobody else can reach it. The
server never runs as root; as root it is given to the system user ``postgres``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests.quick_files import quick_place

_HOMES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")
_OWNER = "postgres"
_START_SECONDS = 60
# Nothing of a test outlives the machine, so no test waits for the disk; those of durability do.
# Nothing lives long enough to be vacuumed, and who vacuums a template keeps it from being copied.
HURRIED = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
}
# The first version that asks how a database is to be copied.
_STRATEGIES = 15


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; None if there is no server to start."""
    found = [folder for pattern in _HOMES for folder in Path("/").glob(pattern[1:])]
    found = [folder for folder in found if (folder / "initdb").is_file()]
    return max(found, key=_version, default=None)


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


class Cluster:
    """A server: its folder, and the databases that were made in it."""

    def __init__(
        self, settings: Mapping[str, str] = HURRIED, *, folder: Path | None = None
    ) -> None:
        bin_folder = programs()
        if bin_folder is None:
            raise RuntimeError("no PostgreSQL server: run .ci/prepare-postgres")
        self._bin = bin_folder
        self._settings = settings
        self._names = count(1)
        # A fresh database is some hundred small files: in memory they are made five times as fast.
        place = quick_place() if settings is HURRIED else Path("/tmp")
        self.folder = folder or Path(tempfile.mkdtemp(prefix="ledger-pg-", dir=place))
        self.folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, _OWNER, _OWNER)
        self.folder.chmod(0o700)
        self.data = self.folder / "data"
        self._server: subprocess.Popen[bytes] | None = None
        # Kept open, for most tests ask the server for a database and give it back.
        self._attendant = create_engine(
            self.url("postgres"), pool_size=1, pool_pre_ping=True, isolation_level="AUTOCOMMIT"
        )

    def create(self) -> Cluster:
        """Make the files of a server in which texts are ordered by their code points."""
        self.run("initdb", "-D", self.data, "-U", _OWNER, "-A", "trust", "-E", "UTF8", *(
            "--locale=C.UTF-8", "--lc-collate=C", "--no-sync",
        ))  # fmt: skip
        return self

    def run(self, program: str, *arguments: object) -> str:
        """One of PostgreSQL's programs, as the server's user; what it printed."""
        command = [*self._as_owner(), str(self._bin / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def start(self) -> Cluster:
        """Start the server and wait until it answers; it ends with this process at the latest."""
        options = {"listen_addresses": "", "unix_socket_directories": str(self.folder)}
        options |= {"shared_buffers": "64MB", "max_connections": "60", **self._settings}
        arguments = [word for item in options.items() for word in ("-c", "=".join(item))]
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [*self._as_owner(dies=True), self._bin / "postgres", "-D", self.data, *arguments],
                stdout=log,
                stderr=log,
                cwd="/",
            )
        self.wait()
        return self

    def wait(self) -> None:
        """Until the server answers. Raises what it said last if it does not."""
        engine = create_engine(self.url("postgres"), poolclass=NullPool)
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                with engine.connect():
                    return
            except OperationalError:
                if (
                    time.monotonic() > end
                    or self._server is None
                    or self._server.poll() is not None
                ):
                    raise RuntimeError(self.log()[-2000:]) from None
                time.sleep(0.05)

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def log(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """SIGKILL for every process of the server, so that none of them can tidy up."""
        if self._server is not None and self.running:
            # The server's processes are sessions of their own; the first one is stopped first,
            # so that it cannot see the others die and start recovery.
            everyone = [self._server.pid, *_children(self._server.pid)]
            os.kill(self._server.pid, signal.SIGSTOP)
            for process in reversed(everyone):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            _await_end(everyone[1:])
        self._ended()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT in good order, SIGQUIT at once (what was begun is undone)."""
        if self._server is not None and self.running:
            os.kill(self._server.pid, how)
        self._ended()

    def _ended(self) -> None:
        self._attendant.dispose()
        if self._server is not None:
            self._server.wait(timeout=60)
            self._server = None

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{_OWNER}@/{database}?host={self.folder}"

    def fresh(self, template: str = "template0") -> str:
        """The name of a new database, a copy of the template."""
        name = f"t{next(self._names)}"
        if template != "template0":
            self._close(template)
        # The files as they are, instead of every page through the log; older servers know no other.
        how = "STRATEGY file_copy" if _version(self._bin) >= _STRATEGIES else ""
        self.sql(f'CREATE DATABASE {name} TEMPLATE "{template}" {how}')
        return name

    def drop(self, database: str) -> None:
        self.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def sql(self, statement: str, database: str | None = None) -> list[tuple[object, ...]]:
        """The rows of a statement, run outside any transaction; in the server's own database."""
        engine = self._attendant
        if database is not None:
            address = self.url(database)
            engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

    def _close(self, database: str) -> None:
        self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{database}' AND pid <> pg_backend_pid()"
        )

    def _as_owner(self, *, dies: bool = False) -> list[str]:
        command = ["setpriv"]
        if os.geteuid() == 0:
            command += [f"--reuid={_OWNER}", f"--regid={_OWNER}", "--init-groups"]
        if dies:
            command += ["--pdeathsig", "INT"]
        return command if len(command) > 1 else []


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in listed.read_text(encoding="ascii").split()]


def _await_end(processes: Sequence[int]) -> None:
    """Until none of them runs; one that nobody has asked after yet (Z) runs no more."""
    end = time.monotonic() + _START_SECONDS
    while any(_runs(process) for process in processes):
        if time.monotonic() > end:
            raise RuntimeError("processes of the server did not end")
        time.sleep(0.01)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
