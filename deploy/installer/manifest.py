"""What an unpacked bundle says of itself, and whether its files are those that were packed.

A bundle is one folder: ``bundle.json``, ``SHA256SUMS`` with every other file, its signature
``SHA256SUMS.sig`` and the maintainers' public key, ``app/`` (the program), ``wheels/``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.installer.stop import Stop

MANIFEST, SUMS = "bundle.json", "SHA256SUMS"
SIGNATURE, PUBLIC_KEY = "SHA256SUMS.sig", "maintainers.pub"
APP, WHEELS = "app", "wheels"
# ``machine`` of a bundle for Windows; else it is the machine of a Linux.
ON_WINDOWS = "win_amd64"
# Not in SHA256SUMS: the list itself, and what vouches for it.
BESIDE_THE_LIST = frozenset({SUMS, SIGNATURE, PUBLIC_KEY})
_CHUNK = 1 << 20
_SHOWN = 3


@dataclass(frozen=True)
class Manifest:
    """A bundle: its version, the commit and its time (seconds since 1970), and what it runs on.

    ``schema`` is the newest migration inside; ``installed_bytes`` what an environment of it needs.
    """

    version: str
    commit: str
    built: int
    machine: str
    glibc: tuple[int, int]
    pythons: tuple[str, ...]
    schema: str
    installed_bytes: int
    fonts: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the folder of this version: the version and seven digits of the commit."""
        return f"{self.version}-{self.commit[:7]}"

    @property
    def age(self) -> tuple[tuple[int, ...], int]:
        """Newer bundles have a larger one: the numbers of the version, then the commit's time."""
        numbers = self.version.partition("+")[0].split(".")
        return tuple(int(number) for number in numbers), self.built


def to_text(manifest: Manifest) -> str:
    """The manifest as JSON."""
    return json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an unpacked bundle, or of an installed version."""
    file = folder / MANIFEST
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        found["glibc"] = tuple(found["glibc"])
        found["pythons"], found["fonts"] = tuple(found["pythons"]), tuple(found["fonts"])
        return Manifest(**found)
    except (OSError, ValueError, KeyError, TypeError):
        raise Stop(f"“{folder}”不是本系统的安装包，或没有解压完整：缺少 {MANIFEST}") from None


def require_whole(folder: Path) -> int:
    """Compare every file with SHA256SUMS; returns how many there are.

    Raises
    ------
    Stop
        For a file that is missing, changed, or was not packed; the first few are named.
    """
    wanted = read_sums(folder)
    there = {path for path in _files(folder) if path not in BESIDE_THE_LIST}
    missing, added = sorted(set(wanted) - there), sorted(there - set(wanted))
    changed = [
        path for path in sorted(set(wanted) & there) if sha256(folder / path) != wanted[path]
    ]
    for words, found in (("缺少", missing), ("内容不符", changed), ("多出", added)):
        if found:
            shown = "、".join(found[:_SHOWN])
            raise Stop(
                f"安装包已损坏或被改动：{words} {len(found)} 个文件({shown})。"
                "请重新拷贝安装包，解压到一个空文件夹后再试"
            )
    return len(wanted)


def read_sums(folder: Path) -> dict[str, str]:
    """Path inside the bundle → SHA-256, as ``sha256sum -c`` reads them."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        pairs = [line.split("  ", 1) for line in lines]
        return {path: digest for digest, path in pairs}
    except (OSError, ValueError):
        raise Stop(f"安装包不完整：缺少 {SUMS}。请重新拷贝安装包") from None


def sums_text(folder: Path) -> str:
    """The text of SHA256SUMS for a folder that is being packed."""
    files = sorted(path for path in _files(folder) if path not in BESIDE_THE_LIST)
    return "".join(f"{sha256(folder / path)}  {path}\n" for path in files)


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _files(folder: Path) -> list[str]:
    """Every file. Compiled code counts: Python would run it in place of the source beside it."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()]
