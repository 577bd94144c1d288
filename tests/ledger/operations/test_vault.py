"""Encrypted copies open with their passphrase only, and only if nothing was changed in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.errors import Invalid
from ledger.operations import vault

SECRET = b"a passphrase of some length"
PIECE = 64


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces so small that a short text has many, and a passphrase that takes no time."""
    monkeypatch.setattr(vault, "_PIECE", PIECE)
    monkeypatch.setattr(vault, "_cipher", lambda secret, salt: _quick(secret + salt))


def _quick(material: bytes) -> vault.AESGCM:
    return vault.AESGCM(hashlib.sha256(material).digest())


def sealed(folder: Path, content: bytes, keys: bytes = b"key") -> Path:
    (folder / "plain").write_bytes(content)
    vault.seal_copy(folder / "plain", keys, folder / "sealed", SECRET)
    return folder / "sealed"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.integers(0, 4 * PIECE), st.integers(0, 3 * PIECE))
def test_comes_back_as_it_was(tmp_path: Path, length: int, key_length: int) -> None:
    content, keys = bytes(range(256))[:length] * 1, b"k" * key_length
    file = sealed(tmp_path, content, keys)
    assert vault.is_sealed_copy(file)
    assert vault.open_copy(file, tmp_path / "opened", SECRET) == keys
    assert (tmp_path / "opened").read_bytes() == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.data())
def test_every_change_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    file = sealed(tmp_path, b"x" * 3 * PIECE)
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(len(vault.MAGIC), len(content) - 1))
    content[at] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(Invalid, match="已损坏"):
        vault.open_copy(file, tmp_path / "opened", SECRET)


def test_pieces_cannot_be_cut_off_or_exchanged(tmp_path: Path) -> None:
    file = sealed(tmp_path, b"x" * 3 * PIECE)
    start, whole = len(vault.MAGIC) + 16, file.read_bytes()
    one = PIECE + 16
    exchanged = whole[:start] + whole[start + one : start + 2 * one] + whole[start : start + one]
    for changed in (whole[: start + one], whole[:start], exchanged + whole[start + 2 * one :]):
        file.write_bytes(changed)
        with pytest.raises(Invalid, match="已损坏"):
            vault.open_copy(file, tmp_path / "opened", SECRET)


def test_passphrase_files(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    with pytest.raises(Invalid, match="读不出"):
        vault.read_secret(file)
    file.write_text("太短\n", encoding="utf-8")
    with pytest.raises(Invalid, match="至少要 12 个字符"):
        vault.read_secret(file)
    file.write_bytes(SECRET + b"\r\n")
    assert vault.read_secret(file) == SECRET
