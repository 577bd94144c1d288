"""Encrypted copies as they were before the age format."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ledger.operations import first_vault


def seal_as_before(copy: Path, keys: bytes, target: Path, secret: bytes) -> None:
    """Write a copy as versions before the age format did."""
    salt = os.urandom(16)
    cipher = first_vault._cipher(secret, salt)
    plain = len(keys).to_bytes(8, "big") + keys + copy.read_bytes()
    pieces = [
        cipher.encrypt(first_vault._nonce(number, last), piece, None)
        for number, (piece, last) in enumerate(_cut(plain))
    ]
    target.write_bytes(first_vault.MAGIC + salt + b"".join(pieces))


def _cut(plain: bytes) -> Iterator[tuple[bytes, bool]]:
    """Pieces of equal size, and whether each is the last."""
    size = first_vault._PIECE
    starts = range(0, max(len(plain), 1), size)
    for start in starts:
        yield plain[start : start + size], start == starts[-1]
