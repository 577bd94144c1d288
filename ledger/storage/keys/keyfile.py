"""The key file: encryption keys, newest first, and the key of the search hash.

One word a line. A line ``search:…`` holds the key (hexadecimal) of the hash by which an exact text
is found; it never changes, so rotating the encryption keys leaves every hash valid. A file that
was never rotated has no such line: its search key is derived from its only encryption key.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.fernet import Fernet

from ledger.domain.errors import StorageError
from ledger.storage.private import NEW, private_folder

_SEARCH = b"search:"


@dataclass(frozen=True)
class Keys:
    """The content of a key file: Fernet keys, newest first, and the key of the search hash."""

    encryption: tuple[bytes, ...]
    search: bytes

    @property
    def rotating(self) -> bool:
        """Whether the file also holds older keys, for texts that are not resealed yet."""
        return len(self.encryption) > 1

    def with_new(self) -> Keys:
        """These keys with a fresh encryption key in front."""
        return replace(self, encryption=(Fernet.generate_key(), *self.encryption))

    def newest_only(self) -> Keys:
        return replace(self, encryption=self.encryption[:1])


def read_keys(path: Path) -> Keys:
    """The keys of a file.

    Raises
    ------
    StorageError
        If the file holds no encryption key or a word that is no key.
    """
    try:
        words = path.read_bytes().split()
        encryption = tuple(word for word in words if not word.startswith(_SEARCH))
        search = [word.removeprefix(_SEARCH) for word in words if word.startswith(_SEARCH)]
        for key in encryption:
            Fernet(key)
        kept = bytes.fromhex(search[0].decode()) if search else _search_key_of(encryption[-1])
    except (ValueError, IndexError) as error:
        raise StorageError(f"密钥文件“{path.name}”无法使用，请管理员恢复原密钥文件") from error
    return Keys(encryption, kept)


def make_keys(path: Path) -> None:
    """Make a key file with one fresh key; a file that another process made meanwhile is kept."""
    private_folder(path.parent)
    try:
        descriptor = os.open(path, NEW, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        _settle(file.fileno())


def write_keys(path: Path, keys: Keys) -> None:
    """Replace a key file in one step: after a crash either the old or the new file is there."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, NEW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        lines = [*keys.encryption, _SEARCH + keys.search.hex().encode()]
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        _settle(file.fileno())
    part.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            _settle(folder)
        finally:
            os.close(folder)


def _settle(descriptor: int) -> None:
    os.fsync(descriptor)


def _search_key_of(key: bytes) -> bytes:
    return hashlib.sha256(b"search" + key).digest()
