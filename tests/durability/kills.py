"""Kill what writes, again and again, at random moments: is everything confirmed still there?

    python -m tests.durability.kills --database sqlite --kills 200
    python -m tests.durability.kills --database postgres --kills 200

SQLite: three writing processes are killed (SIGKILL) at once. PostgreSQL: in turn the writers, all
processes of the server (SIGKILL), and the server by an immediate stop; it then recovers. After
every kill the log's chain, the history, the tallies and every confirmed save are checked. A kill
is not a power failure: what the operating system holds of a file survives it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from ledger.domain.settings import settings
from ledger.storage import open_store
from tests.durability.forking import Writer
from tests.durability.office import Ledgerbook, entries, open_office
from tests.postgres.cluster import Cluster

WRITERS = 3
LONGEST = 0.8  # seconds from the first confirmed save to the kill
SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass
class Toll:
    """What a run of kills came to."""

    kills: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    confirmed: int = 0
    entries: int = 0
    faults: list[str] = field(default_factory=list)

    def words(self) -> str:
        kinds = ", ".join(f"{kind} {n}" for kind, n in self.by_kind.items())
        return (
            f"{self.kills} kills ({kinds}): {self.confirmed} confirmed saves, "
            f"{self.entries} log entries, {len(self.faults)} faults"
        )


def kill_often(url: str, kills: int, seed: int, server: Cluster | None) -> Toll:
    """Write, kill, look; ``kills`` times."""
    random = Random(seed)
    toll, book = Toll(), Ledgerbook()
    store = open_store(url)
    open_office(store, 20)
    # A forked child must not use its parent's connections.
    store.dispose()
    kinds = ["writers"] if server is None else ["writers", "server killed", "server stopped"]
    for number in range(kills):
        kind = kinds[number % len(kinds)]
        seeds = range(number * WRITERS + 1, (number + 1) * WRITERS + 1)
        writers = [Writer(url, each) for each in seeds]
        writers[0].at_work()
        time.sleep(random.uniform(0, LONGEST))
        if server is not None and kind != "writers":
            server.kill() if kind == "server killed" else server.stop(signal.SIGQUIT)
        for writer in writers:
            toll.confirmed += book.note(writer.kill())
        if server is not None and kind != "writers":
            server.start()
        toll.kills += 1
        toll.by_kind[kind] = toll.by_kind.get(kind, 0) + 1
        toll.faults += [f"after kill {number + 1}: {fault}" for fault in book.faults(store)]
        toll.entries = entries(store)
        store.dispose()
        if toll.faults:
            break
    return toll


@contextmanager
def place(database: str) -> Iterator[tuple[str, Cluster | None]]:
    """A database to be ill-treated: its address, and its server if it has one."""
    with tempfile.TemporaryDirectory(prefix="ledger-kills-") as folder:
        os.environ["LEDGER_KEY_FILE"] = str(Path(folder) / "ledger.key")
        settings.cache_clear()
        if database == "sqlite":
            yield f"sqlite:///{folder}/ledger.db", None
            return
        server = Cluster(SAFE).create().start()
        try:
            yield server.url(server.fresh()), server
        finally:
            server.remove()


def main() -> int:
    """Print the figures; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    with place(asked.database) as (url, server):
        toll = kill_often(url, asked.kills, asked.seed, server)
    print(f"{asked.database}: {toll.words()}")
    print("\n".join(toll.faults[:20]), end="\n" if toll.faults else "")
    return 1 if toll.faults or not toll.confirmed else 0


if __name__ == "__main__":
    sys.exit(main())
