"""Files that a power cut leaves old or new, never half; one installer at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from deploy.installer import system
from deploy.installer.stop import Stop

Owner = tuple[int, int] | None
# Windows would write each end of a line as two signs.
_AS_IT_IS = getattr(os, "O_BINARY", 0)
_BUSY = "另一个安装或升级正在进行，请等它结束。(没有做任何改动)"


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the installer's lock; a second one is refused at once. It ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / "lock"))
        except OSError:
            raise Stop(_BUSY) from None
        yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock; it ends with the process. Raises OSError if another process holds it."""
    with path.open("w") as file:
        _lock(file)
        yield


def _lock(file: TextIO) -> None:
    if system.WINDOWS:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write(path: Path, text: str | bytes, mode: int = 0o644, owner: Owner = None) -> None:
    """Replace the file in one step, and on the disk before it returns."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    content = text.encode() if isinstance(text, str) else text
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        if not system.WINDOWS:  # there the folder's rights count
            os.fchmod(file.fileno(), mode)
        if owner is not None:
            os.fchown(file.fileno(), *owner)
        os.fsync(file.fileno())
    part.replace(path)
    settle(path.parent)


def folder(path: Path, mode: int = 0o755, owner: Owner = None) -> None:
    """Make a folder, with the owner and rights that it has to have."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    if owner is not None:
        os.chown(path, *owner)


def link(path: Path, target: Path) -> None:
    """Point a link elsewhere in one step: there is always one. Windows replaces no links: there it
    is a file with the name of the folder beside it that is meant."""
    if system.WINDOWS:
        write(path, f"{target.name}\n")
        return
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    part.symlink_to(target)
    part.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """What was renamed in a folder is on the disk; Windows sees to it itself."""
    if system.WINDOWS:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
