"""The chain shows every edit, removal, reordering and cut made behind the application's back."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update

from ledger.domain.access import Actor
from ledger.records.history import audit, chain_check
from ledger.storage import Store
from ledger.storage.tables import chain_head, changes


@pytest.fixture
def logged(store: Store, system: Actor) -> Store:
    """A database with five entries."""
    for number in range(1, 6):
        with store.writing() as connection:
            change = audit.Change(
                "update", "institutions", 7, "YL-000007", {"beds": number}, {"beds": number + 1}
            )
            audit.append(connection, system, [change], batch=f"批{number}")
    return store


def faults(store: Store) -> tuple[str, ...]:
    with store.reading() as connection:
        return chain_check.verify(connection).faults


def test_untouched_chain_is_sound(logged: Store) -> None:
    with logged.reading() as connection:
        verdict = chain_check.verify(connection)
    assert (verdict.entries, verdict.sound) == (5, True)


@pytest.mark.parametrize("column", ["actor", "after", "reason", "at", "number"])
def test_edited_entry_is_found(logged: Store, column: str) -> None:
    with logged.writing() as connection:
        connection.execute(update(changes).where(changes.c.id == 3).values({column: "改"}))
    assert faults(logged) == ("第3条日志内容被改动",)


def test_removed_entry_is_found(logged: Store) -> None:
    with logged.writing() as connection:
        connection.execute(delete(changes).where(changes.c.id == 2))
    assert "第2条至第2条日志缺失" in faults(logged)


def test_cut_off_end_is_found(logged: Store) -> None:
    with logged.writing() as connection:
        connection.execute(delete(changes).where(changes.c.id == 5))
    assert faults(logged) == ("日志末尾缺失：应有5条，现有4条",)


def test_reordered_entries_are_found(logged: Store) -> None:
    with logged.writing() as connection:
        for old, new in [(2, 99), (3, 2), (99, 3)]:
            connection.execute(update(changes).where(changes.c.id == old).values(id=new))
    assert faults(logged)


def test_lost_head_is_found(logged: Store) -> None:
    with logged.writing() as connection:
        connection.execute(delete(chain_head))
    assert faults(logged) == ("日志链尾记录缺失",)


def test_history_of_a_record_is_newest_first(logged: Store) -> None:
    with logged.reading() as connection:
        entries = audit.history(connection, "institutions", 7)
    assert [entry.after["beds"] for entry in entries] == [6, 5, 4, 3, 2]
    assert entries[0].before == {"beds": 5}


def test_failed_transaction_leaves_no_entry(logged: Store, system: Actor) -> None:
    def fail() -> None:
        with logged.writing() as connection:
            audit.append(connection, system, [audit.Change("update")])
            connection.execute(text("SELECT 1/0 FROM nowhere"))

    with pytest.raises(Exception, match=r"nowhere|尚未建立"):
        fail()
    with logged.reading() as connection:
        assert chain_check.verify(connection).entries == 5
