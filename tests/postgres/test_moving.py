"""Between SQLite and PostgreSQL: offices move, backups of one are restored into the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.operations import backup, database_check, moving, search_check, transfer
from ledger.records import service as records
from ledger.storage import Store, migrate, open_store
from ledger.storage.tables import institutions
from tests.ledger.operations.test_moving import SECRET, fill_office
from tests.ledger.records.test_tallies import agree
from tests.ledger.storage import released

pytestmark = pytest.mark.postgres


def beside(folder: Path, name: str = "office.db") -> Store:
    return open_store(f"sqlite:///{(folder / name).as_posix()}")


def test_an_office_joins_the_city_and_leaves_it(
    city: Store, empty_url: str, tmp_path: Path
) -> None:
    fill_office(city)
    office = beside(tmp_path)
    out = moving.move(city, office)
    server = open_store(empty_url)
    back = moving.move(office, server)
    assert out.sha256 == back.sha256
    assert out.contents == back.contents
    assert database_check.verify(server).sound
    # Ids go on after those that came along.
    assert records.create(server, SYSTEM, "institutions", {"name": "丙院"}) == 3
    with pytest.raises(Invalid, match="已有数据"):
        moving.move(office, server)
    office.dispose()
    server.dispose()


def test_every_table_moves_there_and_back(empty_url: str, tmp_path: Path) -> None:
    office, server = beside(tmp_path), open_store(empty_url)
    migrate(office)
    released.fill(office, "moving")
    search_check.reindex(office)
    there = moving.move(office, server)
    assert {name for name, content in there.contents.items() if not content.rows} == set()
    again = beside(tmp_path, "again.db")
    back = moving.move(server, again)
    assert (back.sha256, back.entries) == (there.sha256, there.entries)
    assert released.lost(released.snapshot(office), released.snapshot(again)) == []
    for store in (office, server, again):
        agree(store)
        store.dispose()


def test_backups_go_either_way(city: Store, empty_url: str, tmp_path: Path) -> None:
    fill_office(city)
    copy = backup.backup(city, tmp_path / "city.sealed", SECRET)
    assert copy.entries == 4
    done = moving.drill(city, tmp_path / "city.sealed", SECRET)
    server = open_store(empty_url)
    assert backup.restore(server, tmp_path / "city.sealed", SECRET).entries == 4
    with city.reading() as one, server.reading() as other:
        contents = transfer.contents(one)
        assert contents == transfer.contents(other)
        assert transfer.digest(contents) == done.moved.sha256
    with pytest.raises(Invalid, match="已有数据"):
        backup.restore(server, tmp_path / "city.sealed", SECRET)
    server.dispose()


def test_what_the_server_cannot_hold_is_named(empty_url: str, tmp_path: Path) -> None:
    office, server = beside(tmp_path), open_store(empty_url)
    migrate(office)
    records.create(office, SYSTEM, "institutions", {"name": "甲院"})
    with office.writing() as connection:
        connection.execute(update(institutions).values(remarks="a\x00b"))
    with pytest.raises(Invalid, match="institutions"):
        moving.move(office, server)
    with server.reading() as connection:
        assert transfer.is_unused(connection)
    office.dispose()
    server.dispose()
