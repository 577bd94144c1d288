"""What `test_apart` has done in another process: found there by its name."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from ledger.domain.errors import Cancelled, Invalid, NotFound, Problem
from ledger.domain.progress import Progress, silent
from ledger.domain.settings import settings
from ledger.storage import Store, options


def where() -> tuple[int, int, str, int]:
    """(process, niceness, folder for temporary files, rows that an import may have)."""
    return os.getpid(), os.nice(0), tempfile.gettempdir(), settings().max_import_rows


def count(number: int, *, progress: Progress = silent) -> int:
    for step in range(number):
        progress("数", step, number)
    return number


def refuse() -> None:
    raise Invalid([Problem(3, "床位数", "不是数字")])


def miss() -> None:
    raise NotFound("区域")


def break_() -> None:
    raise ZeroDivisionError


def swell() -> int:
    """Take memory without end."""
    held = []
    while True:
        held.append(bytearray(64 << 20))


def die() -> None:
    os.abort()


def sleep(mark: Path, *, progress: Progress = silent) -> None:
    """Hang in the middle of a library, as it looks from outside."""
    (Path(tempfile.gettempdir()) / "unpacked").write_bytes(bytes(1000))
    mark.write_text(str(os.getpid()), encoding="ascii")
    time.sleep(600)


def write(store: Store, mark: Path, *, progress: Progress = silent) -> str:
    """Write in a transaction, with a step in the middle of it."""
    with store.writing() as connection:
        options.write(connection, "apart", 1)
        progress("写入台账", 1, 2)
    try:
        return "written"
    finally:
        mark.write_text("over", encoding="ascii")


def write_watched(store: Store, mark: Path, *, progress: Progress = silent) -> str:
    try:
        return write(store, mark, progress=progress)
    except Cancelled:
        mark.write_text("undone", encoding="ascii")
        raise
