"""Unsaved edits: what was typed for which record, compared with the record as it was read."""

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
    """One record as it was read, and the unsaved cells by column key."""

    record: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return str(self.record.get("number") or "新记录")


Pendings = dict[int, Pending]


def differs(column: Column, typed: Any, stored: Any, atlas: Atlas, actor: Actor) -> bool:
    """Whether a typed cell has another value than the stored one.

    Protected texts are stored sealed and shown masked: a blank or the mask itself is no change.
    A text that cannot be read counts as different.
    """
    if column.rule.masked and typed in (None, "", column.format(stored)):
        return False
    # A shown text may lose part of the value: a moment is shown without its seconds.
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
    """The unsaved edits ``base`` and those of a table, whose keys are *positions* in ``rows``.

    A cell that was set back to its stored value is no longer an edit.
    """
    merged = {key: Pending(one.record, dict(one.values)) for key, one in base.items()}
    for position, cells in typed_rows.items():
        row = rows[int(position)]
        pending = merged.setdefault(row["id"], Pending(row))
        for key, typed in cells.items():
            put(ledger, atlas, actor, pending, key, typed)
    return {key: one for key, one in merged.items() if one.values}


def put(ledger: Ledger, atlas: Atlas, actor: Actor, pending: Pending, key: str, typed: Any) -> None:
    """Add one typed cell to the edits, or remove it if it has the stored value."""
    column = ledger.by_key.get(key)
    if column is None or column.computed:
        return
    if differs(column, typed, pending.record.get(key), atlas, actor):
        pending.values[key] = typed
    else:
        pending.values.pop(key, None)


def edits_of(atlas: Atlas, actor: Actor, ledger: Ledger, pendings: Iterable[Pending]) -> list[Edit]:
    """The edits for `service.save`."""
    return [
        Edit(
            pending.record["id"],
            pending.record["version"],
            _sent_values(atlas, actor, ledger, pending),
        )
        for pending in pendings
    ]


def _sent_values(atlas: Atlas, actor: Actor, ledger: Ledger, pending: Pending) -> dict[str, Any]:
    """The typed values; if the position was emptied, the present area is sent as chosen by hand."""
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
        return typed  # the service refuses it with a problem


def read_new(
    ledger: Ledger, atlas: Atlas, actor: Actor, typed: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a new record without blanks, and the problems in Chinese, by column key."""
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
