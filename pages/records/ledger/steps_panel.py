"""What has to be done with a record by when, and the steps that the visitor may take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from ledger.casework import steps
from ledger.domain.access import Action, Role
from ledger.domain.workflows import WORKFLOWS, roles_of
from pages._text import safe
from pages._ui.todo_list import STEP
from pages.records.ledger.duties_panel import show_duties
from pages.records.ledger.session import Desk
from pages.records.ledger.step_drafts import take_up
from pages.records.ledger.step_form import show_step
from pages.records.ledger.urging import show_urging


def has_steps(desk: Desk) -> bool:
    """Whether records of this ledger go through states or have deadlines to show."""
    return desk.ledger.key in WORKFLOWS or "due_on" in desk.ledger.by_key


def show_steps(desk: Desk, record: Mapping[str, Any], *, unsaved: bool) -> None:
    """State, the steps open to the visitor, deadlines with what stops them, and 督办."""
    if desk.ledger.key in WORKFLOWS:
        state = desk.ledger.by_key["state"].format(record["state"])
        st.html(f'<p class="state-now">办理状态:<b>{safe(state)}</b></p>')
        _show_open_steps(desk, record, unsaved)
    done = _done(desk, record)
    chosen_key = _chosen_key(desk, record)
    show_duties(desk, record, done=done, choose=None if unsaved else partial(_open, chosen_key))
    if desk.may(Action.URGE) and not done:
        show_urging(desk, record)


def _done(desk: Desk, record: Mapping[str, Any]) -> bool:
    workflow = WORKFLOWS.get(desk.ledger.key)
    return workflow is not None and record["state"] in workflow.final


def _show_open_steps(desk: Desk, record: Mapping[str, Any], unsaved: bool) -> None:
    open_to_me = steps.open_steps(desk.actor, desk.ledger.key, record)
    # Those that only stop a clock stand beside it.
    of_case = [step for step in open_to_me if not step.by_clock]
    if not of_case:
        waiting = "已办完，没有后续步骤。" if _done(desk, record) else _whose_turn(desk, record)
        st.caption(waiting)
    if not open_to_me:
        return
    if unsaved:
        st.info("“资料”里有未保存的修改，请先保存或放弃，再办理下一步。", icon=":material/edit:")
        return
    chosen_key = _chosen_key(desk, record)
    moved_on = take_up(desk, record, open_to_me, chosen_key)
    _take_from_address(record, chosen_key)
    chosen = st.session_state.get(chosen_key)
    with st.container(horizontal=True, key="steps"):
        for step in of_case:
            st.button(
                step.label,
                key=f"step-{step.key}",
                type="primary" if step.key == chosen else "secondary",
                on_click=_choose,
                args=(chosen_key, step.key),
            )
    opened = next((one for one in open_to_me if one.key == chosen), None)
    if opened is not None:
        show_step(desk, record, opened, chosen_key, moved_on)


def _chosen_key(desk: Desk, record: Mapping[str, Any]) -> str:
    return f"step-open-{desk.ledger.key}-{record['id']}"


def _take_from_address(record: Mapping[str, Any], chosen_key: str) -> None:
    """Open the form that the button of a to-do list leads to, once."""
    asked, seen = st.query_params.get(STEP), f"{chosen_key}-address"
    if asked and st.query_params.get("record") == str(record["id"]):
        if st.session_state.get(seen) != (asked, record["version"]):
            st.session_state[chosen_key] = asked
        st.session_state[seen] = (asked, record["version"])


def _open(chosen_key: str, step_key: str) -> None:
    """Open a step's form from beside its clock."""
    st.session_state[chosen_key] = step_key
    st.session_state.pop(f"{chosen_key}-refused", None)


def _choose(chosen_key: str, step_key: str) -> None:
    """Open a step's form; pressing its button again closes it."""
    same = st.session_state.get(chosen_key) == step_key
    st.session_state[chosen_key] = None if same else step_key
    st.session_state.pop(f"{chosen_key}-refused", None)


def _whose_turn(desk: Desk, record: Mapping[str, Any]) -> str:
    workflow = WORKFLOWS[desk.ledger.key]
    lines = []
    for step in workflow.onward(record["state"]):
        able = roles_of(workflow, step)
        who = "、".join(role.label for role in Role if role in able)
        lines.append(f"{step.label}({who})")
    return "下一步由他人办理：" + "；".join(lines) if lines else "没有后续步骤。"
