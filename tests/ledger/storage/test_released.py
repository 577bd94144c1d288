"""Every released schema, full of data, becomes today's without losing a value, or stays whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.timing import clock
from ledger.operations import database_check
from ledger.people.users import demo_accounts
from ledger.records import service as records
from ledger.records.history import audit
from ledger.records.query import Selection
from ledger.records.reckoning import settle
from ledger.storage import Store, migrate, open_store, options, schema_state
from tests.ledger.records.test_tallies import COUNTED, agree
from tests.ledger.storage import released
from tests.ledger.storage.released import Breaking, PulledPlug
from tests.thoroughly import ends_and_middle

At = Callable[[str], Store]


def opened(path: Path) -> Store:
    return open_store(f"sqlite:///{path.as_posix()}")


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of an empty database of a released schema; each is made from the one before it."""
    folder = tmp_path_factory.mktemp("released")
    files = {name: folder / f"{name}.db" for name in released.revisions()}

    def at(revision: str) -> Path:
        file = files[revision]
        if not file.exists():
            earlier = released.revisions().index(revision) - 1
            if earlier >= 0:
                shutil.copyfile(at(released.revisions()[earlier]), file)
            store = opened(file)
            released.upgrade(store, revision)
            with store.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            store.dispose()
        return file

    return at


@pytest.fixture
def at(ladder: Callable[[str], Path], tmp_path: Path) -> Iterator[At]:
    """``at(revision)``: an empty database of that schema, this test's own."""
    stores = []

    def own(revision: str) -> Store:
        file = tmp_path / f"{revision}.db"
        shutil.copyfile(ladder(revision), file)
        stores.append(opened(file))
        return stores[-1]

    yield own
    for store in stores:
        store.dispose()


@pytest.fixture(scope="module")
def todays(ladder: Callable[[str], Path]) -> list[tuple[object, ...]]:
    """The schema that a new database is given."""
    store = opened(ladder(released.revisions()[-1]))
    found = released.schema_of(store)
    store.dispose()
    return found


@pytest.mark.parametrize("revision", ends_and_middle(released.revisions()))
def test_nothing_is_lost(at: At, todays: list[tuple[object, ...]], revision: str) -> None:
    keeps_everything(at(revision), revision, todays)


def keeps_everything(store: Store, revision: str, todays: list[tuple[object, ...]]) -> None:
    """Fill, migrate, compare; for the tests on PostgreSQL too."""
    released.fill(store, revision)
    before = released.snapshot(store)
    assert all(rows for name, rows in before.items() if name not in ("tallies", "spatial_ref_sys"))
    newest = revision == released.revisions()[-1]
    assert schema_state(store) == ("current" if newest else "older")
    migrate(store)
    after = released.snapshot(store)
    assert released.lost(before, after) == []
    assert released.schema_of(store) == todays
    assert database_check.verify(store).faults == ()
    agree(store)
    for ledger in COUNTED:
        page = records.search(store, SYSTEM, ledger, Selection())
        assert page.total == sum(not row["deleted"] for row in after[ledger].values())
    assert records.create(store, SYSTEM, "institutions", {"name": "丙院"}) == 5


_ACCOUNT = (
    "INSERT INTO users (id, name, display_name, password_hash, role, scope_code, created_at, demo) "
    "VALUES (?, ?, 'x', 'x', 'leader', '*', '2026-01-01', ?)"
)
_CHANGED = (
    "INSERT INTO changes (id, at, actor, action, ledger, record_id, after, previous_hash, hash) "
    "VALUES (1, '2026-01-01', 'x', 'user', 'users', 2, '{\"password\": \"changed\"}', '', '')"
)


@pytest.mark.parametrize("demo", [True, False])
def test_an_older_database_says_whether_it_is_a_demo(at: At, demo: bool) -> None:
    """By its demo accounts; of these, one whose password was changed is none any more."""
    store = at("0013")
    with store.writing() as connection:
        for number in (1, 2):
            connection.exec_driver_sql(_ACCOUNT, (number, f"ren{number}", demo))
        connection.exec_driver_sql(_CHANGED)
    migrate(store)
    with store.reading() as connection:
        assert options.read(connection, "purpose") == ("demo" if demo else "earnest")
    assert [user.name for user in demo_accounts(store)] == (["ren1"] if demo else [])


@pytest.mark.parametrize("revision", ["0002", "0012", "0016"])
def test_what_an_older_version_reopened_is_owed_again(at: At, revision: str) -> None:
    """Its state alone was changed then; the days that had ended it stood on."""
    store = at(revision)
    released.fill(store, "reopened")
    day = "2026-02-03"
    with store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE leads SET state = 'verifying', deleted = 0, registered_at = '2026-01-01', "
            f"verified_on = '{day}', replied_on = '{day}', closed_on = '{day}' WHERE id = 2"
        )
        before, after = {"state": "closed"}, {"state": "verifying"}
        with clock.pretend(datetime(2026, 2, 28, 20, tzinfo=UTC)):
            change = audit.Change("update", "leads", 2, None, before, after, "重新办理：又有举报")
            audit.append(connection, SYSTEM, [change])
    migrate(store)
    settle(store)
    lead = records.get(store, SYSTEM, "leads", 2)
    assert lead["reopened_on"] == date(2026, 3, 1)
    assert [lead[key] for key in ("verified_on", "replied_on", "closed_on")] == [None] * 3
    assert lead["due_on"] is not None
    assert database_check.verify(store).faults == ()


def test_a_loss_would_be_seen(at: At) -> None:
    store = at(released.revisions()[0])
    released.fill(store, "")
    before, after = released.snapshot(store), released.snapshot(store)
    assert released.lost(before, after) == []
    after["institutions"][(1,)]["name"] = "另一个名字"
    del after["users"][(2,)]
    del after["options"]
    del after["petitions" if "petitions" in after else "areas"][(3,)]["path"]
    found = {fault.partition(":")[0].partition(" ")[0] for fault in released.lost(before, after)}
    assert found == {"institutions.name", "users", "options", "areas.path"}


def test_migrating_is_whole_or_nothing(at: At) -> None:
    breaks_off_clean(at)


def _migrate_and_end(store: Store) -> None:
    """Up to the newest schema, and out before it is kept."""
    with store.writing() as connection:
        released.command.upgrade(released.config_on(connection), "head")
        raise PulledPlug


def breaks_off_clean(at: At) -> None:
    """Broken off at its first, a middle and its last statement; for PostgreSQL too."""
    store = at(released.revisions()[0])
    released.fill(store, "broken off")
    before = released.schema_of(store), released.snapshot(store)
    with Breaking(store) as counting, pytest.raises(PulledPlug):
        _migrate_and_end(store)
    assert counting.statements > 50
    for last in (0, counting.statements // 2, counting.statements - 1):
        with Breaking(store, last), pytest.raises(PulledPlug):
            migrate(store)
        assert (released.schema_of(store), released.snapshot(store)) == before
    assert migrate(store) == "older"
    assert released.lost(before[1], released.snapshot(store)) == []
