"""A leader urges whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.casework import steps
from ledger.domain.errors import LedgerError
from pages._text import plain
from pages.records.ledger.session import Desk


def show_urging(desk: Desk, record: Mapping[str, Any]) -> None:
    with st.popover("督办", icon=":material/notifications_active:", key="urge-popover"):
        key = f"urge-{desk.ledger.key}-{record['id']}"
        draft = desk.draft(record["id"], "urge")
        draft.refill({"message": key})
        draft.show_restored()
        message = st.text_area(
            "督办意见(必填，会记入历史并提示承办人)", key=key, max_chars=500, height=90
        )
        draft.keep_fields({"message": key})
        if st.button("发出督办", type="primary", key="urge-do"):
            try:
                steps.urge(desk.store, desk.actor, desk.ledger.key, record["id"], message)
            except LedgerError as error:
                st.error(plain(error, 400))
                return
            st.session_state.pop(key, None)
            draft.discard()
            desk.memory.tell("success", f"{record['number']} 已督办。")
            st.rerun()
