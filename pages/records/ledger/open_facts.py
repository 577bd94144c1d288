"""What cases say that an institution's record does not: to be set, taken back or kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.casework.case_facts import answer_fact
from ledger.casework.fact_questions import asked_of
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.proposals import Answer, Asked
from pages._text import plain, safe
from pages._ui.drafts import Draft
from pages.records.ledger.fact_answer import CHOICE, WHY, answer_field, question_html
from pages.records.ledger.related import reference_html
from pages.records.ledger.session import Desk

_CASES_SHOWN = 5


def show_open_questions(desk: Desk, institution: Mapping[str, Any]) -> None:
    """What cases say that the record does not, and what is borne out no longer: to be set, taken
    back or kept by who may edit it."""
    asked = asked_of(desk.store, desk.actor, str(institution["number"]))
    if not asked:
        return
    st.markdown("**其他台账提出、等待处理的事实**")
    draft = desk.draft(int(institution["id"]), "facts")
    groups = _grouped(asked)
    keys = {name: f"asked-{name}-{institution['version']}" for name in groups}
    fields = {f"{name}-{part}": f"{keys[name]}-{part}" for name in keys for part in (CHOICE, WHY)}
    if desk.may(Action.EDIT):
        draft.refill(fields)
        draft.show_restored()
    for name, questions in groups.items():
        key = keys[name]
        with st.container(border=True, key=f"{key}-box"):
            st.html(
                f"<p>{_cases_html(desk, questions)}：{safe(questions[0].said)}。</p>"
                f"<p>{question_html(institution, questions)}</p>"
            )
            if not desk.may(Action.EDIT):
                st.caption("由可以修改机构台账的人员处理。")
                continue
            answer = answer_field(desk, institution, questions, key)
            if st.button("确认", key=f"{key}-do", type="primary"):
                _carry_out(desk, institution, questions, answer, draft)
    if desk.may(Action.EDIT):
        draft.keep_fields(fields, int(institution["version"]))


def _grouped(asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    """Cases that propose one fact are answered together, and so is all that one record had set."""
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        name = one.fact if one.value else f"{one.ledger}-{one.record_id}"
        groups.setdefault(name, []).append(one)
    return groups


def _cases_html(desk: Desk, questions: Sequence[Asked]) -> str:
    cases = list({one.case: one for one in questions}.values())
    links = [
        f"{safe(LEDGERS[one.ledger].label)} {reference_html(desk, one.ledger, one.number, '')}"
        for one in cases[:_CASES_SHOWN]
    ]
    more = f" 等 {len(cases)} 件" if len(cases) > _CASES_SHOWN else ""
    return "、".join(links) + more


def _carry_out(
    desk: Desk,
    institution: Mapping[str, Any],
    questions: Sequence[Asked],
    answer: Answer | None,
    draft: Draft,
) -> None:
    if answer is None:
        st.error("请先选择。")
        return
    try:
        answer_fact(desk.store, desk.actor, questions, int(institution["version"]), answer)
    except LedgerError as error:
        st.error(plain(error, 400))
        return
    draft.discard()
    done = "保持不变，理由已记入历史" if answer.keep else "已更新"
    desk.memory.tell("success", f"{_labels(questions)}{done}。")
    desk.memory.opened = None
    st.rerun()


def _labels(questions: Sequence[Asked]) -> str:
    labels = list(dict.fromkeys(INSTITUTIONS.label_of(one.fact) for one in questions))
    return "".join(f"“{label}”" for label in labels[:_CASES_SHOWN]) + (
        f"等 {len(labels)} 项" if len(labels) > _CASES_SHOWN else ""
    )
