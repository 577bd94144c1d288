"""Copies encrypted before the age format: opened by their passphrase only, and only if whole."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.errors import Invalid
from ledger.operations import first_vault, vault
from tests.ledger.operations.sealing import seal_as_before
from tests.thoroughly import examples

SECRET = b"a passphrase of some length"
PIECE = 64

# Made by `vault.seal_copy` of version 0.1.0, with SECRET.
RELEASED = """
TEVER0VSLUJBQ0tVUC0xCojlJuhbRvJIg8vxeuLcg39IqwTL8W3VXk2jrQt2qkj0KcjOQxqTKACqEa67traYfXMBvC
vYHhVNFKwHR7UrFi2cUvXV+gY5BsJBX5hVj7DHUF+wOne/ib5BJJbarzJ44xJvNINm6jtU+ahk4wPVoJY14ZQV
"""


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces so small that a short text has many, and a passphrase that takes no time."""
    monkeypatch.setattr(first_vault, "_PIECE", PIECE)
    monkeypatch.setattr(first_vault, "_cipher", lambda secret, salt: _quick(secret + salt))


def _quick(material: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(material).digest())


def sealed(folder: Path, content: bytes, keys: bytes = b"key") -> Path:
    (folder / "plain").write_bytes(content)
    seal_as_before(folder / "plain", keys, folder / "sealed", SECRET)
    return folder / "sealed"


def test_a_copy_of_a_released_version_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sealed"
    file.write_bytes(b64decode(RELEASED))
    assert vault.is_sealed_copy(file)
    assert vault.open_copy(file, tmp_path / "opened", SECRET) == b"the key file\n"
    assert (tmp_path / "opened").read_text(encoding="utf-8") == "一份备份的内容" * 3
    with pytest.raises(Invalid, match="口令不对"):
        vault.open_copy(file, tmp_path / "opened", SECRET + b"x")


@pytest.mark.usefixtures("small_pieces")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25))
@given(st.integers(0, 4 * PIECE), st.integers(0, 3 * PIECE))
def test_comes_back_as_it_was(tmp_path: Path, length: int, key_length: int) -> None:
    content, keys = bytes(range(256))[:length] * 1, b"k" * key_length
    file = sealed(tmp_path, content, keys)
    assert vault.is_sealed_copy(file)
    assert vault.open_copy(file, tmp_path / "opened", SECRET) == keys
    assert (tmp_path / "opened").read_bytes() == content


@pytest.mark.usefixtures("small_pieces")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25))
@given(st.data())
def test_every_change_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    file = sealed(tmp_path, b"x" * 3 * PIECE)
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(len(first_vault.MAGIC), len(content) - 1))
    content[at] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(Invalid, match="已损坏"):
        vault.open_copy(file, tmp_path / "opened", SECRET)


@pytest.mark.usefixtures("small_pieces")
def test_pieces_cannot_be_cut_off_or_exchanged(tmp_path: Path) -> None:
    file = sealed(tmp_path, b"x" * 3 * PIECE)
    start, whole = len(first_vault.MAGIC) + 16, file.read_bytes()
    one = PIECE + 16
    exchanged = whole[:start] + whole[start + one : start + 2 * one] + whole[start : start + one]
    for changed in (whole[: start + one], whole[:start], exchanged + whole[start + 2 * one :]):
        file.write_bytes(changed)
        with pytest.raises(Invalid, match="已损坏"):
            vault.open_copy(file, tmp_path / "opened", SECRET)
