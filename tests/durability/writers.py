"""Many writers on few records: is an update ever lost, a conflict ever kept quiet?

    python -m tests.durability.writers --database postgres --writers 20 --edits 500 --records 50

Every writer is a process. An edit reads a record, adds one to its beds and saves on the version
that it read; a refusal (`Conflict`) is counted, and the edit is tried again on what stands now.
So at the end the beds of all records are as many as the edits that were acknowledged, unless one
was lost; and each acknowledged edit must be in the history with the version it was told.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import select

from ledger.domain.errors import Conflict, StorageError
from ledger.operations import database_check
from ledger.records import service as records
from ledger.storage import Store, open_store
from ledger.storage.tables import changes, institutions
from tests.durability.kills import place
from tests.durability.office import CLERK, LEDGER, open_office, replay_faults, tally_faults

_PATIENCE = 100  # times that a writer is told of a busy database; then the server is gone


@dataclass
class Score:
    """What the writers were told, added up, and what the database says of it."""

    acknowledged: int
    conflicts: int
    waited_in_vain: int
    beds: int
    seconds: float
    faults: list[str]

    def words(self) -> str:
        return (
            f"{self.acknowledged} edits acknowledged, {self.beds} in the records, "
            f"{self.conflicts} conflicts reported and tried again, "
            f"{self.waited_in_vain} told that the database was busy, "
            f"{len(self.faults)} faults, {self.seconds:.0f} s"
        )


def edit_at_once(url: str, writers: int, edits: int, held: int, seed: int) -> Score:
    """Let the writers loose on the database and hold what they were told against it."""
    store = open_store(url)
    open_office(store, held)
    store.dispose()
    begun = time.monotonic()
    pipes = [_forked(url, edits, held, seed + each) for each in range(writers)]
    told: list[dict[str, Any]] = []
    for process, reading in pipes:
        with os.fdopen(reading, encoding="utf-8") as stream:
            told.append(json.loads(stream.read() or "{}"))
        os.waitpid(process, 0)
    seconds = time.monotonic() - begun
    faults = [f"writer {at} did not finish" for at, each in enumerate(told) if not each]
    saved = Counter(tuple(one) for each in told for one in each.get("saved", ()))
    beds, found = _found(store, saved)
    store.dispose()
    if beds != saved.total():
        faults.append(f"{saved.total() - beds} updates were lost")
    return Score(
        saved.total(),
        sum(each.get("conflicts", 0) for each in told),
        sum(each.get("busy", 0) for each in told),
        beds,
        seconds,
        faults + found,
    )


def _found(store: Store, saved: Counter[tuple[int, ...]]) -> tuple[int, list[str]]:
    with store.reading() as connection:
        log = list(connection.execute(select(changes).order_by(changes.c.id)).mappings())
        rows = list(connection.execute(select(institutions)).mappings())
        faults = tally_faults(connection)
    stands = Counter((e["record_id"], e["version"]) for e in log if e["action"] == "update")
    faults += [f"{key} was acknowledged, the log has another" for key in (saved - stands)]
    faults += [f"{key} is in the log, nobody was told" for key in (stands - saved)]
    faults += replay_faults(log, rows)
    return sum(row["beds"] for row in rows), [*faults, *database_check.verify(store).faults]


def _forked(url: str, edits: int, held: int, seed: int) -> tuple[int, int]:
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    try:
        told = json.dumps(_edit(open_store(url), edits, held, Random(seed)))
        with os.fdopen(writing, "w", encoding="utf-8") as stream:
            stream.write(told)
    except BaseException as error:
        os.write(2, f"a writer failed: {error!r}\n".encode())
    finally:
        os._exit(0)


def _edit(store: Store, edits: int, held: int, random: Random) -> dict[str, Any]:
    saved: list[tuple[int, int]] = []
    conflicts = busy = 0
    while len(saved) < edits:
        record = random.randint(1, held)
        row = records.get(store, CLERK, LEDGER, record)
        edit = records.Edit(record, row["version"], {"beds": row["beds"] + 1})
        try:
            records.save(store, CLERK, LEDGER, [edit])
        except Conflict:
            conflicts += 1
        except StorageError:
            busy += 1
            if busy > _PATIENCE:
                raise
        else:
            saved.append((record, row["version"] + 1))
    return {"saved": saved, "conflicts": conflicts, "busy": busy}


def main() -> int:
    """Print the figures; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--writers", type=int, default=20)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--records", type=int, default=50)
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    with place(asked.database) as (url, _):
        score = edit_at_once(url, asked.writers, asked.edits, asked.records, asked.seed)
    print(f"{asked.database}: {asked.writers} writers × {asked.edits} edits: {score.words()}")
    print("\n".join(score.faults[:20]), end="\n" if score.faults else "")
    return 1 if score.faults else 0


if __name__ == "__main__":
    sys.exit(main())
