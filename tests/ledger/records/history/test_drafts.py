"""Drafts: one person's, encrypted where they must be, gone after a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.operations import rotation
from ledger.records.history import drafts
from ledger.records.history.drafts import EXPIRES, TABLE, find, form_name, keep
from ledger.storage import Store
from ledger.storage.own_tables import drafts as table
from tests.ledger.operations.test_rotation import ADMIN
from tests.people import make_user, quick_hashing  # noqa: F401

LEAD, IN_TABLE = form_name("leads", 12), form_name("leads", TABLE)
TYPED = {"informant": "司马举报甲", "remarks": "写了一半"}


@pytest.fixture
def typing(store: Store, office: Actor) -> Actor:
    user = make_user(store, "zhangsan")
    return Actor(office.name, office.role, office.scope_code, office.scope_path, user.id)


def stored(store: Store) -> str:
    with store.reading() as connection:
        return str(connection.execute(select(table)).all())


def test_protected_texts_are_encrypted_in_a_draft(store: Store, typing: Actor) -> None:
    keep(store, typing, LEAD, TYPED, 3)
    edits = {"12": {"version": 3, "values": TYPED}}
    keep(store, typing, IN_TABLE, edits, None)
    assert "司马举报甲" not in stored(store)
    found = find(store, typing, LEAD)
    assert found is not None
    assert (found.values, found.version) == (TYPED, 3)
    in_table = find(store, typing, IN_TABLE)
    assert in_table is not None
    assert in_table.values == edits


def test_they_can_be_read_after_the_key_was_changed(store: Store, typing: Actor) -> None:
    keep(store, typing, LEAD, TYPED, 3)
    total = rotation.check(store, ADMIN).newest
    assert total == 1
    assert rotation.rotate(store, ADMIN).resealed == 1
    assert rotation.check(store, ADMIN).newest == 1
    found = find(store, typing, LEAD)
    assert found is not None
    assert found.values == TYPED


def test_a_draft_goes_after_a_while(
    store: Store, typing: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, typing, LEAD, TYPED, 3)
    later = clock.now() + EXPIRES + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert find(store, typing, LEAD) is None
    assert drafts.names(store, typing) == frozenset()
    keep(store, typing, IN_TABLE, {"13": {"version": 1, "values": {"remarks": "x"}}}, None)
    assert drafts.names(store, typing) == {IN_TABLE}


def test_nothing_of_an_erased_record_is_left_in_drafts(store: Store, typing: Actor) -> None:
    other = {"13": {"version": 1, "values": {"remarks": "留下"}}}
    keep(store, typing, LEAD, TYPED, 3)
    keep(store, typing, form_name("leads", 12, "step"), TYPED, 3)
    keep(store, typing, form_name("leads", 123), {"remarks": "留下"}, 1)
    keep(store, typing, IN_TABLE, {"12": {"version": 3, "values": TYPED}} | other, None)
    with store.writing() as connection:
        drafts.forget_record(connection, "leads", 12)
    assert drafts.names(store, typing) == {IN_TABLE, form_name("leads", 123)}
    in_table = find(store, typing, IN_TABLE)
    assert in_table is not None
    assert in_table.values == other
