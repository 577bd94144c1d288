"""Questions about facts of an institution: in the step of a case, and in the institution's record.

The fact is set or kept with a reason; beside each question stands what the tier would be. What is
chosen and typed is kept in drafts like everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.domain.columns import Ledger
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.proposals import Answer, Asked
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from pages._text import plain, safe
from pages.records.ledger.fact_answer import CHOICE, WHY, answer_field, question_html
from pages.records.ledger.form import Form
from pages.records.ledger.session import Desk


def ask_facts(desk: Desk, asked: Sequence[Asked], form: Form) -> dict[str, Answer | None]:
    """A field for each question of a step; None where nothing was chosen yet."""
    answers: dict[str, Answer | None] = {}
    for one in asked:
        home = _institution(desk, one.institution)
        if home is None:
            continue
        key = form.key(_field(one.fact, one.value))
        with st.container(border=True, key=f"{key}-box"):
            st.html(f"<p>{safe(one.said)}。{question_html(home, [one])}</p>")
            answers[one.fact] = answer_field(desk, home, [one], key)
    return answers


def answer_keys(ledger: Ledger, form: Form) -> dict[str, str]:
    """The fields that a step of the ledger may have for its questions: name → session key."""
    names = [
        f"{_field(proposal.fact, value)}-{part}"
        for proposal in ledger.proposes
        for value in (True, None)
        for part in (CHOICE, WHY)
    ]
    return {f"_{name}": form.key(name) for name in names}


def answers_words(ledger: Ledger, kept: Mapping[str, Any]) -> Iterator[str]:
    """What a draft holds of the answers, in words."""
    for proposal in ledger.proposes:
        for value in (True, None):
            field = f"_{_field(proposal.fact, value)}"
            said = [kept.get(f"{field}-{part}") for part in (CHOICE, WHY)]
            if any(said):
                label = plain(INSTITUTIONS.label_of(proposal.fact))
                yield f"{label}：{plain('，'.join(str(one) for one in said if one), 500)}"


def _field(fact: str, value: bool | None) -> str:
    """A proposal and a doubt are answered differently: each has a field of its own."""
    return f"fact-{fact}-{'set' if value else 'doubt'}"


def _institution(desk: Desk, number: str) -> Mapping[str, Any] | None:
    wanted = Selection(conditions=(Condition("number", "eq", number),))
    rows = records.search(desk.store, desk.actor, INSTITUTIONS.key, wanted, size=1).rows
    return records.get(desk.store, desk.actor, INSTITUTIONS.key, rows[0]["id"]) if rows else None
