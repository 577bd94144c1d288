"""The history of a record in words: who changed what, when and why; and every judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from ledger.domain.columns import ColumnType
from ledger.domain.tiers import UNDETERMINED
from ledger.domain.timing import clock
from ledger.records import assessments
from ledger.records import service as records
from ledger.records.history.audit import ACTION_LABELS, Entry
from ledger.records.history.fact_entries import FACT_LABELS, fact_words
from pages._text import safe
from pages._ui.badges import tier_word
from pages.records.ledger.put_back import may_put_back, show_put_back
from pages.records.ledger.session import Desk

_HIDDEN = frozenset({"deleted", "area_path", "version", "sha256"})
_OCCASIONS = {
    "save": "保存时判定",
    "assess": "重新判定",
    "override": "人工调整",
    "withdraw": "撤销调整",
    "import": "导入时判定",
}
_MOST = 100
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
    for entry in entries[:_WITH_TOOLS]:
        st.html(f'<ol class="history">{_item(desk, entry)}</ol>')
        if putting_back and may_put_back(desk, entry):
            show_put_back(desk, entry, _HIDDEN)
    older = "".join(_item(desk, one) for one in entries[_WITH_TOOLS:_MOST])
    if older:
        st.html(f'<ol class="history">{older}</ol>')
    if len(entries) > _MOST:
        st.caption(f"只显示最近 {_MOST} 条，共 {len(entries)} 条。")
    if desk.ledger.judged:
        _show_judgements(desk, record_id)


def _item(desk: Desk, entry: Entry) -> str:
    head = (
        f"<b>{safe(action_words(entry))}</b> "
        f"{safe(entry.actor)} <time>{clock.local_text(entry.at)}</time>"
    )
    why = _REASONS.get("step" if _is_step(entry) else entry.action, "理由")
    reason = f'<div class="reason">{why}：{safe(entry.reason)}</div>' if entry.reason else ""
    lines = [f"<li>{line}</li>" for line in _lines(desk, entry)]
    if not lines:
        return f"<li>{head}{reason}</li>"
    body = f"<ul>{''.join(lines)}</ul>"
    if entry.action in {"create", "import"} or len(lines) > 6:
        body = f"<details><summary>{len(lines)} 项内容</summary>{body}</details>"
    return f"<li>{head}{reason}{body}</li>"


def action_words(entry: Entry) -> str:
    """What was done: a step that moved the state is 办理, not just a change."""
    action = "step" if _is_step(entry) else entry.action
    return ACTION_LABELS.get(action, action)


def _is_step(entry: Entry) -> bool:
    moved = entry.action == "update" and "state" in entry.after
    put_back = (entry.reason or "").startswith("恢复：")
    return entry.action == "step" or (moved and not put_back)


def _lines(desk: Desk, entry: Entry) -> list[str]:
    keys = [key for key in {**entry.before, **entry.after} if key not in _HIDDEN]
    return [_line(desk, key, entry.before, entry.after) for key in keys]


def _line(desk: Desk, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    new = safe(_words(desk, key, after.get(key)))
    label = safe(_OWN_LABELS.get(key) or desk.ledger.label_of(key))
    if key not in before:
        return f"{label}：{new}"
    return f"{label}：{safe(_words(desk, key, before[key]))} → <b>{new}</b>"


def _words(desk: Desk, key: str, value: Any) -> str:
    if key in FACT_LABELS:
        return fact_words(key, value)
    if key not in desk.ledger.by_key:
        return "（空）" if value in (None, {}) else str(value)
    if desk.ledger.by_key[key].type is ColumnType.MOMENT and isinstance(value, str):
        return clock.local_text(datetime.fromisoformat(value))
    return desk.words(key, value)


def _show_judgements(desk: Desk, record_id: int) -> None:
    rows = assessments.past_assessments(desk.store, desk.actor, record_id, ledger=desk.ledger)
    st.markdown("**等级判定记录**")
    if not rows:
        st.caption("还没有判定记录。")
        return
    st.html('<ol class="history">' + "".join(map(_judgement, rows[:_MOST])) + "</ol>")


def _judgement(row: Any) -> str:
    computed = UNDETERMINED if row.tier is None else tier_word(row.tier)
    override = f",人工调整为<b>{tier_word(row.override)}</b>" if row.override else ""
    most = ""
    if row.at_most is not None and row.at_most != row.tier:
        most = f"(最高可能为{tier_word(row.at_most)})"
    rules = _matched(row.matched)
    return (
        f"<li><b>{_OCCASIONS.get(row.occasion, safe(row.occasion))}</b> {safe(row.actor)} "
        f"<time>{clock.local_text(row.at)}</time><div>规则判定:<b>{computed}</b>{most}{override}"
        f"{rules} · 规则版本 {safe(row.rules_version)}</div></li>"
    )


def _matched(rules: Sequence[str]) -> str:
    return f" · 符合规则 {safe('、'.join(rules))}" if rules else ""
