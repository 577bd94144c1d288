"""What a ledger page remembers between two runs, in one place and under one key a ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

import pandas as pd
import streamlit as st
from markupsafe import Markup

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Conflict
from ledger.exchange.importing.duplicates import Likeness
from ledger.people.own_columns import OwnColumns
from ledger.records.history.drafts import form_name
from ledger.records.typed import Pendings
from ledger.records.words_in_use import words_in_use
from ledger.storage import Store
from pages._text import plain
from pages._ui.cells import words
from pages._ui.drafts import Draft
from pages._views.address import SECTION, View, write_address

Address = dict[str, list[str]]
_DRAWN = "ledger-view-drawn"
_MEMORY = "ledger-page-"
Mood = Literal["success", "warning", "error", "info"]


@dataclass(frozen=True)
class Sheet:
    """The table exactly as it is shown: edits are counted by its row positions.

    ``keys`` are its columns, ``asked`` those that the visitor wants by now: they may have drawn
    columns elsewhere in their browser, which shows them so already.
    """

    key: str
    signature: tuple[Any, ...]
    rows: Sequence[dict[str, Any]]
    keys: tuple[str, ...]
    asked: tuple[str, ...]
    widths: Mapping[str, int]
    frame: pd.DataFrame
    base: Pendings
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Entry:
    """One line of the list beside an opened record."""

    id: int
    number: str
    name: str
    state: str


@dataclass(frozen=True)
class Beside:
    """The list beside an opened record: its order stays while records are opened and saved."""

    signature: tuple[Any, ...]
    entries: tuple[Entry, ...]
    first: int
    total: int
    pages: int


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


@dataclass(frozen=True)
class Desk:
    """Everything that a piece of a ledger page works with during one run."""

    ledger: Ledger
    store: Store
    actor: Actor
    atlas: Atlas
    revision: int
    view: View
    memory: Memory
    csrf: str = ""

    def may(self, action: Action) -> bool:
        return self.actor.may(action, self.ledger.key)

    def draft(self, record_id: int | str | None, part: str = "") -> Draft:
        """The draft of a form of this page: of a record, of a part of one, or of a new one."""
        return Draft(self.store, self.actor, form_name(self.ledger.key, record_id, part))

    def offered(self, key: str) -> tuple[str, ...]:
        """The words that a suggested column of the ledger holds already."""
        kept = self.memory.words
        if kept is None or kept[0] != self.revision:
            kept = (self.revision, words_in_use(self.store, self.actor, self.ledger.key))
            self.memory.words = kept
        return kept[1].get(key, ())

    def words(self, key: str, value: Any) -> str:
        """A stored value of one column in words."""
        return words(self.ledger.by_key[key], value, self.atlas, self.actor.scope_path)


def now_shown(view: View) -> None:
    """Note the view that this run draws: buttons and fields of it lead on from there."""
    st.session_state[_DRAWN] = (_address(), write_address(view))


def go(view: View) -> None:
    """Show another view: the address is the one place where a view is kept.

    A click brings along what was typed before it. If that has led to another view already (a
    search, say), only what ``view`` changes in the view that was drawn is changed.
    """
    target, now = write_address(view), _address()
    raw, drawn = st.session_state.get(_DRAWN, (now, {}))
    address = target if now == raw else amended(now, drawn, target)
    if "record" not in address:
        address = {key: values for key, values in address.items() if key != SECTION}
    st.query_params.from_dict(address)


def amended(now: Address, drawn: Address, target: Address) -> Address:
    """The address ``now`` with every parameter in which ``target`` differs from ``drawn``."""
    keys = dict.fromkeys((*now, *target))
    kept = {key: (now if target.get(key) == drawn.get(key) else target).get(key) for key in keys}
    return {key: values for key, values in kept.items() if values is not None}


def _address() -> Address:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def show_told(desk: Desk) -> None:
    """What the last save did; shown once."""
    for mood, text in desk.memory.told:
        {"success": st.success, "warning": st.warning, "error": st.error, "info": st.info}[mood](
            plain(text, 400)
        )
    desk.memory.told.clear()


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
