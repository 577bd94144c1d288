"""What was changed in an opened record, as old → new."""

from __future__ import annotations

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.records import save_preview
from ledger.records.typed import Pending, edits_of
from pages._text import markup, plain, safe
from pages.records.ledger.changes import CellChange, describe
from pages.records.ledger.session import Desk

_MOST_SHOWN = 40


def field_changes(desk: Desk, pending: Pending) -> list[CellChange]:
    try:
        asked = edits_of(desk.atlas, desk.actor, desk.ledger, [pending])
        preview = save_preview.preview(desk.store, desk.actor, desk.ledger.key, asked)
    except LedgerError as error:
        st.error(plain(error, 400), icon=":material/error:")
        return []
    return describe(desk.ledger, desk.atlas, desk.actor, [pending], preview)


def changes_html(changes: list[CellChange]) -> str:
    """The changes as a list of inert texts."""
    line = "<li>{}：{} → <b>{}</b>{}</li>"
    fault = '<span class="problem">不能保存：{}</span>'
    lines = [
        markup(
            line,
            safe(one.label),
            safe(one.before),
            safe(one.after),
            markup(fault, safe(one.problem)) if one.problem else "",
        )
        for one in changes[:_MOST_SHOWN]
    ]
    more = len(changes) - _MOST_SHOWN
    if more > 0:
        lines.append(markup("<li>…另有 {} 处</li>", more))
    return f'<ul class="changed">{"".join(lines)}</ul>'
