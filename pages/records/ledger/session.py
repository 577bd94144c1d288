"""What a ledger page remembers between two runs, in one place and under one key a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.records.history.drafts import form_name
from ledger.records.words_in_use import words_in_use
from ledger.storage import Store
from pages._text import plain
from pages._ui.cells import words
from pages._ui.drafts import Draft
from pages._views.address import SECTION, View, write_address
from pages.records.ledger.memory import Address, Memory

_DRAWN = "ledger-view-drawn"


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
