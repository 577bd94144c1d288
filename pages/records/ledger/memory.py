"""What a ledger page remembers between two runs: what was typed and what is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

import streamlit as st
from markupsafe import Markup

from ledger.domain.errors import Conflict
from ledger.exchange.importing.duplicates import Likeness
from ledger.people.own_columns import OwnColumns
from ledger.records.typed import Pendings
from pages.records.ledger.drawn_lists import Beside, Sheet

Address = dict[str, list[str]]
_MEMORY = "ledger-page-"
Mood = Literal["success", "warning", "error", "info"]


@dataclass
class Memory:
    """The state of one ledger page of one visitor."""

    sheet: Sheet | None = None
    edits: Pendings = field(default_factory=dict)
    picked: frozenset[int] = frozenset()
    words: tuple[int, Mapping[str, tuple[str, ...]]] | None = None
    restored: str = ""
    pasted: str = ""
    opened: dict[str, Any] | None = None
    beside: Beside | None = None
    section: str = ""
    left: int | None = None
    odd: tuple[Any, Mapping[str, tuple[str, ...]]] = (None, {})
    twin: tuple[Any, Likeness | None] = (None, None)
    referable: dict[str, tuple[Any, dict[str, str]]] = field(default_factory=dict)
    people: Markup | None = None
    focus: str | None = None
    turn: int = 0
    adding: str | None = None
    reviewing: str | None = None
    salt: str = field(default_factory=lambda: uuid4().hex)
    name: str = field(default_factory=lambda: uuid4().hex[:8])
    generation: int = 0
    shown_ids: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    own: OwnColumns | None = None
    told: list[tuple[Mood, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    fresh: dict[str, Any] = field(default_factory=dict)
    clash: Conflict | None = None

    def next_key(self, kind: str) -> str:
        """A widget key that was never used before: a fresh widget without old state.

        Nor in an earlier session: a browser that comes back after a long cut sends what its widgets
        held, and the edits of a table count by rows that may be others by now.
        """
        self.generation += 1
        return f"{kind}-{self.name}-{self.generation}"

    def tell(self, mood: Mood, text: str) -> None:
        """Show a message on the next run, which may follow at once."""
        self.told.append((mood, text))

    def jump_to(self, column_key: str) -> None:
        """Put the cursor into the field of a column once it is drawn
        (pages/_web/static/record.js)."""
        self.focus, self.turn = column_key, self.turn + 1

    def forget_review(self) -> None:
        """Close the review; a next one is another save."""
        self.reviewing, self.clash, self.refused, self.salt = None, None, [], uuid4().hex


def drop_sheets(*, but: str) -> None:
    """Let go of the tables of ledger pages that are not on show; ``but`` names the one that is.

    A page builds its table anew when it comes back. Seven of them weighed a megabyte and a half,
    for every tab, and for two minutes after it was closed.
    """
    for key, value in st.session_state.items():
        if isinstance(value, Memory) and key != f"{_MEMORY}{but}":
            value.sheet = value.beside = None
            value.referable.clear()
            value.people = None
            value.told.clear()  # what was done there is no news any more


def memory(ledger_key: str) -> Memory:
    """The memory of this visitor's page of that ledger."""
    key = f"{_MEMORY}{ledger_key}"
    if key not in st.session_state:
        st.session_state[key] = Memory()
    return st.session_state[key]
