"""A folder of backups: files named by the time they were made, and the oldest deleted."""

from __future__ import annotations

from pathlib import Path

from ledger.domain.timing import clock

_PATTERN = "ledger-????????-??????.*"
PLAIN, SEALED = ".db", ".sealed"


def stamped(folder: Path, *, sealed: bool) -> Path:
    """The path of a backup made now, named by the office's time."""
    now = clock.now().astimezone(clock.OFFICE)
    return folder / f"ledger-{now:%Y%m%d-%H%M%S}{SEALED if sealed else PLAIN}"


def rotate(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest ``keep`` backups of a folder, those named by `stamped` only.

    Returns what was deleted, without the checksums that went along.
    """
    found = sorted(
        (file for file in folder.glob(_PATTERN) if file.suffix in (PLAIN, SEALED)), reverse=True
    )
    old = found[keep:]
    for file in old:
        file.unlink()
        file.with_name(f"{file.name}.sha256").unlink(missing_ok=True)
    return old
