"""A whole office in another database: the same to the last value, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid, StorageError
from ledger.operations import backup, database_check, moving, transfer
from ledger.records import attachments
from ledger.records import service as records
from ledger.storage import Store, migrate, open_store
from ledger.storage.own_tables import attachments as stored_files
from ledger.storage.own_tables import options as kept
from ledger.storage.tables import institutions
from tests.ledger.sheets import fingerprint

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
SECRET = b"a passphrase of some length"


@pytest.fixture
def filled(store: Store) -> Store:
    """Records with every kind of value, one of them protected, one in the bin, and a file."""
    fill_office(store)
    return store


def fill_office(store: Store) -> None:
    """As above; for the tests on PostgreSQL too."""
    values = {"name": "甲院🙂𠮷", "phone": "13800001111", "lon": 127.01, "lat": 29.05}
    one = records.create(store, SYSTEM, "institutions", {**values, "prepaid_deposit": 0.1 + 0.2})
    two = records.create(store, SYSTEM, "institutions", {"name": "乙院", "suspected_crime": True})
    records.delete(store, SYSTEM, "institutions", {two: 1}, reason="重复")
    attachments.attach(store, SYSTEM, "institutions", one, "照片.png", PNG)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """A place where no database is yet."""
    place = open_store(f"sqlite:///{(tmp_path / 'new' / 'ledger.db').as_posix()}")
    yield place
    place.dispose()


def test_an_office_moves_whole(filled: Store, empty: Store, tmp_path: Path) -> None:
    moved = moving.move(filled, empty)
    assert fingerprint(empty) == fingerprint(filled)
    assert moved.contents["institutions"].rows == 2
    assert moved.contents["attachments"].rows == 1
    assert (tmp_path / "new" / "ledger.key").read_bytes() == (tmp_path / "ledger.key").read_bytes()
    assert database_check.verify(empty).entries == moved.entries == 4
    # It goes on there as it would have gone on here.
    assert records.create(empty, SYSTEM, "institutions", {"name": "丙院"}) == 3
    assert database_check.verify(empty).sound


def test_a_place_in_use_is_left_alone(filled: Store, empty: Store) -> None:
    migrate(empty)
    records.create(empty, SYSTEM, "institutions", {"name": "别人的"})
    before = fingerprint(empty)
    with pytest.raises(Invalid, match="已有数据"):
        moving.move(filled, empty)
    assert fingerprint(empty) == before
    with pytest.raises(Invalid, match="就是现在的数据库"):
        moving.move(filled, filled)


def test_what_arrives_otherwise_is_not_kept(
    filled: Store, empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = transfer.copy_contents

    def careless(source: object, target: object) -> None:
        copy(source, target)  # type: ignore[arg-type]
        target.execute(update(institutions).values(beds=1))  # type: ignore[attr-defined]

    monkeypatch.setattr(transfer, "copy_contents", careless)
    with pytest.raises(StorageError, match="institutions"):
        moving.move(filled, empty)
    with empty.reading() as connection:
        assert transfer.is_unused(connection)


def test_contents_see_every_value(filled: Store) -> None:
    with filled.reading() as connection:
        before = transfer.contents(connection)
    deposit = institutions.c.prepaid_deposit
    for table, change in (
        (institutions, update(institutions).where(deposit > 0).values({deposit: deposit + 1e-9})),
        (stored_files, update(stored_files).values(content=b"\x00")),
        (kept, update(kept).where(kept.c.key == "areas_revision").values(value=7)),
    ):
        with filled.writing() as connection:
            assert connection.execute(change).rowcount == 1
        with filled.reading() as connection:
            after = transfer.contents(connection)
        assert transfer.differing(before, after) == [table.name]
        before = after


def test_a_drill_restores_the_same(filled: Store, tmp_path: Path) -> None:
    done = moving.drill(filled)
    assert done.live
    with filled.reading() as connection:
        assert done.moved.sha256 == transfer.digest(transfer.contents(connection))
    backup.backup(filled, tmp_path / "copy.sealed", SECRET)
    of_file = moving.drill(filled, tmp_path / "copy.sealed", SECRET)
    assert of_file.moved.sha256 == done.moved.sha256
    assert of_file.live is None


def test_a_drill_finds_a_bad_copy(filled: Store, tmp_path: Path) -> None:
    backup.backup(filled, tmp_path / "copy.db")
    content = (tmp_path / "copy.db").read_bytes()
    (tmp_path / "copy.db").write_bytes(content[:-4096])
    with pytest.raises(Invalid, match="不符"):
        moving.drill(filled, tmp_path / "copy.db")
