"""What is said above a record: the last save, what was typed before, who changed it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.records.person_names import person_names
from pages._text import plain
from pages._ui.drafts import labels_of
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk, show_told


def show_notices(desk: Desk, form: Form, fresh: Mapping[str, Any]) -> None:
    """What the last save did, what a lost session held, and what somebody else did meanwhile."""
    show_told(desk)
    typed = form.pending().values
    if typed:
        desk.draft(fresh["id"]).show_restored(labels_of(desk.ledger, typed))
    if fresh["version"] != form.record["version"]:
        login = str(fresh["updated_by"])
        who = person_names(desk.store, [login])[login]
        st.warning(
            f"您填写期间，{plain(who)} 保存了这条记录。您填写的内容还在，保存时会请您对照。",
            icon=":material/group:",
        )
