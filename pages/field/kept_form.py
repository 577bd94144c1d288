"""Forms that survive a lost connection: typed text is stored as a draft at once.

A form's values live in one memory of the session, as typed; every rerun writes them to the
database (`ledger.records.history.drafts`). When the form is opened in a new session its draft is
offered first, and the form is not on show until somebody chose, so that an empty form never
replaces a draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.timing import clock
from ledger.records.history.drafts import KeptDraft
from ledger.storage import Store
from pages._ui.drafts import TOKEN, Draft
from pages.field.typed_values import Typed


@dataclass(frozen=True)
class KeptForm:
    """One form on a tablet: which ledger, whose, and the name under which its draft is kept."""

    store: Store
    actor: Actor
    ledger: Ledger
    name: str

    @property
    def _key(self) -> str:
        return f"field-form-{self.name}"

    @property
    def typed(self) -> Typed:
        """What was typed; `open` must have said that the form is open."""
        return st.session_state[self._key]

    @property
    def stage(self) -> str:
        """``form``, ``confirm`` or ``done``."""
        typed = st.session_state.get(self._key)
        return "form" if typed is None else typed.stage

    def open(self, fresh: Mapping[str, Any]) -> bool:
        """Whether the form can be shown: at once, or after the draft was taken up or thrown away.

        ``fresh`` is what stands in an untouched form.
        """
        if self._key in st.session_state:
            return True
        found = self._draft.waiting()
        if found is None:
            st.session_state[self._key] = Typed(dict(fresh), fresh=dict(fresh))
            return True
        self._offer(found, fresh)
        return self._key in st.session_state

    @property
    def _draft(self) -> Draft:
        return Draft(self.store, self.actor, self.name)

    def _offer(self, draft: KeptDraft, fresh: Mapping[str, Any]) -> None:
        def take_up() -> None:
            values = {key: value for key, value in draft.values.items() if key != TOKEN}
            token = str(draft.values.get(TOKEN) or uuid4().hex)
            self._draft.take()
            st.session_state[self._key] = Typed(values, token, dict(fresh))

        def throw_away() -> None:
            self._draft.discard()
            st.session_state[self._key] = Typed(dict(fresh), fresh=dict(fresh))

        with st.container(border=True, key="field-draft"):
            when = clock.local_text(draft.updated_at)
            st.markdown(f"**发现未保存的{self.ledger.label}草稿（{when}）**")
            st.caption("连接中断或离开页面前填写的内容都在。照片不存入草稿，需要重新选择。")
            with st.container(horizontal=True):
                st.button("继续填写", type="primary", key="field-draft-take", on_click=take_up)
                st.button("放弃草稿", key="field-draft-drop", on_click=throw_away)

    def keep(self) -> None:
        """Write the draft if something was typed since; say when it was written last."""
        typed, draft = self.typed, self._draft
        if draft.kept_at is not None or typed.values != dict(typed.fresh):
            draft.keep({**typed.values, TOKEN: typed.token})
        if draft.kept_at is not None:
            with st.container(key="draft-kept"):  # hidden by connection.js while it is not true
                st.caption(f"草稿已自动保存 {clock.local_text(draft.kept_at)[-5:]}")

    def forget(self) -> None:
        """Drop what was typed, and its draft."""
        self._draft.discard()
        for key in [key for key in st.session_state if str(key).startswith(f"{self._key}-")]:
            del st.session_state[key]
        st.session_state.pop(self._key, None)

    def saved(self, outcome: Any) -> None:
        """Note that it was saved: the draft goes, the outcome is on show."""
        self._draft.discard()
        typed = self.typed
        typed.stage, typed.done, typed.photos = "done", outcome, []

    def set(self, key: str, value: Any) -> None:
        """Fill a field that is not yet on show in this run."""
        self.typed.values[key] = value
        st.session_state[self.widget_key(key)] = value

    def widget_key(self, column_key: str) -> str:
        """The session key of the field of a column."""
        return f"{self._key}-{self.typed.token[:8]}-{column_key}"
