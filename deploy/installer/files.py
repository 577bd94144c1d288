"""Files that a power cut leaves old or new, never half; one installer at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.installer.stop import Stop

Owner = tuple[int, int] | None
_BUSY = "另一个安装或升级正在进行，请等它结束。(没有做任何改动)"


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the installer's lock; a second one is refused at once. It ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop(_BUSY) from None
        yield


def write(path: Path, text: str | bytes, mode: int = 0o644, owner: Owner = None) -> None:
    """Replace the file in one step, and on the disk before it returns."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    content = text.encode() if isinstance(text, str) else text
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
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
    """Point a link elsewhere in one step: there is always one."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    part.symlink_to(target)
    part.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """What was renamed in a folder is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
