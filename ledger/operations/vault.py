"""An encrypted copy: a backup and the key file of its database in one sealed file.

The passphrase becomes a key by scrypt (RFC 7914, n = 2¹⁵, r = 8, p = 1). The content is cut into
pieces of one mebibyte, each sealed with AES-256-GCM; its nonce is the piece's number and whether
it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so a
piece that is changed, moved, missing or cut off is noticed.

    magic · salt (16 bytes) · pieces       plain: length of the key file (8 bytes) · it · the copy
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.domain.errors import Invalid

MAGIC = b"LEDGER-BACKUP-1\n"
LEAST = 12  # characters of a passphrase
_PIECE, _TAG, _SALT, _LENGTH = 1 << 20, 16, 16, 8


def is_sealed_copy(path: Path) -> bool:
    """Whether a file is an encrypted copy."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


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
    salt = os.urandom(_SALT)
    cipher = _cipher(secret, salt)
    with copy.open("rb") as plain, target.open("wb") as sealed:
        sealed.write(MAGIC + salt)
        front = len(keys).to_bytes(_LENGTH, "big") + keys
        for number, (piece, last) in enumerate(_pieces(front, plain)):
            sealed.write(cipher.encrypt(_nonce(number, last), piece, None))
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
        sealed.read(len(MAGIC))
        cipher = _cipher(secret, sealed.read(_SALT))
        keys, waiting, wanted = b"", b"", -1
        for number, (piece, last) in enumerate(_sealed_pieces(sealed)):
            try:
                opened = cipher.decrypt(_nonce(number, last), piece, None)
            except InvalidTag:
                raise Invalid(
                    f"“{source.name}”打不开：口令不对，或文件已损坏。请核对口令文件，或换一份备份"
                ) from None
            if wanted < 0:
                wanted, opened = int.from_bytes(opened[:_LENGTH], "big"), opened[_LENGTH:]
            if len(keys) < wanted:
                waiting = opened[wanted - len(keys) :]
                keys, opened = keys + opened[: wanted - len(keys)], waiting
            plain.write(opened)
    return keys


def _cipher(secret: bytes, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(secret))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _pieces(front: bytes, rest: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Pieces of equal size, the last one marked; it may be empty."""
    held = front
    while True:
        more = rest.read(_PIECE)
        held += more
        while len(held) > _PIECE:
            yield held[:_PIECE], False
            held = held[_PIECE:]
        if not more:
            yield held, True
            return


def _sealed_pieces(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    piece = file.read(_PIECE + _TAG)
    while True:
        following = file.read(_PIECE + _TAG)
        yield piece, not following
        if not following:
            return
        piece = following
