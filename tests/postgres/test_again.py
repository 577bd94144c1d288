"""What the server undoes for somebody else's sake is done again, and nobody notices."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from ledger.domain.access import SYSTEM
from ledger.domain.errors import StorageError
from ledger.records import service as records
from ledger.records.history import chain_check
from ledger.storage import Store, again, open_store, options
from ledger.storage.again import COUNTS, TRIES, tried_again
from ledger.storage.faults import GaveWay
from ledger.storage.joined import joined
from ledger.storage.key_check import require_nothing_sealed
from tests.postgres.cluster import Cluster

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for a pause."""
    monkeypatch.setattr(again, "_pause", lambda _: 0.0)


def undo_the_next(store: Store, times: int, code: str) -> None:
    """The server itself undoes the next so many saves as they write their log entry."""
    with store.engine.begin() as connection:
        connection.execute(text("DROP SEQUENCE IF EXISTS undone CASCADE"))
        # A sequence goes on counting whatever is undone.
        connection.execute(text("CREATE SEQUENCE undone"))
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF nextval('undone') <= {times} THEN "
                f"RAISE EXCEPTION 'undone' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE OR REPLACE TRIGGER undo BEFORE INSERT ON changes "
                "FOR EACH ROW EXECUTE FUNCTION undo()"
            )
        )


def counted(run: Callable[[], Any]) -> tuple[int, int]:
    """How many tries were made again, and how many services given up, while it ran."""
    before = COUNTS.again, COUNTS.given_up
    run()
    return COUNTS.again - before[0], COUNTS.given_up - before[1]


def edit(store: Store, record: int, remarks: str) -> None:
    row = records.get(store, SYSTEM, "institutions", record)
    one = records.Edit(record, row["version"], {"remarks": remarks})
    records.save(store, SYSTEM, "institutions", [one], token=f"token-{remarks}")


def history(store: Store) -> list[str]:
    with store.reading() as connection:
        assert chain_check.verify(connection).faults == ()
        query = text("SELECT action FROM changes WHERE ledger = 'institutions' ORDER BY id")
        return list(connection.execute(query).scalars())


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_save_that_was_undone_is_made_once(city: Store, code: str) -> None:
    record = records.create(city, SYSTEM, "institutions", {"name": "松柏院"})
    undo_the_next(city, TRIES - 1, code)
    assert counted(lambda: edit(city, record, "已核对")) == (TRIES - 1, 0)
    assert records.get(city, SYSTEM, "institutions", record)["remarks"] == "已核对"
    assert history(city) == ["create", "update"]


def test_a_save_that_is_undone_for_good_says_so_and_leaves_nothing(city: Store) -> None:
    record = records.create(city, SYSTEM, "institutions", {"name": "松柏院"})
    undo_the_next(city, 1000, "40001")

    def in_vain() -> None:
        with pytest.raises(GaveWay, match="没有保存。请再按一次保存"):
            edit(city, record, "已核对")

    assert counted(in_vain) == (TRIES - 1, 1)
    assert records.get(city, SYSTEM, "institutions", record)["version"] == 1
    assert history(city) == ["create"]
    undo_the_next(city, 0, "40001")
    edit(city, record, "已核对")
    assert history(city) == ["create", "update"]


def test_what_is_no_collision_is_not_tried_again(city: Store) -> None:
    undo_the_next(city, 1, "53100")  # the server's disk is full

    def refused() -> None:
        with pytest.raises(StorageError, match="磁盘空间已满"):
            records.create(city, SYSTEM, "institutions", {"name": "松柏院"})

    assert counted(refused) == (0, 0)


def test_within_a_caller_s_transaction_nothing_is_tried_again(city: Store) -> None:
    undo_the_next(city, 1, "40P01")

    def refused() -> None:
        with pytest.raises(GaveWay), joined(city) as whole:
            records.create(whole, SYSTEM, "institutions", {"name": "松柏院"})

    assert counted(refused) == (0, 0)
    assert history(city) == []


def test_a_deadlock_with_an_administrator_s_statements_ends_in_a_save(
    city: Store, server: Cluster
) -> None:
    record = records.create(city, SYSTEM, "institutions", {"name": "松柏院"})
    # Ours is the one who notices first, and so the one who is undone.
    with city.engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    server.sql(f"ALTER DATABASE {name} SET deadlock_timeout = '50ms'")
    city.dispose()
    both_hold_one, done = threading.Barrier(2), threading.Event()

    @tried_again
    def ours() -> None:
        with city.writing() as connection:
            options.write(connection, "kept", 1)
            connection.execute(text("SELECT 1 FROM institutions FOR UPDATE"))
            if not done.is_set():
                done.set()
                both_hold_one.wait(timeout=10)
            connection.execute(text("LOCK TABLE entities IN EXCLUSIVE MODE"))

    def theirs() -> None:
        with city.engine.connect() as connection:
            connection.execute(text("SET deadlock_timeout = '20s'"))
            connection.execute(text("LOCK TABLE entities IN EXCLUSIVE MODE"))
            both_hold_one.wait(timeout=10)
            connection.execute(text("UPDATE institutions SET beds = 7"))
            connection.commit()

    def at_once() -> None:
        other = threading.Thread(target=theirs)
        other.start()
        ours()
        other.join()

    assert counted(at_once) == (1, 0)
    assert records.get(city, SYSTEM, "institutions", record)["beds"] == 7
    with city.reading() as connection:
        assert options.read(connection, "kept") == 1


def test_serialisation_failures_end_in_all_saves(city: Store) -> None:
    """Four writers on one number without the writer lock, each in a SERIALIZABLE transaction."""
    strict = city.engine.execution_options(isolation_level="SERIALIZABLE")
    store = Store(city.engine, require_nothing_sealed)
    store._writer = strict
    with city.writing() as connection:
        options.write(connection, "counter", 0)
    together = threading.Barrier(4)

    @tried_again
    def add_one() -> None:
        with store.writing() as connection:
            found = options.read(connection, "counter")
            if not together.broken and first.pop(threading.get_ident(), False):
                together.wait(timeout=10)
            options.write(connection, "counter", found + 1)

    first: dict[int, bool] = {}

    def writer() -> None:
        first[threading.get_ident()] = True
        add_one()

    def at_once() -> None:
        threads = [threading.Thread(target=writer) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    tried, given_up = counted(at_once)
    assert tried >= 3
    assert given_up == 0
    with city.reading() as connection:
        assert options.read(connection, "counter") == 4


def test_a_stricter_default_of_the_server_undoes_nobody(city: Store, server: Cluster) -> None:
    """Under REPEATABLE READ whoever waited for the lock would see, and write, what was before."""
    with city.engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    server.sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    city.dispose()
    other = open_store(city.engine.url.render_as_string(hide_password=False))
    record = records.create(city, SYSTEM, "institutions", {"name": "松柏院"})

    def at_once() -> None:
        threads = []
        for at in range(4):
            store = (city, other)[at % 2]
            threads.append(threading.Thread(target=count_up, args=(store,)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def count_up(store: Store) -> None:
        for _ in range(5):
            with store.writing() as connection:
                options.bump(connection, "counter")

    assert counted(at_once) == (0, 0)
    with city.reading() as connection:
        assert options.read(connection, "counter") == 20
    edit(other, record, "已核对")
    assert history(city) == ["create", "update"]
    other.dispose()
