"""Searches and filters in the log: it holds that a text was typed, but not the text.

A name typed into a search would otherwise stay in the log, from which nothing can be removed.
Filters by choices, days and numbers are kept: they say which records were exported.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.columns import TEXTUAL, Ledger
from ledger.records.history import audit
from ledger.records.query import Condition, Selection
from ledger.storage.tables import changes

TYPED = "（输入的文字不记）"
# Row sets whose text is typed by a person: names of people.
_TYPED_SETS = frozenset({"official"})


def untyped(ledger: Ledger, selection: Selection) -> Selection:
    """The selection without the parts that hold typed text."""
    kept = tuple(one for one in selection.conditions if not _typed(ledger, one))
    return replace(selection, text="", conditions=kept)


def logged_filters(ledger: Ledger, selection: Selection) -> dict[str, Any]:
    """The filters of a selection as the log stores them; typed texts are replaced by `TYPED`."""
    return {
        "text": TYPED if selection.text else "",
        "area_path": selection.area_path,
        "conditions": [
            f"{ledger.label_of(one.key)} {one.operator} "
            f"{TYPED if _typed(ledger, one) else one.value}"
            for one in selection.conditions
        ],
        "deleted": selection.deleted,
    }


def searches_before(connection: Connection) -> list[dict[str, Any]]:
    """Entries of exports in which an earlier version stored the searched text, with that text
    removed: rows of ``changes`` for `ledger.records.history.audit.rewrite`."""
    query = select(changes).where(changes.c.action == "export").order_by(changes.c.id)
    found = []
    for row in connection.execute(query).mappings():
        after = json.loads(row["after"] or "{}")
        cleared = _cleared(after)
        if cleared != after:
            found.append({**row, "after": audit.canonical(cleared)})
    return found


def _typed(ledger: Ledger, condition: Condition) -> bool:
    if condition.operator == "set":
        return condition.key in _TYPED_SETS
    if condition.operator in ("in", "blank", "not_blank"):
        return False
    column = ledger.by_key.get(condition.key)
    return column is None or column.type in TEXTUAL


def _cleared(after: dict[str, Any]) -> dict[str, Any]:
    """An entry's content without what was typed: words searched, parts of texts, officials."""
    cleared = dict(after)
    conditions = after.get("conditions", [])
    if isinstance(conditions, list):
        kept = [_without_text(str(one)) for one in conditions]
        if kept != conditions:
            cleared["conditions"] = kept
    for key in ("text", "official"):
        if after.get(key):
            cleared[key] = TYPED
    if cleared != after:
        # The title contains the searched text too.
        cleared.pop("title", None)
    return cleared


def _without_text(condition: str) -> str:
    head, operator, typed = condition.partition(" contains ")
    return f"{head}{operator}{TYPED}" if typed else condition
