"""What was typed for which record, against how that record was read; not saved yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.records.entering import read_cell
from ledger.records.service import Edit

TypedRows = Mapping[Any, Mapping[str, Any]]


@dataclass
class Pending:
    """One record as it was read, and what was typed since, by column key."""

    record: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return str(self.record.get("number") or "新记录")


Pendings = dict[int, Pending]


def differs(column: Column, typed: Any, stored: Any, atlas: Atlas, actor: Actor) -> bool:
    """Whether what was typed means something else than what is stored.

    Protected texts are stored sealed and shown masked: a blank, or the mask itself, is no change.
    """
    if column.rule.masked and typed in (None, "", column.format(stored)):
        return False
    # What is shown is not always what would be read: a moment is shown to the minute.
    if stored is not None and typed == column.format(stored):
        return False
    try:
        return bool(read_cell(atlas, actor, column, typed) != stored)
    except ValueRefused:
        return True


def merge(
    ledger: Ledger,
    atlas: Atlas,
    actor: Actor,
    base: Mapping[int, Pending],
    rows: Sequence[Mapping[str, Any]],
    typed_rows: TypedRows,
) -> Pendings:
    """Unsaved changes so far, and those of a table whose row *positions* are those of ``rows``.

    A cell that was set back to what is stored is no change any more.
    """
    merged = {key: Pending(one.record, dict(one.values)) for key, one in base.items()}
    for position, cells in typed_rows.items():
        row = rows[int(position)]
        pending = merged.setdefault(row["id"], Pending(row))
        for key, typed in cells.items():
            put(ledger, atlas, actor, pending, key, typed)
    return {key: one for key, one in merged.items() if one.values}


def put(ledger: Ledger, atlas: Atlas, actor: Actor, pending: Pending, key: str, typed: Any) -> None:
    """Note what was typed into one cell, or forget it if that is what is stored."""
    column = ledger.by_key.get(key)
    if column is None or column.computed:
        return
    if differs(column, typed, pending.record.get(key), atlas, actor):
        pending.values[key] = typed
    else:
        pending.values.pop(key, None)


def edits_of(atlas: Atlas, actor: Actor, ledger: Ledger, pendings: Iterable[Pending]) -> list[Edit]:
    """What the service is asked to save."""
    return [
        Edit(
            pending.record["id"],
            pending.record["version"],
            _sent_values(atlas, actor, ledger, pending),
        )
        for pending in pendings
    ]


def _sent_values(atlas: Atlas, actor: Actor, ledger: Ledger, pending: Pending) -> dict[str, Any]:
    """The typed values; without its position a record stays in its area, now as chosen by hand."""
    sent = {
        key: _sent(atlas, actor, ledger.by_key[key], typed) for key, typed in pending.values.items()
    }
    unplaced = any(
        ledger.by_key[key].type in (ColumnType.LONGITUDE, ColumnType.LATITUDE) and value is None
        for key, value in sent.items()
    )
    kept = pending.record.get("area_code")
    if unplaced and kept is not None and "area_code" not in sent:
        sent["area_code"] = kept
    return sent


def _sent(atlas: Atlas, actor: Actor, column: Column, typed: Any) -> Any:
    try:
        return read_cell(atlas, actor, column, typed)
    except ValueRefused:
        return typed  # the service says it again for every cell


def read_new(
    ledger: Ledger, atlas: Atlas, actor: Actor, typed: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a new record, blanks left out, and what is wrong by column key, in Chinese."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for column in ledger.editable:
        try:
            value = read_cell(atlas, actor, column, typed.get(column.key))
        except ValueRefused as refused:
            problems[column.key] = str(refused)
            continue
        if value is not None:
            values[column.key] = value
        elif column.required:
            problems[column.key] = "必须填写"
    return values, problems
