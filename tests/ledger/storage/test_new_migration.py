"""The command that writes migrations: nothing without a change, plain types, all that SQLite and
PostgreSQL need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Column, Index, Integer, Table

from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.storage import Store, migrate, open_store, tallying
from ledger.storage.new_migration import write_migration
from ledger.storage.schema import Id, Moment, PathText, metadata
from ledger.storage.tables import LEDGER_TABLES

# The command compares in an empty SQLite database of its own.
pytestmark = pytest.mark.sqlite_only

KEPT = {key: ledger for key, ledger in LEDGERS.items() if key != "areas"}


@pytest.fixture
def new_table() -> Iterator[Table]:
    """A table that no migration makes."""
    table = Table(
        "unheard_of",
        metadata,
        Column("id", Id, primary_key=True),
        Column("at", Moment, nullable=False),
        Column("path", PathText),
    )
    yield table
    metadata.remove(table)


@pytest.fixture
def new_column() -> Iterator[Table]:
    """A required column of a ledger that no migration adds."""
    table = LEDGER_TABLES["outreach"]
    column: Column[int] = Column("visitors", Integer, nullable=False)
    table.append_column(column)
    yield table
    table._columns.remove(column)  # type: ignore[attr-defined]


def test_nothing_is_written_while_declarations_and_migrations_agree(tmp_path: Path) -> None:
    assert write_migration("nothing", tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_new_table_is_written_in_plain_types(tmp_path: Path, new_table: Table) -> None:
    written = write_migration("unheard", tmp_path)
    assert written is not None
    assert written.summary == "New table unheard_of"
    text = written.file.read_text(encoding="utf-8")
    compile(text, str(written.file), "exec")
    assert "ledger." not in text
    assert "sa.Column('at', sa.DateTime(timezone=True), nullable=False)" in text
    assert "sa.Text(collation='C'), 'postgresql')" in text


def test_a_new_column_leaves_the_table_and_its_triggers(tmp_path: Path, new_column: Table) -> None:
    """In SQLite a table that is made anew loses its triggers."""
    written = write_migration("visitors", tmp_path)
    assert written is not None
    assert written.without_value == ("outreach.visitors",)
    text = written.file.read_text(encoding="utf-8")
    assert "op.add_column('outreach', sa.Column('visitors', sa.Integer(), nullable=False))" in text
    assert "op.drop_column('outreach', 'visitors')" in text
    assert "batch" not in text
    assert "TALLY" not in text


def test_a_table_made_anew_gets_its_triggers_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LEDGER_TABLES["outreach"].c.place, "nullable", False)
    written = write_migration("place", tmp_path)
    assert written is not None
    text = written.file.read_text(encoding="utf-8")
    assert "batch_op.alter_column" in text
    assert "CREATE TRIGGER tally_outreach_insert" in text
    assert "INSERT INTO tallies" in text


def test_nothing_is_imported_that_is_not_used(tmp_path: Path) -> None:
    """Types are named where there are columns, not where only an index changes."""
    table = LEDGER_TABLES["outreach"]
    index = Index("outreach_by_place", table.c.place)
    try:
        written = write_migration("by_place", tmp_path)
    finally:
        table.indexes.remove(index)
    assert written is not None
    text = written.file.read_text(encoding="utf-8")
    assert "op.create_index('outreach_by_place'" in text
    assert text.splitlines()[4:6] == ["from alembic import op", ""]
    assert "sqlalchemy" not in text


@pytest.mark.parametrize("name", ["", "../x", "Name", "新", "a b"])
def test_a_name_that_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="迁移名"):
        write_migration(name, tmp_path)


@pytest.fixture
def migrated(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    migrate(store)
    yield store
    store.dispose()


@pytest.mark.parametrize("key", KEPT)
def test_every_ledger_is_counted_as_it_declares(migrated: Store, key: str) -> None:
    """The triggers that migrations made are those that a new migration would write."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
    with migrated.reading() as connection:
        there = connection.exec_driver_sql(query, (key,)).scalars().all()
    wanted = tallying.trigger_statements(LEDGERS[key], tallying.SQLITE)
    assert {" ".join(one.split()) for one in there} == {" ".join(one.split()) for one in wanted}


def test_a_ledger_without_a_choice_is_counted_as_a_whole() -> None:
    """Its table could not even be made (`StopIteration`)."""
    outreach = LEDGERS["outreach"]
    columns = tuple(one for one in outreach.columns if not one.choices)
    plain = replace(outreach, columns=columns, shown=())
    assert plain.counted is None
    assert "('outreach', NEW.deleted, coalesce(NEW.area_path, ''), '', '', 1)" in " ".join(
        " ".join(tallying.trigger_statements(plain, tallying.SQLITE)).split()
    )
