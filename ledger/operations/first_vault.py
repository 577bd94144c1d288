"""Opening encrypted copies that were made before the age format; none is made any more.

The passphrase becomes a key by scrypt (RFC 7914, n = 2¹⁵, r = 8, p = 1). The content is cut into
pieces of one mebibyte, each sealed with AES-256-GCM; its nonce is the piece's number and whether
it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so a
piece that is changed, moved, missing or cut off is noticed.

    magic · salt (16 bytes) · pieces       plain: length of the key file (8 bytes) · it · the copy
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"LEDGER-BACKUP-1\n"
_PIECE, _TAG, _SALT, _LENGTH = 1 << 20, 16, 16, 8


class Damaged(Exception):
    """The passphrase is another one, or the file is damaged."""


def open_copy(sealed: BinaryIO, plain: BinaryIO, secret: bytes) -> bytes:
    """Write the copy to ``plain``; returns the content of the key file.

    ``sealed`` is read from behind the magic. Raises `Damaged`.
    """
    cipher = _cipher(secret, sealed.read(_SALT))
    keys, wanted = b"", -1
    for number, (piece, last) in enumerate(_sealed_pieces(sealed)):
        try:
            opened = cipher.decrypt(_nonce(number, last), piece, None)
        except InvalidTag:
            raise Damaged from None
        if wanted < 0:
            wanted, opened = int.from_bytes(opened[:_LENGTH], "big"), opened[_LENGTH:]
        missing = wanted - len(keys)
        keys += opened[:missing]
        plain.write(opened[missing:])
    return keys


def _cipher(secret: bytes, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(secret))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _sealed_pieces(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    piece = file.read(_PIECE + _TAG)
    while True:
        following = file.read(_PIECE + _TAG)
        yield piece, not following
        if not following:
            return
        piece = following
