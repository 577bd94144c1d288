"""The history of a record in words: who changed what, when and why; and every judgement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st
from markupsafe import Markup

from ledger.domain.columns import ColumnType
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.history.audit import ACTION_LABELS, Entry
from ledger.records.history.fact_entries import FACT_LABELS, fact_words
from ledger.records.person_names import person_names
from pages._text import markup, safe
from pages.records.ledger.judgements import LIST, MOST, show_judgements
from pages.records.ledger.put_back import may_put_back, show_put_back
from pages.records.ledger.session import Desk

_HIDDEN = frozenset({"deleted", "area_path", "version", "sha256"})
# So many entries carry 恢复: older ones are reached by putting back the newer ones first.
_WITH_TOOLS = 20
# What the log says besides the columns of a ledger; fingerprints say nothing to people.
_OWN_LABELS = {
    **FACT_LABELS,
    "attachment": "附件",
    "size": "大小",
    "column": "查看的列",
    "extra": "其他事实",
    "contradiction": "不一致的地方",
    "settled_on": "核对日期",
}
_REASONS = {"urge": "督办意见", "step": "说明"}


def show_history(desk: Desk, record_id: int, *, putting_back: bool = True) -> None:
    """Changes, newest first, with 恢复 beside the newest, and how the tier came about."""
    entries = records.history(desk.store, desk.actor, desk.ledger.key, record_id)
    names = person_names(desk.store, [entry.actor for entry in entries[:MOST]])
    for entry in entries[:_WITH_TOOLS]:
        st.html(markup(LIST, _item(desk, entry, names)))
        if putting_back and may_put_back(desk, entry):
            show_put_back(desk, entry, _HIDDEN)
    older = Markup().join(_item(desk, one, names) for one in entries[_WITH_TOOLS:MOST])
    if older:
        st.html(markup(LIST, older))
    if len(entries) > MOST:
        st.caption(f"只显示最近 {MOST} 条，共 {len(entries)} 条。")
    if desk.ledger.judged:
        show_judgements(desk, record_id)


def _item(desk: Desk, entry: Entry, names: Mapping[str, str]) -> Markup:
    head = markup(
        "<b>{}</b> {} <time>{}</time>",
        safe(action_words(entry)),
        safe(names[entry.actor]),
        clock.local_text(entry.at),
    )
    why = _REASONS.get("step" if _is_step(entry) else entry.action, "理由")
    reason = markup('<div class="reason">{}：{}</div>', why, safe(entry.reason))
    lines = [markup("<li>{}</li>", line) for line in _lines(desk, entry)]
    body = markup("<ul>{}</ul>", Markup().join(lines)) if lines else ""
    if lines and (entry.action in {"create", "import"} or len(lines) > 6):
        folded = "<details><summary>{} 项内容</summary>{}</details>"
        body = markup(folded, len(lines), body)
    return markup("<li>{}{}{}</li>", head, reason if entry.reason else "", body)


def action_words(entry: Entry) -> str:
    """What was done: a step that moved the state is 办理, not just a change."""
    action = "step" if _is_step(entry) else entry.action
    return ACTION_LABELS.get(action, action)


def _is_step(entry: Entry) -> bool:
    moved = entry.action == "update" and "state" in entry.after
    put_back = (entry.reason or "").startswith("恢复：")
    return entry.action == "step" or (moved and not put_back)


def _lines(desk: Desk, entry: Entry) -> list[Markup]:
    keys = [key for key in {**entry.before, **entry.after} if key not in _HIDDEN]
    return [_line(desk, key, entry.before, entry.after) for key in keys]


def _line(desk: Desk, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Markup:
    new = safe(_words(desk, key, after.get(key)))
    label = safe(_OWN_LABELS.get(key) or desk.ledger.label_of(key))
    if key not in before:
        return markup("{}：{}", label, new)
    return markup("{}：{} → <b>{}</b>", label, safe(_words(desk, key, before[key])), new)


def _words(desk: Desk, key: str, value: Any) -> str:
    if key in FACT_LABELS:
        return fact_words(key, value)
    if key not in desk.ledger.by_key:
        return "（空）" if value in (None, {}) else str(value)
    if desk.ledger.by_key[key].type is ColumnType.MOMENT and isinstance(value, str):
        return clock.local_text(datetime.fromisoformat(value))
    return desk.words(key, value)
