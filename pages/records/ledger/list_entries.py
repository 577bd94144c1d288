"""The entries of the list beside an opened record: 编号, name and state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.records import service as records
from pages._ui.badges import look_of
from pages.records.ledger.drawn_lists import Beside, Entry
from pages.records.ledger.session import Desk

NAME = 40


def listing(desk: Desk) -> Beside:
    """The records of the page on show; read anew for another view, not after every save."""
    view = desk.view
    signature = (view.selection, view.page, view.size)
    if desk.memory.beside is None or desk.memory.beside.signature != signature:
        page = records.search(
            desk.store, desk.actor, desk.ledger.key, view.selection, page=view.page, size=view.size
        )
        entries = tuple(entry_of(desk, row) for row in page.rows)
        first = (page.number - 1) * page.size + 1
        desk.memory.beside = Beside(signature, entries, first, page.total, page.pages)
    return desk.memory.beside


def entry_of(desk: Desk, row: Mapping[str, Any]) -> Entry:
    ledger = desk.ledger
    name = str(row.get(ledger.title) or "未命名")
    return Entry(int(row["id"]), str(row["number"]), name, _state(desk, row))


def _state(desk: Desk, row: Mapping[str, Any]) -> str:
    if desk.ledger.judged:
        look = look_of(row["tier"])
        return f"{look.shape} {look.word}"
    key = desk.ledger.counted
    return "" if key is None else desk.ledger.by_key[key].format(row.get(key))
