"""The schema that migrations make is the one the program expects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from ledger.domain.errors import StorageError
from ledger.storage import Store, migrate, open_store, schema_state
from ledger.storage.new_migration import is_declared
from ledger.storage.revisions import MIGRATIONS, known_revisions, newest_revision, revision_of
from ledger.storage.schema import metadata


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    yield store
    store.dispose()


def test_migrations_make_the_declared_tables(empty: Store) -> None:
    assert migrate(empty) == "empty"
    opts = {"compare_type": True, "include_name": is_declared}
    with empty.reading() as connection:
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_revisions_are_those_that_alembic_reads(empty: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [newest_revision()]
    assert known_revisions() == {one.revision for one in script.walk_revisions()}
    with empty.reading() as connection:
        assert revision_of(connection) is None
    migrate(empty)
    with empty.reading() as connection:
        told = MigrationContext.configure(connection).get_current_revision()
        assert revision_of(connection) == told == newest_revision()


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
