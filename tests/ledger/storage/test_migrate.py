"""The schema that migrations make is the one the program expects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from ledger.domain.errors import StorageError
from ledger.storage import Store, migrate, open_store, schema_state
from ledger.storage.schema import metadata


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    yield store
    store.dispose()


def test_migrations_make_the_declared_tables(empty: Store) -> None:
    assert migrate(empty) == "empty"
    with empty.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(empty: Store) -> None:
    migrate(empty)
    assert (migrate(empty), schema_state(empty)) == ("current", "current")


def test_database_of_a_newer_program_is_refused_and_untouched(empty: Store) -> None:
    migrate(empty)
    with empty.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema_state(empty) == "newer"
    with pytest.raises(StorageError, match="先升级程序"):
        migrate(empty)
    assert schema_state(empty) == "newer"


def test_database_without_tables_says_how_to_make_them(empty: Store) -> None:
    with pytest.raises(StorageError, match="ledger init"), empty.reading() as connection:
        connection.execute(text("SELECT * FROM institutions"))
