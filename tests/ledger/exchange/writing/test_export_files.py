"""An export to a file: all of it or nothing, and only where it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.errors import Invalid, NotFound
from ledger.exchange.writing import exports
from ledger.exchange.writing.exports import export_to
from ledger.storage import Store
from tests.ledger.conftest import EAST_SOUTH
from tests.log_entries import recent


def test_export_to_a_file(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.CSV"
    assert export_to(filled, SYSTEM, "institutions", path, scope_code=EAST_SOUTH).rows == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [item.name for item in tmp_path.iterdir() if item.suffix == ".CSV"] == ["out.CSV"]


@pytest.mark.parametrize("name", ["out.pdf", "out", "none/out.xlsx", "folder.xlsx"])
def test_a_path_that_cannot_be_is_refused_before_any_work(
    filled: Store, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(Invalid):
        export_to(filled, SYSTEM, "institutions", tmp_path / name)
    with filled.reading() as connection:
        assert recent(connection, action="export") == []


def test_a_scope_that_is_not_yours_is_not_there(filled: Store, office: Actor) -> None:
    for code in (EAST_SOUTH, "999"):
        with pytest.raises(NotFound):
            export_to(filled, office, "institutions", Path("x.xlsx"), scope_code=code)


def test_a_write_that_fails_leaves_the_old_file(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Invalid, match="空间"):
        exports.write_file(path, b"new")
    assert path.read_text() == "old"
    left = [item.name for item in tmp_path.iterdir() if not item.name.startswith("ledger.")]
    assert left == ["out.csv"]
