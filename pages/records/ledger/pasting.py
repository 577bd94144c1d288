"""A block that is pasted into the table of a ledger: read by the one parser, and nothing of it is
lost unseen.

The grid of the browser passes over what its cells cannot hold: ５６, 5.6万, a word that a drop-down
does not know. So the browser (pages/_web/static/paste.js) sends the texts as they were pasted. Each
becomes an edit like a typed one; one that cannot be read stays an edit, which the review refuses
by record and column.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import streamlit as st

from ledger.domain.columns import Column, ValueRefused
from ledger.records.entering import read_cell
from ledger.records.typed import Pending, put
from pages._text import clip
from pages._ui.cells import shown_value
from pages.records.ledger.session import Desk
from pages.records.ledger.typed_edits import editable, typed_edits, typed_in

_MOST_NAMED = 5
_NAME, _TEXT = 20, 24
# The table shows 200 rows at most.
_MOST_CELLS = 200 * 100


class Refused(NamedTuple):
    """A pasted text that is not taken as it is: where it was to stand, and why."""

    name: str
    label: str
    why: str


def show_paste_relay(desk: Desk) -> None:
    """The field, in nobody's sight, into which the browser writes what was pasted."""
    if not editable(desk):
        return
    key = f"pasted-{desk.ledger.key}"

    def pasted() -> None:
        take_paste(desk, str(st.session_state[key] or ""))

    st.text_area("粘贴的内容", key=key, on_change=pasted, label_visibility="collapsed")


def take_paste(desk: Desk, sent: str) -> None:
    """Make edits of the texts that the browser sent, and say what of them was not taken."""
    memory, sheet = desk.memory, desk.memory.sheet
    if sheet is None or not editable(desk):
        return
    cells, beyond = _read(sent)
    rows = {str(row["number"]): row for row in sheet.rows}
    edits, refused = typed_edits(desk), list[Refused]()
    for number, key, text in cells:
        row = rows.get(number)
        if row is None or (column := desk.ledger.by_key.get(key)) is None:
            continue
        pending = edits.setdefault(row["id"], Pending(row))
        name = str(row.get(desk.ledger.title) or number)
        if not typed_in(desk.ledger, key):
            if text.strip() not in ("", _shown(desk, column, row.get(key))):
                why = f"“{clip(text, _TEXT)}”没有填入，这一列不能在表格里修改"
                refused.append(Refused(name, column.label, why))
            continue
        value, why = _value(desk, column, text)
        put(desk.ledger, desk.atlas, desk.actor, pending, key, value)
        if why:
            refused.append(Refused(name, column.label, why))
    memory.edits = {key: one for key, one in edits.items() if one.values}
    memory.pasted = _said(refused, beyond)
    memory.sheet = None


def _read(sent: str) -> tuple[list[tuple[str, str, str]], int]:
    """(编号, column, text) of each cell, and how many texts fell beyond the table."""
    try:
        given = json.loads(sent)
        cells = [(str(one[0]), str(one[1]), str(one[2])) for one in given["cells"][:_MOST_CELLS]]
        return cells, int(given["beyond"])
    except (ValueError, TypeError, KeyError, IndexError):
        return [], 0


def _value(desk: Desk, column: Column, text: str) -> tuple[Any, str]:
    """What the cell then holds: the value as the table shows it, or the text and why it is none."""
    try:
        value = read_cell(desk.atlas, desk.actor, column, text)
    except ValueRefused as refused:
        return text, str(refused)
    if column.rule.masked:
        return text, ""  # shown as it was typed, until it is saved
    shown = shown_value(column, value, desk.atlas, desk.actor.scope_path)
    return shown.isoformat() if hasattr(shown, "isoformat") else shown, ""


def _shown(desk: Desk, column: Column, stored: Any) -> str:
    return str(shown_value(column, stored, desk.atlas, desk.actor.scope_path) or "")


def _said(refused: Iterable[Refused], beyond: int) -> str:
    """What was not taken, in one paragraph; empty where everything was."""
    every = list(refused)
    lines = [f"{clip(one.name, _NAME)} · {one.label}：{one.why}" for one in every[:_MOST_NAMED]]
    if len(every) > _MOST_NAMED:
        lines.append(f"…另有 {len(every) - _MOST_NAMED} 处，核对时逐一列出")
    said = [f"粘贴的内容有 {len(every)} 处没有读出来。" + "；".join(lines)] if every else []
    if beyond:
        said.append(f"粘贴的内容比表格多出 {beyond} 格，多出的没有填入。")
    return " ".join(said)
