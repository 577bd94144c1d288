"""Lose the primary under load, promote the standby, go on there: is anything confirmed missing?

    python -m tests.durability.standby --rounds 10
    python -m tests.durability.standby --rounds 3 --app

Two servers on one machine, the second following the first (streaming replication) and confirming
every commit (``synchronous_standby_names = '*'``). All processes of the first are killed while
three processes write; the second is promoted. The writers' address names both servers and asks
for the one that can be written to, so the application finds its new server by itself. Then the
promoted server gets a fresh standby, and the next round begins. Steps for people: deploy/README.md
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from ledger.domain.settings import settings
from ledger.storage import open_store
from tests.durability import app_load
from tests.durability.forking import Writer
from tests.durability.kills import LONGEST, SAFE, WRITERS, Toll
from tests.durability.office import Ledgerbook, entries, open_office
from tests.postgres.cluster import Cluster

_WAIT_SECONDS = 60
_MORE_TO_SIGN_IN = 3  # seconds: a sign-in is slow on purpose
_FOLLOWED = "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"


def fail_over(rounds: int, seed: int, folder: Path | None = None) -> Toll:
    """Kill the primary ``rounds`` times and look on the promoted standby.

    With a ``folder`` people sign in to a process of the application; without, forked writers save.
    """
    random, toll, book = Random(seed), Toll(), Ledgerbook()
    primary = Cluster(SAFE).create().start()
    name = primary.fresh()
    store = open_store(primary.url(name))
    open_office(store, 20)
    app_load.add_people(store)
    store.dispose()
    spare: Cluster | None = None
    try:
        for number in range(rounds):
            spare = follower(primary)
            url = either(primary, spare, name)
            pause = random.uniform(0, LONGEST)
            if folder is None:
                _writers_at_work(url, number, pause, primary, spare, book, toll)
            else:
                _people_at_work(url, folder, pause, primary, spare, toll)
            store = open_store(url)
            toll.faults += [f"round {number + 1}: {fault}" for fault in book.faults(store)]
            toll.entries = entries(store)
            store.dispose()
            toll.kills += 1
            primary.remove()
            primary, spare = spare, None
            if toll.faults:
                break
    finally:
        primary.remove()
        if spare is not None:
            spare.remove()
    toll.by_kind = {"primary killed, standby promoted": toll.kills}
    return toll


def _writers_at_work(
    url: str,
    number: int,
    pause: float,
    primary: Cluster,
    spare: Cluster,
    book: Ledgerbook,
    toll: Toll,
) -> None:
    seeds = range(number * WRITERS + 1, (number + 1) * WRITERS + 1)
    writers = [Writer(url, each) for each in seeds]
    writers[0].at_work()
    time.sleep(pause)
    primary.kill()
    for writer in writers:
        toll.confirmed += book.note(writer.kill())
    promote(spare)


def _people_at_work(
    url: str, folder: Path, pause: float, primary: Cluster, spare: Cluster, toll: Toll
) -> None:
    with app_load.office(folder, url) as office:
        office.at_work()
        time.sleep(_MORE_TO_SIGN_IN + pause)
        primary.kill()
        tokens = office.stopped()
        promote(spare)
        if not office.back_again():
            toll.faults.append("the application did not find its new server")
    toll.confirmed += len(tokens)
    store = open_store(url)
    toll.faults += app_load.missing(store, tokens)
    store.dispose()


def follower(primary: Cluster) -> Cluster:
    """A standby that the primary waits for with every commit."""
    spare = Cluster(SAFE)
    spare.run(
        "pg_basebackup", "-h", primary.folder, "-U", "postgres", "-D", spare.data,
        "-R", "--checkpoint=fast", "--no-sync",
    )  # fmt: skip
    spare.start()
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.sql("SELECT pg_reload_conf()")
    _until(lambda: primary.sql(_FOLLOWED) == [(1,)], "the standby does not follow")
    return spare


def promote(spare: Cluster) -> None:
    """Make the standby the server that is written to; nobody follows it yet."""
    assert spare.sql("SELECT pg_promote(true, 60)") == [(True,)]
    spare.sql("ALTER SYSTEM RESET synchronous_standby_names")
    spare.sql("SELECT pg_reload_conf()")
    _until(lambda: spare.sql("SHOW synchronous_standby_names") == [("",)], "still waits")


def either(primary: Cluster, spare: Cluster, name: str) -> str:
    """An address of both servers; the driver takes the one that can be written to."""
    hosts = f"host={primary.folder}&host={spare.folder}"
    return f"postgresql+psycopg://postgres@/{name}?{hosts}&target_session_attrs=read-write"


def _until(holds: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + _WAIT_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(otherwise)
        time.sleep(0.05)


def main() -> int:
    """Print the figures; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--app", action="store_true", help="people sign in to a process of the application instead"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledger-standby-") as folder:
        os.environ["LEDGER_KEY_FILE"] = str(Path(folder) / "ledger.key")
        settings.cache_clear()
        toll = fail_over(asked.rounds, asked.seed, Path(folder) if asked.app else None)
    print(f"failover: {toll.words()}")
    print("\n".join(toll.faults[:20]), end="\n" if toll.faults else "")
    return 1 if toll.faults or not toll.confirmed else 0


if __name__ == "__main__":
    sys.exit(main())
