"""The list of new market entities."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from ledger.domain.access import Actor
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import Page
from pages._text import markup, safe
from pages._ui import guard
from pages._ui.cells import area_words
from pages._ui.todo_list import lines_html, one_line
from pages.records.entities.entity_facts import STATUS_LABELS, UNMATCHED

SIZE = 50
_STATE = '<span class="todo-state">{}</span><span class="todo-when">{}</span>'


def show_list(actor: Actor, status: str | None) -> None:
    wanted = Selection(conditions=(Condition("status", "eq", status),), sort=(("number", False),))
    size = SIZE * st.session_state.get(f"entities-pages-{status}", 1)
    page = records.search(guard.store(), actor, "entities", wanted, size=size)
    st.html(list_html(actor, page))
    if page.total > len(page.rows):
        key = f"entities-pages-{status}"
        st.button(
            f"再列 {min(SIZE, page.total - len(page.rows))} 家（共 {page.total:,} 家）",
            key="entities-more",
            on_click=lambda: st.session_state.update({key: st.session_state.get(key, 1) + 1}),
        )


def list_html(actor: Actor, page: Page) -> Markup:
    """The list as HTML; each line leads to its entity."""
    lines = []
    for row in page.rows:
        where = area_words(guard.atlas(), row["area_code"], actor.scope_path).partition(" · ")[0]
        behind = (row["institution_name"] or "") if row["institution"] else ""
        word = STATUS_LABELS.get(row["status"], UNMATCHED)
        lines.append(
            one_line(
                f"entities?record={int(row['id'])}",
                row["name"],
                (row["number"], where),
                markup(_STATE, safe(word), safe(behind) if behind else ""),
                Markup(),
            )
        )
    return lines_html(lines)
