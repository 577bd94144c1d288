"""Unsaved changes in words, and the token under which they are saved once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Column, Ledger, ValueRefused
from ledger.domain.errors import Invalid
from ledger.records.entering import read_cell
from ledger.records.save_preview import Preview
from ledger.records.typed import Pending
from pages._ui.badges import tier_word
from pages._ui.cells import words


@dataclass(frozen=True)
class CellChange:
    """One changed cell in words; ``problem`` says why it cannot be taken as it is, ``name`` what
    the record is called beside its number."""

    number: str
    label: str
    before: str
    after: str
    problem: str | None = None
    name: str = ""


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
        name = str(pending.record.get(ledger.title) or "")
        for key, typed in pending.values.items():
            column = ledger.by_key[key]
            problem = problems.pop((at, column.label), None)
            was = words(column, pending.record.get(key), atlas, actor.scope_path)
            # A record that could be read stands as the service has it: its position may decide.
            stands = typed if problem or after is None else after[key]
            will = _in_words(column, stands, atlas, actor)
            told.append(CellChange(pending.number, column.label, was, will, problem, name))
        for row, label in [pair for pair in problems if pair[0] == at]:
            message = problems.pop((row, label))
            told.append(CellChange(pending.number, label or "", "", "", message, name))
    return told


def _in_words(column: Column, typed: Any, atlas: Atlas, actor: Actor) -> str:
    try:
        return words(column, read_cell(atlas, actor, column, typed), atlas, actor.scope_path)
    except ValueRefused:
        return str(typed)


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
