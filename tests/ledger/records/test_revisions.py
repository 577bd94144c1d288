"""The numbers under which answers are kept are read once a run, until this process writes."""

from __future__ import annotations

from ledger.domain.access import SYSTEM
from ledger.records.history import audit
from ledger.records.revisions import read_revisions, revisions_read_once
from ledger.storage import Store, open_store


def _write(store: Store) -> None:
    with store.writing() as connection:
        audit.append(connection, SYSTEM, [audit.Change("option")])


def test_run_keeps_its_revisions_until_this_process_writes(store: Store) -> None:
    elsewhere = open_store(store.engine.url.render_as_string(hide_password=False))
    with revisions_read_once(store) as begun:
        _write(elsewhere)
        assert read_revisions(store) == begun, "what others write meanwhile is for the next run"
        _write(store)
        assert read_revisions(store).data == begun.data + 2
    assert read_revisions(store).data == begun.data + 2
    elsewhere.dispose()


def test_other_databases_are_read(store: Store) -> None:
    elsewhere = open_store(store.engine.url.render_as_string(hide_password=False))
    with revisions_read_once(store) as begun:
        _write(elsewhere)
        assert read_revisions(elsewhere).data == begun.data + 1
    elsewhere.dispose()
