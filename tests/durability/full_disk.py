"""A disk that fills up while the office works: what is told, what is kept, what is left lying.

    python -m tests.durability.full_disk

In a mount namespace of its own (no rights are needed where the system lets users make one) the
office lies on a disk of 6 MB. Where there are no namespaces, files may not grow past a limit, which
the system refuses much like a full disk (EFBIG in place of ENOSPC).
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from ledger.domain.access import SYSTEM
from ledger.domain.errors import LedgerError
from ledger.domain.settings import settings
from ledger.operations import backup, database_check
from ledger.records import attachments
from ledger.records import service as records
from ledger.storage import Store, open_store
from ledger.storage.sqlite import check_file
from tests.durability.office import open_office

SIZE = 6 * 1024 * 1024
_SPARE, _HARDLY_ANYTHING = 1024 * 1024, 64 * 1024
_PHOTO = b"\x89PNG\r\n\x1a\n" + os.urandom(300_000)
# What people read: the disk is full, or (as the database sees a limit) it cannot be written.
CLEAR = re.compile(r"磁盘空间已满|磁盘读写出错|无法打开数据库文件|检查磁盘?空间")
_OWN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount")


def told(service: Callable[[], object]) -> str:
    """What a service that cannot work says; empty if it worked."""
    try:
        service()
    except LedgerError as error:
        return str(error)
    return ""


def fill_up(store: Store) -> tuple[int, str]:
    """Attach photos until the disk is full: how many were confirmed, and what was said then."""
    for number in range(100):
        said = told(partial(_attach, store, number))
        if said:
            return number, said
    raise AssertionError("the disk never filled up")


def _attach(store: Store, number: int) -> None:
    attachments.attach(store, SYSTEM, "institutions", 1 + number % 20, f"{number}.png", _PHOTO)


@contextmanager
def no_room(folder: Path, *, mounted: bool) -> Iterator[None]:
    """Not one byte more fits: the rest of the disk is taken, or hardly any file may grow."""
    if not mounted:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_HARDLY_ANYTHING, limits[1]))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        return
    rest = folder / "rest"
    with suppress(OSError), rest.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    yield
    rest.unlink()


def ordeal(folder: Path, *, mounted: bool) -> Iterator[str]:
    """Everything that happens to an office on a full disk, a line for each thing that was tried."""
    url = f"sqlite:///{folder}/ledger.db"
    (folder / "spare").write_bytes(bytes(_SPARE))
    store = open_store(url)
    open_office(store, 20)
    if not mounted:
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (SIZE, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        )
    kept, said = fill_up(store)
    yield f"save refused: {said}"
    assert CLEAR.search(said), said
    with no_room(folder, mounted=mounted):
        said = told(lambda: records.create(store, SYSTEM, "institutions", {"name": "再来一家"}))
        yield f"second save refused: {said}"
        assert CLEAR.search(said), said
        assert records.get(store, SYSTEM, "institutions", 1)["name"] == "松柏院"
        yield "reading goes on"
        before = sorted(file.name for file in folder.iterdir())
        said = told(lambda: backup.backup(store, folder / "copy.db"))
        yield f"backup refused: {said}"
        assert CLEAR.search(said), said
        assert sorted(file.name for file in folder.iterdir()) == before, "half a backup lies there"
        store.dispose()
        yield f"start: {_started(url) or 'can be read'}"
    store = open_store(url)
    check_file(store.engine)
    found = database_check.verify(store)
    assert found.sound, found.faults
    assert _photos(store) == kept, "a confirmed photo is missing, or a refused one is there"
    yield f"with room again: sound, {kept} confirmed photos of {kept} there"
    (folder / "spare").unlink()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    records.create(store, SYSTEM, "institutions", {"name": "再来一家"})
    assert database_check.verify(store).sound
    store.dispose()
    yield "saving goes on"


def _started(url: str) -> str:
    """What a process that starts on the full disk says."""
    opened = open_store(url)
    try:
        said = told(lambda: check_file(opened.engine))
        said = said or told(lambda: records.get(opened, SYSTEM, "institutions", 1))
    finally:
        opened.dispose()
    assert not said or CLEAR.search(said), said
    return said


def _photos(store: Store) -> int:
    return sum(
        len(attachments.listed(store, SYSTEM, "institutions", record)) for record in range(1, 21)
    )


def main() -> int:
    """Say what happened; 1 if anything was not as it has to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", choices=("mount", "limit"), help=argparse.SUPPRESS)
    inside = parser.parse_args().inside
    if inside is None:
        may = subprocess.run([*_OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], check=False,
                             capture_output=True).returncode == 0  # fmt: skip
        command = [sys.executable, "-m", "tests.durability.full_disk", "--inside"]
        whole = [*_OWN_MOUNTS, *command, "mount"] if may else [*command, "limit"]
        return subprocess.run(whole, check=False).returncode
    with tempfile.TemporaryDirectory(prefix="ledger-full-") as name:
        folder, mounted = Path(name), inside == "mount"
        if mounted:
            size = f"size={SIZE}"
            subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", folder], check=True)
        os.environ["LEDGER_KEY_FILE"] = f"{folder}/ledger.key"
        settings.cache_clear()
        try:
            print("a disk of 6 MB" if mounted else "files of 6 MB at most")
            for line in ordeal(folder, mounted=mounted):
                print(line)
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", folder], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
