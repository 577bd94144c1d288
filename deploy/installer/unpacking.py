"""Unpack an archive of which nothing is believed yet: plain files and folders under one folder."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from deploy.installer.stop import Stop

_CHUNK = 1 << 20
_EXECUTABLE, _FILE = 0o755, 0o644


def unpack(archive: Path, folder: Path) -> Path:
    """The bundle's folder inside ``folder``, which must be empty or missing.

    Raises
    ------
    Stop
        If the archive is cut short, no archive, or holds anything but files under one folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with gzip.open(archive) as plain:
            with tarfile.open(fileobj=plain, mode="r:") as opened:
                for member in opened:
                    _place(opened, member, folder)
            while plain.read(_CHUNK):  # the checksum stands at the very end
                pass
    except FileNotFoundError:
        raise Stop(f"没有找到安装包“{archive}”，请检查路径") from None
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError):
        raise Stop(f"安装包“{archive.name}”不完整或已损坏，请重新拷贝后再试") from None
    found = list(folder.iterdir())
    if len(found) != 1 or not found[0].is_dir():
        raise Stop(f"“{archive.name}”不是本系统的安装包")
    return found[0]


def _place(opened: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
        raise Stop(f"安装包里有不应有的内容({member.name})，没有使用它")
    target = folder.joinpath(*path.parts)
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    source = opened.extractfile(member)
    if source is None:
        raise ValueError(member.name)
    with source, target.open("xb") as file:
        shutil.copyfileobj(source, file)
    target.chmod(_EXECUTABLE if member.mode & 0o100 else _FILE)
