"""How many statements one save takes: each costs a quarter of a millisecond, on every save."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from ledger.domain.access import SYSTEM
from ledger.records.service import Edit, create, get, save
from ledger.storage import Store


def test_a_save_reads_its_surroundings_with_two_statements(store: Store) -> None:
    record = create(store, SYSTEM, "institutions", {"name": "松柏院"})
    edit = Edit(record, get(store, SYSTEM, "institutions", record)["version"], {"beds": 12})
    told: list[str] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def _tell(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        told.append(" ".join(statement.split()))

    save(store, SYSTEM, "institutions", [edit])
    around = [one for one in told if "FROM rule_sets" in one or "FROM options" in one]
    assert len(around) == 3, around  # one of them is the revision of the areas
    assert len([one for one in told if not one.startswith("BEGIN")]) <= 10, told
