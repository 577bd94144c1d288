"""The database's files are lost under a running process: is everything confirmed still there?

    python -m tests.durability.unlinked --saves 200

For every trigger a process saves, meets the trigger half way, and goes on saving; meanwhile others
open the database, save and close it, as commands do. Each save is confirmed or refused. Then the
process ends in the ordinary way, and a fresh one looks for every confirmed save.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from ledger.domain.access import Actor, Role
from ledger.domain.errors import Invalid, StorageError
from ledger.domain.settings import settings
from ledger.operations import backup, database_check
from ledger.people import office
from ledger.records import service as records
from ledger.storage import Store, open_store
from ledger.storage.tables import institutions
from tests.durability.office import CLERK, LEDGER, open_office
from tests.ledger.conftest import WEST_VILLAGE

ADMIN = Actor("管理员", Role.ADMIN, "*", "/", user_id=1)


def own_basemap(store: Store, file: Path) -> None:
    """The database's own path is given as the basemap; it was opened to be looked at."""
    setting = {"kind": "mbtiles", "datum": "wgs84", "path": str(file)}
    with suppress(Invalid, StorageError):
        office.save_basemap(store, ADMIN, setting)
    command(file)


def second_handle(store: Store, file: Path) -> None:
    """Any code opens the file a second time and closes it; another process then comes and goes."""
    with file.open("rb") as opened:
        opened.read(16)
    command(file)


def put_back(store: Store, file: Path) -> None:
    """The file is taken away and the same one put back."""
    file.rename(file.with_name("away.db"))
    with suppress(StorageError):
        save(store, "meanwhile")
    file.with_name("away.db").rename(file)


def copy_put_back(store: Store, file: Path) -> None:
    """The file is taken away, log and all, and a copy of them put in its place."""
    for part in sorted(file.parent.glob(f"{file.name}*")):
        shutil.copyfile(part, part.with_name(f"copy-{part.name}"))
        part.unlink()
    for part in file.parent.glob("copy-*"):
        if not part.name.endswith("-shm"):
            part.rename(part.with_name(part.name.removeprefix("copy-")))
    command(file)


TRIGGERS: dict[str, Callable[[Store, Path], None]] = {
    trigger.__name__: trigger for trigger in (own_basemap, second_handle, put_back, copy_put_back)
}


def save(store: Store, name: str) -> None:
    records.create(store, CLERK, LEDGER, {"name": name, "area_code": WEST_VILLAGE})


def command(file: Path) -> None:
    """Another process opens the database, saves one record and closes it; it confirms that."""
    arguments = ["--child", "once", f"other-{os.urandom(4).hex()}"]
    _run(arguments, file)


def _run(arguments: list[str], file: Path) -> None:
    url = f"sqlite:///{file}"
    subprocess.run(
        [sys.executable, "-m", "tests.durability.unlinked", *arguments],
        env={**os.environ, "LEDGER_DATABASE_URL": url},
        check=True,
        timeout=600,
    )


def tell(name: str, confirmed: bool) -> None:
    sys.stdout.write(json.dumps([name, confirmed]) + "\n")
    sys.stdout.flush()


def attempt(store: Store, name: str) -> None:
    try:
        save(store, name)
    except StorageError:
        tell(name, False)
    else:
        tell(name, True)


def child(trigger: str, rest: list[str]) -> None:
    """What one process does; it ends as processes do, its connections left to the interpreter."""
    url = settings().database_url
    store = open_store(url)
    if trigger == "once":
        attempt(store, rest[0])
        store.dispose()
        return
    saves, file = int(rest[0]), backup.database_file(store)
    for turn in range(saves):
        if turn == saves // 2:
            TRIGGERS[trigger](store, file)
        if turn == saves * 3 // 4:
            command(file)
        attempt(store, f"own-{turn}")


def run(trigger: str, saves: int) -> tuple[int, int, list[str]]:
    """Confirmed and refused saves of one trigger, and what was confirmed and is not there."""
    with tempfile.TemporaryDirectory(prefix="ledger-unlinked-") as folder:
        file = Path(folder) / "ledger.db"
        store = open_store(f"sqlite:///{file}")
        open_office(store, 1)
        store.dispose()
        done = subprocess.run(
            [sys.executable, "-m", "tests.durability.unlinked", "--child", trigger, str(saves)],
            env={**os.environ, "LEDGER_DATABASE_URL": f"sqlite:///{file}"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=600,
        )
        told = [json.loads(line) for line in done.stdout.splitlines()]
        store = open_store(f"sqlite:///{file}")
        with store.reading() as connection:
            there = set(connection.execute(select(institutions.c.name)).scalars())
        faults = [
            f"{name}: confirmed and lost" for name, well in told if well and name not in there
        ]
        faults += database_check.verify(store).faults
        store.dispose()
    confirmed = sum(well for _, well in told)
    return confirmed, len(told) - confirmed, faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--trigger", choices=list(TRIGGERS), action="append")
    parser.add_argument("--child", nargs="+")
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child[0], arguments.child[1:])
        return 0
    wrong = 0
    for trigger in arguments.trigger or TRIGGERS:
        confirmed, refused, faults = run(trigger, arguments.saves)
        print(f"{trigger}: {confirmed} confirmed, {refused} refused, {len(faults)} lost")
        print(*(f"  {fault}" for fault in faults[:5]), sep="\n", end="\n" if faults else "")
        wrong += len(faults)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
