"""What is typed into a step of a record, kept as a draft and put back after a lost session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.domain.workflow.flow import Step
from ledger.records import service as records
from ledger.records.history.drafts import KeptDraft
from pages._text import plain
from pages._ui.drafts import Draft, field_values
from pages.records.ledger.fact_questions import answer_keys, answers_words
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk

_STEP, _REASON = "_step", "_reason"
_MOVED_ON = "这条记录在您填写之后被修改过，已换成最新内容。您填写的都还在，请核对后再办理。"


def prefix_of(desk: Desk, record: Mapping[str, Any], step: Step) -> str:
    """What the keys of a step's fields begin with: another version has fields of its own."""
    return f"step-{desk.ledger.key}-{record['id']}-{record['version']}-{step.key}"


def draft_of(desk: Desk, record: Mapping[str, Any]) -> Draft:
    """What is typed into a record's step: one at a time."""
    return desk.draft(record["id"], "step")


def keep_typed(draft: Draft, step: Step, form: Form, reason: str, version: int) -> None:
    """Keep what was typed; another step that was opened and left blank replaces nothing."""
    typed = form.pending().values | ({_REASON: reason} if reason else {})
    answered = {
        name: st.session_state.get(key) for name, key in answer_keys(form.desk.ledger, form).items()
    }
    typed |= {name: value for name, value in answered.items() if value}
    if typed or draft.values.get(_STEP) == step.key:
        draft.keep({**typed, _STEP: step.key} if typed else {}, version)


def take_up(
    desk: Desk, record: Mapping[str, Any], open_to_me: Sequence[Step], chosen_key: str
) -> bool:
    """Open the step that was being filled in when the session was lost, or when somebody else
    changed the record, with what was typed; whether the record is another than it was then."""
    draft = draft_of(desk, record)
    if draft.values and draft.version != record["version"]:
        draft.rest()
    found = draft.waiting()
    if found is None:
        return False
    step = next((one for one in open_to_me if one.key == found.values.get(_STEP)), None)
    if step is None:
        _show_left_over(desk, draft, found)
        return False
    draft.take()
    form = Form(desk, record, prefix_of(desk, record, step))
    for key, typed in field_values(desk.ledger, found).items():
        form.set(key, typed)
    st.session_state[form.key("reason")] = str(found.values.get(_REASON) or "")
    for name, key in answer_keys(desk.ledger, form).items():
        if name in found.values:
            st.session_state[key] = found.values[name]
    st.session_state[chosen_key] = step.key
    if found.version == record["version"]:
        return False
    st.session_state.setdefault(f"{chosen_key}-refused", [_MOVED_ON])
    return True


def _show_left_over(desk: Desk, draft: Draft, found: KeptDraft) -> None:
    """What was typed into a step that cannot be taken any more: to be copied, then given up."""
    columns = desk.ledger.by_key
    lines = [
        f"- {plain(columns[key].label)}：{plain(str(value), 500)}"
        for key, value in found.values.items()
        if key in columns and not columns[key].rule.masked
    ]
    if found.values.get(_REASON):
        lines.append(f"- 说明：{plain(str(found.values[_REASON]), 500)}")
    lines += [f"- {line}" for line in answers_words(desk.ledger, found.values)]
    with st.container(border=True, key="step-left-over"):
        st.markdown("**上次填写的一步没有提交，这条记录现在已不能办理这一步。填写的内容是：**")
        st.markdown("\n".join(lines) or "（受保护信息，不在这里显示）")
        st.button("放弃这些内容", key="step-left-over-drop", on_click=draft.discard)


def carry_over(desk: Desk, record: Mapping[str, Any], step: Step, form: Form, reason: str) -> None:
    """What was typed into a step of a record that has a newer version by now."""
    fresh = records.get(desk.store, desk.actor, desk.ledger.key, record["id"])
    again = Form(desk, fresh, prefix_of(desk, fresh, step))
    for key, typed in form.pending().values.items():
        again.set(key, typed)
    st.session_state[again.key("reason")] = reason
    there = answer_keys(desk.ledger, again)
    for name, key in answer_keys(desk.ledger, form).items():
        if key in st.session_state:
            st.session_state[there[name]] = st.session_state[key]
    desk.memory.opened = None
