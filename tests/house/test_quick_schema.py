"""The quick way to an empty database (tests/quick_schema.py) leads where the migrations lead."""

from __future__ import annotations

from pathlib import Path

from ledger.storage import Store, migrate, open_store
from tests.quick_schema import Statement, real_migrations, statements_of


def made(path: Path) -> list[Statement]:
    store: Store = open_store(f"sqlite:///{path.as_posix()}")
    assert migrate(store) == "empty"
    with store.reading() as connection:
        found = statements_of(connection)
    store.dispose()
    return found


def test_the_quick_schema_is_that_of_the_migrations(tmp_path: Path) -> None:
    with real_migrations():
        expected = made(tmp_path / "migrated.db")
    made(tmp_path / "first.db")
    quick = made(tmp_path / "quick.db")
    assert len(expected) > 50
    assert [text for text, _ in quick] == [text for text, _ in expected]
    assert quick == expected
