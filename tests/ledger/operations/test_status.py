"""What an administrator is told of the installation, and what says that it cannot work."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger.domain.access import Role
from ledger.domain.errors import Refused
from ledger.domain.settings import settings
from ledger.operations.backup import backup
from ledger.operations.metrics import exposition
from ledger.operations.readiness import readiness
from ledger.operations.status import backups, status
from ledger.storage import Store, open_store
from tests.ledger.conftest import actor
from tests.people import make_user, token_of

ADMIN = actor(Role.ADMIN, "*")


def words(store: Store) -> dict[str, bool]:
    return {check.key: check.well for check in readiness(store)}


def test_a_sound_installation_is_ready(store: Store) -> None:
    assert words(store) == {"database": True, "migrations": True, "disk": True}


def test_a_database_that_is_not_made_yet(database_url: str) -> None:
    store = open_store(database_url)
    assert words(store) == {"database": True, "migrations": False, "disk": True}
    store.dispose()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database at all" * 100)
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    assert words(store) == {"database": False, "migrations": False, "disk": True}
    store.dispose()


def test_a_full_disk_is_said_before_a_save_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "minimum_free_megabytes", 10**9)
    full = next(check for check in readiness(store) if check.key == "disk")
    assert not full.well
    assert "请清理磁盘" in full.words


def test_status_tells_versions_sizes_and_sessions(store: Store) -> None:
    token_of(store, make_user(store, "zhangsan"))
    found = status(store, ADMIN)
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    assert (found.database_kind, found.users, found.open_sessions) == (kind, 1, 1)
    assert found.version.count(".") == 2
    with store.reading() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert found.schema == revision
    assert found.database_bytes
    assert found.database_bytes > 100_000
    assert found.log_entries == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_status_is_for_administrators(store: Store, role: Role) -> None:
    with pytest.raises(Refused):
        status(store, actor(role, "*"))


def test_only_whole_copies_count_as_backups(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "backup_folder", tmp_path / "copies")
    (tmp_path / "copies").mkdir()
    backup(store, tmp_path / "copies" / "one.db")
    (tmp_path / "copies" / "half.db").write_bytes(b"being written")
    assert [one.name for one in status(store, ADMIN).backups] == ["one.db"]


def test_backups_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert backups(tmp_path / "none") == []


def test_metrics_name_what_watchers_ask_for(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "backup_folder", tmp_path)
    (tmp_path / "a.db").write_bytes(b"x")
    (tmp_path / "a.db.sha256").write_text(hashlib.sha256(b"x").hexdigest())
    told = exposition(store).decode()
    for name in (
        "ledger_ready_database 1.0",
        "ledger_disk_free_bytes",
        "ledger_backup_age_seconds",
        "ledger_database_bytes",
        "ledger_open_sessions 0.0",
        "ledger_http_requests_total",
        "ledger_transactions_tried_again_total",
        "ledger_transactions_given_up_total",
        "process_resident_memory_bytes",
    ):
        assert name in told, name
