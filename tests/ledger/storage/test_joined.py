"""Service calls joined to one transaction: whole or not at all."""

from __future__ import annotations

from contextlib import suppress

import pytest

from ledger.domain.errors import StorageError
from ledger.storage import Store, options
from ledger.storage.joined import joined


def stored(store: Store) -> object:
    with store.reading() as connection:
        return options.read(connection, "kept")


def put(store: Store, value: int) -> None:
    with store.writing() as connection:
        options.write(connection, "kept", value)
        if value < 0:
            raise ValueError(value)


def test_what_all_calls_wrote_is_kept(store: Store) -> None:
    with joined(store) as whole:
        put(whole, 1)
        assert stored(whole) == 1
        put(whole, 2)
    assert stored(store) == 2


def test_a_failed_call_undoes_the_whole_even_if_it_is_caught(store: Store) -> None:
    def go_on_after_a_failure() -> None:
        with joined(store) as whole:
            put(whole, 1)
            with suppress(ValueError):
                put(whole, -1)

    with pytest.raises(StorageError, match="全部没有写入"):
        go_on_after_a_failure()
    assert stored(store) is None
