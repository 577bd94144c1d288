"""Passphrases of backups that take no time: scrypt takes seconds and half a gigabyte for each.

Here a passphrase stands for an identity, so another one opens nothing, as it should be. The real
ones have tests of their own (tests/ledger/operations/test_vault.py); commands that tests start as
processes use the real ones, too.
"""

from __future__ import annotations

import pyrage
import pytest

from ledger.operations import vault

_real = (vault._lock, vault._unlock)
_identities: dict[str, pyrage.x25519.Identity] = {}


def use_quick_passphrases() -> None:
    """From now on copies of this process are sealed so."""
    vault._lock, vault._unlock = _lock, _unlock


def real_passphrases(patch: pytest.MonkeyPatch) -> None:
    """Seal as the product does, while the patch holds."""
    for name, function in zip(("_lock", "_unlock"), _real, strict=True):
        patch.setattr(vault, name, function)


def _identity(passphrase: str) -> pyrage.x25519.Identity:
    return _identities.setdefault(passphrase, pyrage.x25519.Identity.generate())


def _lock(content: bytes, passphrase: str) -> bytes:
    return bytes(pyrage.encrypt(content, [_identity(passphrase).to_public()], armored=True))


def _unlock(sealed: bytes, passphrase: str) -> bytes:
    return bytes(pyrage.decrypt(sealed, [_identity(passphrase)]))
