"""Questions about facts of an institution: in the step of a case, and in the institution's record.

The fact is set or kept with a reason; beside each question stands what the tier would be. What is
chosen and typed is kept in drafts like everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.casework.case_facts import LONGEST_REASON, answer_fact
from ledger.casework.fact_moves import tier_with
from ledger.casework.fact_questions import asked_of
from ledger.domain.access import Action
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.proposals import Answer, Asked
from ledger.domain.values import TRI_LABELS
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from pages._text import plain, safe
from pages._ui.answers import ask_one
from pages._ui.badges import tier_badge
from pages._ui.drafts import Draft
from pages.records.ledger.form import Form
from pages.records.ledger.related import reference_html
from pages.records.ledger.session import Desk

KEEP = "保持不变"
_CHOICE, _WHY = "choice", "why"
_CASES_SHOWN = 5


def ask_facts(desk: Desk, asked: Sequence[Asked], form: Form) -> dict[str, Answer | None]:
    """A field for each question of a step; None where nothing was chosen yet."""
    answers: dict[str, Answer | None] = {}
    for one in asked:
        home = _institution(desk, one.institution)
        if home is None:
            continue
        key = form.key(_field(one.fact, one.value))
        with st.container(border=True, key=f"{key}-box"):
            st.html(f"<p>{safe(one.said)}。{_question_html(home, [one])}</p>")
            answers[one.fact] = _answer(desk, home, [one], key)
    return answers


def answer_keys(ledger: Ledger, form: Form) -> dict[str, str]:
    """The fields that a step of the ledger may have for its questions: name → session key."""
    names = [
        f"{_field(proposal.fact, value)}-{part}"
        for proposal in ledger.proposes
        for value in (True, None)
        for part in (_CHOICE, _WHY)
    ]
    return {f"_{name}": form.key(name) for name in names}


def answers_words(ledger: Ledger, kept: Mapping[str, Any]) -> Iterator[str]:
    """What a draft holds of the answers, in words."""
    for proposal in ledger.proposes:
        for value in (True, None):
            field = f"_{_field(proposal.fact, value)}"
            said = [kept.get(f"{field}-{part}") for part in (_CHOICE, _WHY)]
            if any(said):
                label = plain(INSTITUTIONS.label_of(proposal.fact))
                yield f"{label}：{plain('，'.join(str(one) for one in said if one), 500)}"


def _field(fact: str, value: bool | None) -> str:
    """A proposal and a doubt are answered differently: each has a field of its own."""
    return f"fact-{fact}-{'set' if value else 'doubt'}"


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
    fields = {f"{name}-{part}": f"{keys[name]}-{part}" for name in keys for part in (_CHOICE, _WHY)}
    if desk.may(Action.EDIT):
        draft.refill(fields)
        draft.show_restored()
    for name, questions in groups.items():
        key = keys[name]
        with st.container(border=True, key=f"{key}-box"):
            st.html(
                f"<p>{_cases_html(desk, questions)}：{safe(questions[0].said)}。</p>"
                f"<p>{_question_html(institution, questions)}</p>"
            )
            if not desk.may(Action.EDIT):
                st.caption("由可以修改机构台账的人员处理。")
                continue
            answer = _answer(desk, institution, questions, key)
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


def _question_html(home: Mapping[str, Any], questions: Sequence[Asked]) -> str:
    one = questions[0]
    name = f"{safe(home['number'])} {safe(home.get('name') or '')}"
    said = [_fact_html(home, fact) for fact in dict.fromkeys(each.fact for each in questions)]
    if one.value:
        return f"机构 {name} 的{said[0]}，建议改为“是”"
    if len(said) == 1:
        return f"机构 {name} 的{said[0]}，是否还成立？"
    listed = "、".join(said)
    return f"机构 {name} 的下列 {len(said)} 项是由它写明的，是否还成立？{listed}"


def _fact_html(home: Mapping[str, Any], fact: str) -> str:
    column, value = INSTITUTIONS.by_key[fact], home[fact]
    tri = column.type is ColumnType.TRI
    words = TRI_LABELS[value] if tri else f"{column.format(value)}{column.unit}"
    return f"“<b>{safe(column.label)}</b>”现为“{safe(words)}”"


def _options(questions: Sequence[Asked]) -> dict[str, bool | None]:
    """What may be answered; several facts at once, or a number, can only become unknown."""
    if questions[0].value:
        return {"改为“是”": True}
    facts = {INSTITUTIONS.by_key[one.fact] for one in questions}
    if len(facts) > 1:
        return {"都改为“不详”": None}
    tri = all(column.type is ColumnType.TRI for column in facts)
    return {"改为“不详”": None} | ({"改为“否”": False} if tri else {})


def _answer(
    desk: Desk, home: Mapping[str, Any], questions: Sequence[Asked], key: str
) -> Answer | None:
    options, facts = _options(questions), {one.fact for one in questions}
    label = INSTITUTIONS.label_of(questions[0].fact) if len(facts) == 1 else "这些事实"
    chosen = ask_one(
        f"{label} :red[（必选）]",
        [*options, KEEP],
        segmented=True,
        key=f"{key}-{_CHOICE}",
        persist_state="page",
    )
    if len(facts) > 1:
        st.caption("要逐项改的，请在“资料”里修改；改过的不再询问。")
    if chosen is None:
        return None
    if chosen == KEEP:
        reason = st.text_input(
            "保持不变的理由 :red[（必填）]",
            key=f"{key}-{_WHY}",
            max_chars=LONGEST_REASON,
            persist_state="page",
        )
        return Answer(keep=True, reason=reason)
    value = options[chosen]
    st.html(_tier_html(desk, home, dict.fromkeys(facts, value)))
    return Answer(value)


def _tier_html(desk: Desk, home: Mapping[str, Any], values: Mapping[str, bool | None]) -> str:
    tier = tier_with(desk.store, home, values).tier
    then = home["tier_override"] or (None if tier is None else str(tier))
    if then == home["tier"]:
        return f"<p>风险等级：{tier_badge(then)} 不变</p>"
    return f"<p>风险等级：{tier_badge(home['tier'])} → {tier_badge(then)}</p>"


def _institution(desk: Desk, number: str) -> Mapping[str, Any] | None:
    wanted = Selection(conditions=(Condition("number", "eq", number),))
    rows = records.search(desk.store, desk.actor, INSTITUTIONS.key, wanted, size=1).rows
    return records.get(desk.store, desk.actor, INSTITUTIONS.key, rows[0]["id"]) if rows else None
