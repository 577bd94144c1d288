"""A form on a tablet: one field with large targets for each column."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date

import streamlit as st
from markupsafe import Markup

from ledger.domain.columns import Column
from pages._text import plain
from pages._ui.area_picker import people_list, people_options
from pages.field.field_widgets import as_shown, label_of, widget
from pages.field.kept_form import KeptForm


class FieldForm(KeptForm):
    """A kept form with its fields."""

    def field(self, column: Column, *, beside: str = "", label: str = "") -> None:
        """One field with large targets; ``beside`` is said behind its label."""
        key = self.widget_key(column.key)
        st.session_state.setdefault(key, as_shown(column, self.typed.values.get(column.key)))
        # A box, so that a text field knows the list that belongs to it.
        with st.container(key=f"box-{key}") if column.official else nullcontext():
            value = widget(column, key, label_of(column, beside, label))
            if column.official:
                st.html(people_list(self._people(), key))
        if isinstance(value, date):
            value = value.isoformat()
        if value not in (None, "") or column.key in self.typed.values:
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
