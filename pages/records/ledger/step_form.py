"""The form of one step of a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.casework import steps
from ledger.domain.errors import Conflict, Invalid, LedgerError
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.proposals import Answer
from ledger.domain.workflow.flow import Step
from pages._text import plain
from pages.records.ledger.fact_questions import answer_keys, ask_facts
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk
from pages.records.ledger.step_drafts import carry_over, draft_of, keep_typed, prefix_of


def show_step(
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
        carry_over(desk, record, step, form, reason)
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
