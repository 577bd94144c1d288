"""A bundle that was cut short, tampered with or signed by another is refused before it is used."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from deploy.bundle.build import pack
from deploy.installer.manifest import read_manifest, require_whole
from deploy.installer.signature import require_signed
from deploy.installer.stop import Stop
from deploy.installer.unpacking import unpack
from tests.deploy.installer.packed import MANIFEST, bundle, new_key


def test_what_was_packed_is_unpacked_whole_and_signed(tmp_path: Path) -> None:
    folder = bundle(tmp_path / "made" / "ledger-0.3.0")
    pack(folder, tmp_path / "a.tar.gz", 1_796_000_000)
    there = unpack(tmp_path / "a.tar.gz", tmp_path / "out")
    assert read_manifest(there) == MANIFEST
    assert require_whole(there) == 2
    assert len(require_signed(there, folder / "maintainers.pub").split()) == 8


def test_two_archives_of_one_folder_are_equal(tmp_path: Path) -> None:
    key = new_key()
    for name in ("a", "b"):
        pack(bundle(tmp_path / name / "ledger", key), tmp_path / f"{name}.tar.gz", 1_796_000_000)
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_an_archive_that_was_cut_short(tmp_path: Path) -> None:
    pack(bundle(tmp_path / "made" / "ledger"), tmp_path / "a.tar.gz", 0)
    whole = (tmp_path / "a.tar.gz").read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 9):
        (tmp_path / "cut.tar.gz").write_bytes(whole[:length])
        with pytest.raises(Stop, match="不完整或已损坏"):
            unpack(tmp_path / "cut.tar.gz", tmp_path / f"out-{length}")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "ledger/../../outside"])
def test_nothing_is_laid_outside(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(Stop, match="不应有的内容"):
        unpack(tmp_path / "bad.tar.gz", tmp_path / "out")
    assert not list(tmp_path.rglob("outside"))


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("ledger/link")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(Stop, match="不应有的内容"):
        unpack(tmp_path / "bad.tar.gz", tmp_path / "out")


def test_a_changed_a_missing_and_an_added_file_are_named(tmp_path: Path) -> None:
    changed, missing, added = (bundle(tmp_path / name) for name in "cma")
    (changed / "app" / "app.py").write_text("print('other')\n", encoding="utf-8")
    (missing / "app" / "app.py").unlink()
    (added / "app" / "more.py").touch()
    for folder, words in ((changed, "内容不符"), (missing, "缺少"), (added, "多出")):
        with pytest.raises(Stop, match=f"{words} 1 个文件"):
            require_whole(folder)


def test_compiled_code_that_was_not_packed_is_refused(tmp_path: Path) -> None:
    """Python runs it in place of a signed source of the same time and size."""
    folder = bundle(tmp_path / "b")
    (folder / "app" / "__pycache__").mkdir()
    (folder / "app" / "__pycache__" / "app.cpython-311.pyc").touch()
    with pytest.raises(Stop, match="多出 1 个文件"):
        require_whole(folder)


def test_another_key_and_a_changed_list_are_no_signature(tmp_path: Path) -> None:
    ours, theirs = bundle(tmp_path / "ours"), bundle(tmp_path / "theirs")
    with pytest.raises(Stop, match="签名不对"):
        require_signed(theirs, ours / "maintainers.pub")
    (ours / "SHA256SUMS").write_text("", encoding="utf-8")
    with pytest.raises(Stop, match="签名不对"):
        require_signed(ours, ours / "maintainers.pub")


def test_any_folder_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"缺少 bundle\.json"):
        read_manifest(tmp_path)
