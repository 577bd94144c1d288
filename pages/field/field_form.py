"""Forms that survive a lost connection: typed text is stored as a draft at once.

A form's values live in one memory of the session, as typed; every rerun writes them to the
database (`ledger.records.history.drafts`). When the form is opened in a new session its draft is
offered first, and the form is not on show until somebody chose, so that an empty form never
replaces a draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import streamlit as st
from markupsafe import Markup

from ledger.domain.access import Actor
from ledger.domain.columns import Column, Ledger, ValueRefused
from ledger.domain.timing import clock
from ledger.records.history.drafts import KeptDraft
from ledger.storage import Store
from pages._text import plain
from pages._ui.area_picker import people_list, people_options
from pages._ui.drafts import TOKEN, Draft
from pages.field.field_widgets import as_shown, label_of, widget


@dataclass
class Typed:
    """What stands in one form of one visitor, and what becomes of it."""

    values: dict[str, Any]
    token: str = field(default_factory=lambda: uuid4().hex)
    fresh: Mapping[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    stage: str = "form"
    photos: list[tuple[str, bytes]] = field(default_factory=list)
    uploads: int = 0
    people: Markup | None = None
    done: Any = None


@dataclass(frozen=True)
class FieldForm:
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
        st.session_state[self._widget_key(key)] = value

    def parsed(self) -> dict[str, Any]:
        """The values as the service takes them, blanks left out; `Typed.problems` by key."""
        typed = self.typed
        typed.problems = {}
        values: dict[str, Any] = {}
        for column in self.ledger.editable:
            raw = typed.values.get(column.key)
            try:
                value = column.entered(raw)
            except ValueRefused as refused:
                typed.problems[column.key] = str(refused)
                continue
            if value is not None:
                values[column.key] = value
            elif column.required:
                typed.problems[column.key] = "必须填写"
        return values

    def field(self, column: Column, *, beside: str = "", label: str = "") -> None:
        """One field with large targets; ``beside`` is said behind its label."""
        key = self._widget_key(column.key)
        st.session_state.setdefault(key, as_shown(column, self.typed.values.get(column.key)))
        # A box, so that a text field knows the list that belongs to it.
        with st.container(key=f"box-{key}") if column.official else nullcontext():
            value = widget(column, key, label_of(column, beside, label))
            if column.official:
                st.html(people_list(self._people(), key))
        if isinstance(value, date):
            value = value.isoformat()
        if value in (None, "") and column.key not in self.typed.values:
            pass
        else:
            self.typed.values[column.key] = value
        if column.help:  # said in full: a finger does not hover
            st.caption(column.help)
        problem = self.typed.problems.get(column.key)
        if problem:
            st.markdown(f":red[{plain(column.label)}：{plain(problem)}]")

    def _people(self) -> Markup:
        """Read once for each form: a form is drawn anew while somebody types."""
        if self.typed.people is None:
            self.typed.people = people_options(self.store, self.actor)
        return self.typed.people

    def _widget_key(self, column_key: str) -> str:
        return f"{self._key}-{self.typed.token[:8]}-{column_key}"
