"""A PostgreSQL server of an office: Debian's programs, a folder of its own, 127.0.0.1 alone.

Set up as deploy/README.md says: a role that may make no databases, and one database of its own.
Of the standard library, as everything in `tests.durability.journey`.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from deploy.installer.journal import STEPS
from tests.durability.installed_office import PASSWORD as PEOPLES
from tests.durability.installed_office import Journey, archive_of, name_of, require_same

PORT, PASSWORD = 9112, "ledger:kou ling"
_WORDS = "OWNER ledger ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0"
_PATIENCE_SECONDS = 60
_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


class Server:
    """Made and started; `end` stops it. It never runs as root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name)
        self._bin = homes[-1]
        folder.mkdir()
        data = folder / "data"
        words = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        self._run("initdb", "-D", str(data), *words)
        trusted = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (data / "pg_hba.conf").write_text(trusted, encoding="ascii")
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={PORT}"]
        options += ["-c", f"unix_socket_directories={folder}"]
        with (folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(data), *options], stdout=log, stderr=log
            )
        end = time.monotonic() + _PATIENCE_SECONDS
        while subprocess.run(
            [*self._psql(), "SELECT 1"], capture_output=True, check=False
        ).returncode:
            assert time.monotonic() < end, (folder / "server.log").read_text(encoding="utf-8")
            time.sleep(0.2)
        self.sql(f"CREATE ROLE ledger LOGIN PASSWORD '{PASSWORD}'")
        self.sql(f"CREATE DATABASE ledger {_WORDS}")

    @property
    def url(self) -> str:
        """As it stands in the settings of an office: signs of the password are written %XX."""
        password = PASSWORD.replace(":", "%3A").replace(" ", "%20")
        return f"postgresql+psycopg://ledger:{password}@127.0.0.1:{PORT}/ledger"

    def sql(self, statement: str, database: str = "postgres") -> list[list[str]]:
        """Rows of texts, asked by the administrator."""
        said = self._run("psql", *self._psql(database)[1:], statement)
        return [line.split("|") for line in said.splitlines()]

    def rows(self) -> dict[str, int]:
        """Rows of each table of the office."""
        return {
            name: int(self.sql(f'SELECT count(*) FROM "{name}"', "ledger")[0][0])
            for (name,) in self.sql(_TABLES, "ledger")
        }

    def end(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_PATIENCE_SECONDS)

    def _psql(self, database: str = "postgres") -> list[str]:
        told = ["-h", str(self.folder), "-p", str(PORT), "-U", "postgres", "-d", database]
        return [str(self._bin / "psql"), "-X", "-A", "-t", "-q", *told, "-c"]

    def _run(self, program: str, *words: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        done = subprocess.run(
            [str(self._bin / program), *words], env=kept, cwd="/", capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout


# Before, at and after the first change of the database, and as late as may be.
KILLED_ON_A_SERVER = (
    ("rehearse", "amid"), ("copy", "through"), ("migrate", "begun"), ("migrate", "amid"),
    ("migrate", "through"), ("try", "amid"), ("switch", "through"), ("start", "amid"),
)  # fmt: skip


def on_a_server(going: Journey, demo: Path, server: Server, first: str) -> None:
    """The office on PostgreSQL: killed at some steps, those from ``first`` on, then upgraded."""
    going.install(going.old)
    going.take_demo(demo)
    going.run(going.command, "stop")
    with going.timed("move to PostgreSQL"):
        going.ledger("migrate-to", server.url)
    settings = going.office / "config" / "ledger.env"
    text = settings.read_text(encoding="utf-8")
    named = f"LEDGER_DATABASE_URL={server.url}"
    settings.write_text(re.sub("LEDGER_DATABASE_URL=.*", named, text), encoding="utf-8")
    going.run(going.command, "start")
    old, visitor = going.version, going.visitor()
    visitor.fill("/signin", username="jingban", password=PEOPLES, next="/")
    before, entries = server.rows(), going.ledger("verify")["entries"]
    print(f"office on a server: {sum(before.values())} rows in {len(before)} tables", flush=True)
    upgrade = [going.command, "upgrade", archive_of(going.new)]
    with going.timed("upgrade refused: no database for the rehearsal"):
        refused = going.run(*upgrade, well=False)
    asked = re.search(r'psql -c "(CREATE DATABASE .*?)"', refused)
    assert asked is not None, refused
    server.sql(asked[1])
    for step, when in KILLED_ON_A_SERVER:
        if STEPS.index(step) < STEPS.index(first):
            continue
        going.killed(step, when)
        begun = time.monotonic()
        going.run(going.command, "start")
        seconds = time.monotonic() - begun
        found = going.ledger("verify")
        assert (going.version, found["sound"], found["entries"]) == (old, True, entries)
        require_same(before, server.rows())
        assert visitor.is_in(), "the session did not survive"
        print(f"{step:12}{when:9}old works, sound, back in {seconds:.0f} s", flush=True)
    with going.timed("upgrade on PostgreSQL"):
        going.run(*upgrade, show=True)
    assert going.version == name_of(going.new)
    assert visitor.is_in(), "the session did not survive"
    require_same(before, server.rows())
    assert going.ledger("verify")["sound"]
    left = server.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ledger%'", "ledger")
    left += server.sql(_TABLES, "ledger_rehearsal")
    assert left == [], left
