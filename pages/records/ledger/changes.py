"""Unsaved changes: what was typed for which record, against how that record was read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.domain.errors import Invalid
from ledger.records.entering import read_cell
from ledger.records.service import Edit, Preview
from pages._ui.badges import tier_word
from pages._ui.cells import words

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


@dataclass(frozen=True)
class CellChange:
    """One changed cell in words; ``problem`` says why it cannot be taken as it is."""

    number: str
    label: str
    before: str
    after: str
    problem: str | None = None


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
        return read_cell(atlas, actor, column, typed) != stored
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


def describe(
    ledger: Ledger, atlas: Atlas, actor: Actor, pendings: Iterable[Pending], preview: Preview
) -> list[CellChange]:
    """Every change as number · column · old → new, and every problem that the service found.

    A problem in a column that was not typed in (the area of a moved position) is a line of its own.
    """
    problems: dict[tuple[int | None, str | None], str] = {}
    for one in preview.problems:
        problems.setdefault((one.row, one.column), one.message)
    told: list[CellChange] = []
    for at, (pending, after) in enumerate(zip(pendings, preview.after, strict=True), start=1):
        for key, typed in pending.values.items():
            column = ledger.by_key[key]
            problem = problems.pop((at, column.label), None)
            was = words(column, pending.record.get(key), atlas, actor.scope_path)
            # A record that could be read stands as the service has it: its position may decide.
            stands = typed if problem or after is None else after[key]
            will = _in_words(column, stands, atlas, actor)
            told.append(CellChange(pending.number, column.label, was, will, problem))
        for row, label in [pair for pair in problems if pair[0] == at]:
            message = problems.pop((row, label))
            told.append(CellChange(pending.number, label or "", "", "", message))
    return told


def _in_words(column: Column, typed: Any, atlas: Atlas, actor: Actor) -> str:
    try:
        return words(column, read_cell(atlas, actor, column, typed), atlas, actor.scope_path)
    except ValueRefused:
        return str(typed)


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


def problem_lines(invalid: Invalid, pendings: Sequence[Pending]) -> list[str]:
    """The service's problems with each row's number instead of its position."""
    lines = []
    for problem in invalid.problems:
        named = problem.row is not None and 0 < problem.row <= len(pendings)
        only = len(pendings) == 1
        number = pendings[(problem.row or 1) - 1].number if named or only else ""
        place = " · ".join(part for part in (number, problem.column or "") if part)
        lines.append(f"{place}：{problem.message}" if place else problem.message)
    return lines


def fingerprint(pendings: Iterable[Pending], salt: str) -> str:
    """A token for saving exactly these changes: pressing twice saves once."""
    content = [
        [pending.record.get("id"), pending.record.get("version"), sorted(pending.values.items())]
        for pending in pendings
    ]
    text = json.dumps([salt, content], default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def tier_moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """``风险等级:二类 → 四类`` if a save moved the tier."""
    if before.get("tier") == after.get("tier"):
        return None
    return f"风险等级：{tier_word(before.get('tier'))} → {tier_word(after.get('tier'))}"
