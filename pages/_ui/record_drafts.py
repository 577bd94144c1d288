"""What was typed into a form, kept in the database and offered after a lost connection.

A draft is written whenever something else stands in the form than when it was written last.
Protected texts are sealed by the service only, so they never lie open in a draft.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import streamlit as st

from ledger.columns import Column, ColumnType, Ledger
from ledger.errors import LedgerError
from ledger.history import drafts
from ledger.history.drafts import KeptDraft, form_name
from ledger.timing import clock
from pages._ui.session import Desk
from pages._ui.text import plain

_TOKEN = "_token"  # noqa: S105 - the name of a field


def keep_draft(
    desk: Desk,
    record_id: int | None,
    typed: Mapping[str, Any],
    version: int | None,
    *,
    token: str = "",
) -> None:
    """Write what was typed if it changed; without anything typed the draft goes."""
    kept = desk.memory.kept
    name = form_name(desk.ledger.key, record_id)
    values = storable(desk.ledger, typed)
    if kept.get(name) == (values, version) or (not values and name not in kept):
        return
    try:
        if values:
            given = {**values, _TOKEN: token} if token else values
            drafts.keep(desk.store, desk.actor, name, given, version)
            kept[name] = (values, version)
        else:
            discard_draft(desk, record_id)
    except LedgerError as error:
        st.warning(plain(error, 300), icon=":material/warning:")
        return


def discard_draft(desk: Desk, record_id: int | None) -> None:
    """The form was saved or left: nothing of it is offered again."""
    name = form_name(desk.ledger.key, record_id)
    drafts.discard(desk.store, desk.actor, name)
    desk.memory.kept.pop(name, None)
    desk.memory.draft_asked.add(name)


def storable(ledger: Ledger, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values as JSON holds them; protected ones and those of no column are left out."""
    return {
        key: value.isoformat() if isinstance(value, (date, datetime)) else value
        for key, value in typed.items()
        if key in ledger.by_key and not ledger.by_key[key].rule.masked
    }


def widget_value(column: Column, kept: Any) -> Any:
    """A kept value as its field holds it."""
    if column.type is ColumnType.DATE:
        return date.fromisoformat(str(kept)[:10]) if kept else None
    return kept


def waiting_draft(desk: Desk, record_id: int | None) -> KeptDraft | None:
    """A draft of an earlier session that the visitor has not decided about yet."""
    name = form_name(desk.ledger.key, record_id)
    if name in desk.memory.draft_asked or name in desk.memory.kept:
        return None
    found = drafts.find(desk.store, desk.actor, name)
    if found is None:
        desk.memory.draft_asked.add(name)
    return found


def show_offer(
    desk: Desk,
    record_id: int | None,
    draft: KeptDraft,
    take_up: Callable[[dict[str, Any], str], None],
) -> None:
    """发现未保存的草稿: go on with it or throw it away."""
    name = form_name(desk.ledger.key, record_id)
    columns = desk.ledger.by_key
    values = {
        key: widget_value(columns[key], value)
        for key, value in draft.values.items()
        if key in columns
    }

    def go_on() -> None:
        desk.memory.draft_asked.add(name)
        take_up(values, str(draft.values.get(_TOKEN) or ""))

    with st.container(border=True, key="draft-offer"):
        labels = "、".join(desk.ledger.label_of(key) for key in list(values)[:6])
        more = f"等 {len(values)} 项" if len(values) > 6 else ""
        st.markdown(f"**发现未保存的草稿({clock.local_text(draft.updated_at)})**")
        st.caption(f"上次没有保存就中断了，填写过：{plain(labels)}{more}。")
        with st.container(horizontal=True):
            st.button("继续", type="primary", key="draft-take", on_click=go_on)
            st.button("放弃", key="draft-drop", on_click=discard_draft, args=(desk, record_id))
