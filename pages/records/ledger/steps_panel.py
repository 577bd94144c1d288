"""What has to be done with a record by when, and the steps that the visitor may take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from ledger.casework import steps
from ledger.domain.access import Action, Role
from ledger.domain.errors import Conflict, Invalid, LedgerError
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.proposals import Answer
from ledger.domain.workflow.flow import Step
from ledger.domain.workflows import WORKFLOWS, roles_of
from ledger.records import service as records
from pages._text import plain, safe
from pages._ui.todo_list import STEP
from pages.records.ledger.duties_panel import show_duties
from pages.records.ledger.fact_questions import answer_keys, ask_facts
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk
from pages.records.ledger.step_drafts import draft_of, keep_typed, prefix_of, take_up


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
        _show_urging(desk, record)


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
        _show_step(desk, record, opened, chosen_key, moved_on)


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


def _show_step(
    desk: Desk, record: Mapping[str, Any], step: Step, chosen_key: str, moved_on: bool
) -> None:
    """The step's own form; what was typed stays until the step is taken.

    With ``moved_on`` nobody saw the record as it is now: a press is not taken yet.
    """
    form, draft = Form(desk, record, prefix_of(desk, record, step)), draft_of(desk, record)
    after = step.leads_to(record["state"])
    target = desk.ledger.by_key["state"].format(after)
    with st.container(border=True, key="step-form"):
        st.markdown(
            f"**{step.label}** → {target}" if after != record["state"] else f"**{step.label}**"
        )
        draft.show_restored()
        for key in step.asks:
            column = desk.ledger.by_key[key]
            form.field(column, needed=key in step.demands)
        reason_key = form.key("reason")
        reason = st.text_area(
            "说明" + (" :red[（必填）]" if step.reason else "(选填，会记入历史)"),
            key=reason_key,
            max_chars=500,
            height=90,
            persist_state="page",
        )
        values = {k: v for k, v in form.pending().values.items() if k in step.asks}
        asked = steps.questions_of(
            desk.store, desk.actor, desk.ledger.key, record, step.key, values
        )
        answers = ask_facts(desk, asked, form)
        keep_typed(draft, step, form, reason, record["version"])
        for line in st.session_state.get(f"{chosen_key}-refused", ()):
            st.error(plain(line, 400), icon=":material/error:")
        pressed = st.button(
            f"确认{step.label}", type="primary", key=f"step-do-{step.key}", icon=":material/check:"
        )
        if pressed and not moved_on:
            _take(desk, record, step, form, reason, chosen_key, answers)


def _take(
    desk: Desk,
    record: Mapping[str, Any],
    step: Step,
    form: Form,
    reason: str,
    chosen_key: str,
    answers: Mapping[str, Answer | None],
) -> None:
    refused_key = f"{chosen_key}-refused"
    open_facts = [INSTITUTIONS.label_of(fact) for fact, one in answers.items() if one is None]
    try:
        if open_facts:
            raise Invalid(f"请先就机构事实作出选择：{'、'.join(open_facts)}")
        values = form.pending().values
        after = steps.take_step(
            desk.store,
            desk.actor,
            desk.ledger.key,
            record["id"],
            record["version"],
            step.key,
            {key: value for key, value in values.items() if key in step.asks},
            reason=reason,
            answers={fact: one for fact, one in answers.items() if one is not None},
        )
    except Conflict as conflict:
        _carry_over(desk, record, step, form, reason)
        st.session_state[refused_key] = [
            f"{conflict.number} 刚被 {conflict.by} 修改，已换成最新内容。"
            "您填写的都还在，请核对后再办理。"
        ]
    except Invalid as invalid:
        st.session_state[refused_key] = [str(problem) for problem in invalid.problems]
    except (LedgerError, ValueError) as error:
        st.session_state[refused_key] = [str(error)]
    else:
        draft_of(desk, record).discard()
        form.forget()
        typed = (form.key("reason"), *answer_keys(desk.ledger, form).values())
        for key in (chosen_key, refused_key, *typed):
            st.session_state.pop(key, None)
        state = desk.ledger.by_key["state"].format(after)
        desk.memory.tell("success", f"{record['number']} 已{step.label}，现为“{state}”。")
        desk.memory.opened = None
    st.rerun()


def _carry_over(desk: Desk, record: Mapping[str, Any], step: Step, form: Form, reason: str) -> None:
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


def _show_urging(desk: Desk, record: Mapping[str, Any]) -> None:
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
