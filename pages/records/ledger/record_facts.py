"""资料 of an opened record: every column by group, two beside each other, edited in place."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.columns import Column
from pages._text import safe
from pages.records.ledger.form import Form, by_group
from pages.records.ledger.place import PLACE_GROUP
from pages.records.ledger.protected import show_protected
from pages.records.ledger.session import Desk


def facts_columns(desk: Desk) -> list[Column]:
    """The columns of 资料, group by group; those of the position stand with the map."""
    placed = desk.ledger.geometry == "point"
    columns = [
        column
        for column in desk.ledger.editable
        if column.key != "number" and not (placed and column.group == PLACE_GROUP)
    ]
    return by_group(columns)


def show_facts(desk: Desk, form: Form) -> None:
    """Fields for those who may edit, words for all others."""
    columns = facts_columns(desk)
    if desk.may(Action.EDIT):
        show_protected(desk, form.record)
        form.show(columns)
        return
    for group, members in groupby(columns, key=lambda column: column.group):
        rows = "".join(
            f"<div><dt>{safe(c.label)}</dt>"
            f"<dd>{safe(desk.words(c.key, form.record.get(c.key)))}</dd></div>"
            for c in members
        )
        st.html(f'<h3 class="group">{safe(group)}</h3><dl class="facts two">{rows}</dl>')
    show_protected(desk, form.record)
