"""What the doctor finds, and what it finds nothing wrong with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Refused
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.operations import drills
from ledger.operations.backup import backup
from ledger.operations.diagnosis import diagnose, findings_text
from ledger.operations.metrics import page_timed, slowest_pages
from ledger.storage import Store, open_store
from tests.chinese import not_chinese
from tests.ledger.conftest import actor
from tests.people import make_user, quick_hashing  # noqa: F401


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of backups of this test."""
    folder = tmp_path / "copies"
    monkeypatch.setattr(settings(), "backup_folder", folder)
    return folder


def keys(store: Store) -> set[str]:
    return {one.key for one in diagnose(store, SYSTEM).findings}


@pytest.mark.usefixtures("copies")
def test_an_office_that_begins_is_told_what_is_missing(bare: Store) -> None:
    assert {"backup", "areas"} <= keys(bare)
    assert "怎么办" in findings_text(diagnose(bare, SYSTEM))


def test_the_age_of_backups_and_drills_is_seen(store: Store, copies: Path) -> None:
    copies.mkdir()
    backup(store, copies / "one.db")
    assert "drill" in keys(store)
    drills.note_drill()
    assert not {"backup", "drill"} & keys(store)
    long_ago = clock.now().timestamp() - 30 * 3600
    os.utime(copies / "one.db", (long_ago, long_ago))
    assert "backup" in keys(store)


@pytest.mark.usefixtures("copies")
def test_a_drill_without_a_folder_of_backups_is_no_error(store: Store) -> None:
    drills.note_drill()
    assert drills.last_drill() is None


@pytest.mark.usefixtures("copies")
def test_a_file_that_is_no_database_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database at all" * 100)
    broken = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    told = diagnose(broken, SYSTEM)
    assert told.measured["database"] is None
    assert "database" in {one.key for one in told.findings}
    broken.dispose()


@pytest.mark.usefixtures("copies")
def test_people_who_never_changed_their_first_password_are_counted(store: Store) -> None:
    make_user(store, "zhang", Role.ADMIN, must_change=True)
    assert {"one-admin", "first-password"} <= keys(store)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_the_doctor_is_for_administrators(store: Store, role: Role) -> None:
    with pytest.raises(Refused):
        diagnose(store, actor(role, "*"))


def test_findings_are_told_in_chinese_and_commands_apart(bare: Store) -> None:
    told = diagnose(bare, SYSTEM).findings
    assert told
    assert not_chinese("".join(f"{one.what} {one.remedy} " for one in told)) == []


def test_runs_of_pages_are_timed_however_they_end() -> None:
    with pytest.raises(KeyError), page_timed("try"):
        raise KeyError
    pace = next(one for one in slowest_pages() if one.name == "try")
    assert (pace.times, pace.over_second) == (1, 0)
