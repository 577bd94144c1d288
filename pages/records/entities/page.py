"""新增市场主体: the regulator's list compared with the ledger, and verification on the spot."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from pages._ui import guard
from pages._ui.field_frame import apply_field_style
from pages.records.entities.field_entities import show_entities

apply_field_style()
with st.container(key="field"):
    try:
        show_entities(guard.visitor(Action.READ).actor)
    except LedgerError as error:
        guard.refused(error)
