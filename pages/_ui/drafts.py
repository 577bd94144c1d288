"""Drafts of forms: typed text is stored in the database and restored after a lost session.

One way for every form and for the table: looked for once a session, written only when something
else stands in the form than was written last, gone when the form is saved or given up. A reload, a
connection lost for longer than the session lives and a restart of the server are all the same: the
session is new, and the draft is taken up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.records.history import drafts
from ledger.records.history.drafts import KeptDraft
from ledger.storage import Store
from pages._text import plain

_KNOWN, _NAMES = "drafts", "drafts-of-earlier-sessions"
# The save's token travels with the draft: a save that was made just before the connection broke is
# known by it, and pressing again from the draft adds nothing.
TOKEN = "_token"  # noqa: S105 - the name of a field


@dataclass
class _Known:
    """The state of one draft in this session."""

    waiting: KeptDraft | None
    values: Mapping[str, Any] | None
    version: int | None
    at: datetime | None
    restored: bool = False


class Draft:
    """The draft of one form of one visitor, named by `ledger.records.history.drafts.form_name`."""

    def __init__(self, store: Store, actor: Actor, name: str) -> None:
        self.store, self.actor, self.name = store, actor, name

    def _known(self) -> _Known:
        known: dict[str, _Known] = st.session_state.setdefault(_KNOWN, {})
        if self.name not in known:
            found = self._find()
            known[self.name] = (
                _Known(None, None, None, None)
                if found is None
                else _Known(found, found.values, found.version, found.updated_at)
            )
        return known[self.name]

    def _find(self) -> KeptDraft | None:
        if _NAMES not in st.session_state:
            st.session_state[_NAMES] = drafts.names(self.store, self.actor)
        if self.name[:120] not in st.session_state[_NAMES]:
            return None
        return drafts.find(self.store, self.actor, self.name)

    def waiting(self) -> KeptDraft | None:
        """The draft of an earlier session, until it is taken up or discarded."""
        return self._known().waiting

    def take(self) -> None:
        """Note that the form shows the draft of an earlier session again."""
        known = self._known()
        known.waiting, known.restored = None, True

    def rest(self) -> None:
        """The form is left without a decision: what is kept waits to be taken up again."""
        known = self._known()
        if known.values is not None and known.at is not None:
            known.waiting = KeptDraft(known.values, known.version, known.at)

    @property
    def kept_at(self) -> datetime | None:
        """When it was written last; None if nothing is kept."""
        known = self._known()
        return None if known.values is None else known.at

    @property
    def values(self) -> Mapping[str, Any]:
        """What was written last."""
        return self._known().values or {}

    @property
    def version(self) -> int | None:
        """The version of the record on which it was written."""
        return self._known().version

    def keep(self, values: Mapping[str, Any], version: int | None = None) -> None:
        """Write what was typed if it changed; without anything typed the draft goes."""
        known, given = self._known(), storable(values)
        if known.waiting is not None:
            return  # nobody has decided about the earlier one yet
        if not given:
            self.discard()
        elif given != known.values or version != known.version:
            try:
                drafts.keep(self.store, self.actor, self.name, given, version)
            except LedgerError as error:
                st.warning(f"草稿没有保存：{plain(error, 300)}", icon=":material/warning:")
                return
            known.values, known.version, known.at = given, version, clock.now()

    def discard(self) -> None:
        """The form was saved or given up: nothing of it comes back."""
        known = self._known()
        if known.values is not None:
            drafts.discard(self.store, self.actor, self.name)
        st.session_state[_KNOWN][self.name] = _Known(None, None, None, None)

    def show_restored(self, what: str = "") -> None:
        """Say that the form holds what was typed in an earlier session, and since when."""
        known = self._known()
        if known.restored and known.at is not None:
            named = f"：{plain(what, 200)}" if what else ""
            st.info(
                f"已恢复上次没有保存的内容{named}。请核对后继续。", icon=":material/restore_page:"
            )

    def refill(self, fields: Mapping[str, str]) -> None:
        """Put a waiting draft into widgets by their keys (name → key), before they are drawn."""
        draft = self.waiting()
        if draft is None:
            return
        for name, key in fields.items():
            if name in draft.values:
                st.session_state[key] = draft.values[name]
        self.take()

    def keep_fields(self, fields: Mapping[str, str], version: int | None = None) -> None:
        """Store the values of widgets (name → key) after they were drawn; blanks are left out."""
        typed = {name: st.session_state.get(key) for name, key in fields.items()}
        self.keep(
            {name: value for name, value in typed.items() if value not in (None, "")}, version
        )


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them: days and moments as texts."""
    return {
        key: value.isoformat() if isinstance(value, (date, datetime)) else value
        for key, value in values.items()
    }


def widget_value(column: Column, kept: Any) -> Any:
    """A kept value as its field holds it."""
    if column.type is ColumnType.DATE:
        return date.fromisoformat(str(kept)[:10]) if kept else None
    return kept


def field_values(ledger: Ledger, draft: KeptDraft) -> dict[str, Any]:
    """What a draft holds of a ledger's columns, as their fields hold it."""
    return {
        key: widget_value(ledger.by_key[key], value)
        for key, value in draft.values.items()
        if key in ledger.by_key
    }


def labels_of(ledger: Ledger, keys: Mapping[str, Any]) -> str:
    """The columns of a draft in words."""
    named = [ledger.label_of(key) for key in keys if key in ledger.by_key]
    more = f"等 {len(named)} 项" if len(named) > 6 else ""
    return "、".join(named[:6]) + more


def show_offer(ledger: Ledger, draft: Draft, found: KeptDraft, go_on: Callable[[], None]) -> None:
    """发现未保存的草稿, where its form is not on show: go on with it or throw it away."""
    with st.container(border=True, key="draft-offer"):
        st.markdown(f"**发现未保存的草稿({clock.local_text(found.updated_at)})**")
        named = plain(labels_of(ledger, found.values))
        st.caption(f"上次没有保存就中断了，填写过：{named}。")
        with st.container(horizontal=True):
            st.button("继续", type="primary", key="draft-take", on_click=go_on)
            st.button("放弃", key="draft-drop", on_click=draft.discard)
