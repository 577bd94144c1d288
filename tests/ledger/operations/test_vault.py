"""Encrypted copies open with their passphrase only, and only if nothing was changed in them."""

from __future__ import annotations

import os
import textwrap
from base64 import b64encode
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.errors import Invalid
from ledger.operations import vault
from tests.quick_passphrases import real_passphrases
from tests.thoroughly import examples

SECRET = b"a passphrase of some length"
PIECE = 64 * 1024  # of the age format


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases as offices have them, which take their time."""
    real_passphrases(monkeypatch)


def sealed(folder: Path, content: bytes, keys: bytes = b"key") -> Path:
    (folder / "plain").write_bytes(content)
    vault.seal_copy(folder / "plain", keys, folder / "sealed", SECRET)
    return folder / "sealed"


@pytest.mark.thorough
@pytest.mark.usefixtures("real")
def test_a_copy_opens_with_the_tools_of_age(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The front is an identity file locked with the passphrase, the rest is for that identity."""
    content = sealed(tmp_path, b"content", b"the key\nfile").read_bytes()
    opened: list[bytes] = []

    def unlock(front: bytes, passphrase: str) -> bytes:
        assert passphrase == SECRET.decode()
        opened.append(pyrage.passphrase.decrypt(front, passphrase))
        return opened[0]

    monkeypatch.setattr(vault, "_unlock", unlock)
    assert vault.open_copy(tmp_path / "sealed", tmp_path / "opened", SECRET) == b"the key\nfile"
    remark, secret = opened[0].splitlines()
    assert remark.startswith(b"# ")
    identity = pyrage.x25519.Identity.from_str(secret.decode())
    rest = content.partition(vault.END + b"\n")[2]
    assert pyrage.decrypt(rest, [identity]) == b"content"


@pytest.mark.usefixtures("real")
def test_a_machine_too_slow_for_the_passphrase_is_told_from_a_wrong_one(tmp_path: Path) -> None:
    file = tmp_path / "sealed"
    header = b"age-encryption.org/v1\n-> scrypt rF0/NwblUHHTpgQgRpe5CQ 40\n"
    header += b"gUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n"
    header += b"--- IOXiQYStkoT1mvZW2tFOqZdhRVvj58egABx/sWfZQbc\n"
    lines = textwrap.wrap(b64encode(header + bytes(32)).decode(), 64)
    file.write_bytes("\n".join([vault.BEGIN.decode(), *lines, vault.END.decode(), ""]).encode())
    with pytest.raises(Invalid, match="太慢或太忙"):
        vault.open_copy(file, tmp_path / "opened", SECRET)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25))
@given(st.integers(0, 4 * PIECE), st.binary(max_size=3_000))
def test_comes_back_as_it_was(tmp_path: Path, length: int, keys: bytes) -> None:
    content = (bytes(range(256)) * (PIECE // 64 + 1))[:length]
    file = sealed(tmp_path, content, keys)
    assert vault.is_sealed_copy(file)
    assert vault.open_copy(file, tmp_path / "opened", SECRET) == keys
    assert (tmp_path / "opened").read_bytes() == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25))
@given(st.booleans(), st.integers(0, 2**20))
def test_every_change_is_noticed(tmp_path: Path, in_front: bool, place: int) -> None:
    """In the armour as in the copy; the lengths of both differ from time to time."""
    content = bytearray(sealed(tmp_path, b"x" * 3 * PIECE).read_bytes())
    file, front = tmp_path / "sealed", content.index(vault.END) + len(vault.END) + 1
    at = place % front if in_front else front + place % (len(content) - front)
    content[at] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(Invalid, match="已损坏"):
        vault.open_copy(file, tmp_path / "opened", SECRET)


def test_pieces_cannot_be_cut_off_or_exchanged(tmp_path: Path) -> None:
    file = sealed(tmp_path, b"x" * 3 * PIECE)
    whole, one = file.read_bytes(), PIECE + 16
    start = len(whole) - 3 * one
    front = whole.index(vault.END) + len(vault.END) + 1
    exchanged = whole[:start] + whole[start + one : start + 2 * one] + whole[start : start + one]
    other = sealed(tmp_path, b"y" * PIECE).read_bytes()
    of_another = other[other.index(vault.END) + len(vault.END) + 1 :]
    for changed in (
        whole[: start + one],
        whole[:start],
        whole[:front],
        whole[: front - 5],
        exchanged + whole[start + 2 * one :],
        whole[:front] + of_another,
        whole + b"more",
    ):
        file.write_bytes(changed)
        with pytest.raises(Invalid, match="已损坏"):
            vault.open_copy(file, tmp_path / "opened", SECRET)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(50))
@given(st.binary(max_size=300))
def test_any_bytes_behind_the_beginning_are_refused_in_words(tmp_path: Path, junk: bytes) -> None:
    file = tmp_path / "junk"
    for content in (vault.BEGIN + junk, vault.BEGIN + b"\n" + junk + b"\n" + vault.END + b"\n"):
        file.write_bytes(content)
        with pytest.raises(Invalid, match="打不开"):
            vault.open_copy(file, tmp_path / "opened", SECRET)


def test_a_key_of_bytes_is_a_passphrase_too(tmp_path: Path) -> None:
    key = bytes(range(128, 160))
    (tmp_path / "plain").write_bytes(b"content")
    vault.seal_copy(tmp_path / "plain", b"key", tmp_path / "sealed", key)
    assert vault.open_copy(tmp_path / "sealed", tmp_path / "opened", key) == b"key"


def test_a_full_disk_is_not_taken_for_a_wrong_passphrase(tmp_path: Path) -> None:
    file = sealed(tmp_path, os.urandom(PIECE))
    with pytest.raises(OSError, match="No space left"):
        vault.open_copy(file, Path("/dev/full"), SECRET)


def test_passphrase_files(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    with pytest.raises(Invalid, match="读不出"):
        vault.read_secret(file)
    file.write_text("太短\n", encoding="utf-8")
    with pytest.raises(Invalid, match="至少要 12 个字符"):
        vault.read_secret(file)
    file.write_bytes(SECRET + b"\r\n")
    assert vault.read_secret(file) == SECRET
