"""An encrypted copy: a backup and the key file of its database in one file, in the age format.

The file is two age files, one behind the other. The first is armoured (text), locked with the
passphrase, and holds the key file and an identity made for this backup alone; the second is the
copy, encrypted to that identity. So a large copy is never in memory as a whole, and it can be
opened without this program with the tool ``age``: the first file is an identity file for the
second. age detects every change, also missing or cut-off parts.

Source: https://age-encryption.org/v1. Copies that were made before age are opened by
:mod:`ledger.operations.first_vault`.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import BinaryIO

import pyrage
from pyrage import x25519

from ledger.domain.errors import Invalid
from ledger.operations import first_vault

LEAST = 12  # characters of a passphrase
BEGIN, END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"
_KEYS = b"# "  # a remark to age
# What age says of a passphrase that would take this machine more than about 16 s to work out.
_TOO_SLOW = "Excessive work"
_LONGEST_FRONT = 10_000  # lines; a key file has a few


def is_sealed_copy(path: Path) -> bool:
    """Whether a file is an encrypted copy."""
    with path.open("rb") as file:
        start = file.read(len(BEGIN))
    return start == BEGIN or start.startswith(first_vault.MAGIC)


def read_secret(path: Path) -> bytes:
    """The passphrase or key that a file holds; line ends around it do not count.

    Raises
    ------
    Invalid
        If it cannot be read or is too short to be worth guessing at.
    """
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise Invalid(f"读不出口令文件“{path}”，请检查路径和权限({error.strerror})") from None
    if len(secret.decode("utf-8", errors="replace")) < LEAST:
        raise Invalid(f"口令文件“{path}”里的口令太短，至少要 {LEAST} 个字符")
    return secret


def seal_copy(copy: Path, keys: bytes, target: Path, secret: bytes) -> None:
    """Write ``target``: the copy and the content of the key file, encrypted."""
    identity = x25519.Identity.generate()
    front = _KEYS + b64encode(keys) + b"\n" + str(identity).encode() + b"\n"
    with copy.open("rb") as plain, target.open("wb") as sealed:
        sealed.write(_lock(front, _passphrase(secret)))
        pyrage.encrypt_io(plain, sealed, [identity.to_public()])
        sealed.flush()
        os.fsync(sealed.fileno())


def open_copy(source: Path, target: Path, secret: bytes) -> bytes:
    """Write the copy to ``target``; returns the content of the key file.

    Raises
    ------
    Invalid
        If the passphrase is another one or the file is damaged; ``target`` is then no copy.
    """
    with source.open("rb") as sealed, target.open("wb") as plain:
        try:
            if sealed.read(len(first_vault.MAGIC)) == first_vault.MAGIC:
                return first_vault.open_copy(sealed, plain, secret)
            sealed.seek(0)
            remark, identity = _unlock(_front(sealed), _passphrase(secret)).splitlines()
            pyrage.decrypt_io(sealed, plain, [x25519.Identity.from_str(identity.decode())])
            return b64decode(remark.removeprefix(_KEYS))
        except OSError as error:
            if error.errno is not None:  # the disk's; age's own have no number
                raise
        except pyrage.DecryptError as error:
            if _TOO_SLOW in str(error):
                raise Invalid(
                    f"这台机器现在太慢或太忙，算不出“{source.name}”的密钥。请等空闲时再试，或换一台机器"
                ) from None
        except (pyrage.IdentityError, first_vault.Damaged, ValueError):
            pass
    raise Invalid(f"“{source.name}”打不开：口令不对，或文件已损坏。请核对口令文件，或换一份备份")


def _front(sealed: BinaryIO) -> bytes:
    """The armoured file at the beginning."""
    lines = []
    for _ in range(_LONGEST_FRONT):
        lines.append(sealed.readline(100))
        if lines[-1].rstrip() == END:
            break
    return b"".join(lines)


def _passphrase(secret: bytes) -> str:
    """The passphrase as text; bytes that are none, such as a key, in hexadecimal digits."""
    try:
        return secret.decode()
    except UnicodeDecodeError:
        return secret.hex()


def _lock(content: bytes, passphrase: str) -> bytes:
    return bytes(pyrage.passphrase.encrypt(content, passphrase, armored=True))


def _unlock(sealed: bytes, passphrase: str) -> bytes:
    return bytes(pyrage.passphrase.decrypt(sealed, passphrase))
