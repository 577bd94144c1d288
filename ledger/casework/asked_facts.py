"""Open questions about facts of institutions (`ledger.casework.fact_questions`) in words, and as
lines of the to-do list of those who may answer them: one line an institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ledger.casework import fact_questions
from ledger.casework.awaiting import Group
from ledger.casework.listing import Asked, Listed, item_of, rows_of
from ledger.domain.ledgers import INSTITUTIONS, ledger_named
from ledger.domain.proposals import Asked as Question
from ledger.storage.tables import institutions


def questions_words(questions: Sequence[Question]) -> str:
    """Questions of one institution in words: each fact once, with the cases that speak for it."""
    words = []
    for (fact, value), same in groupby(questions, key=lambda one: (one.fact, one.value)):
        listed = list(same)
        cases = "、".join(f"{ledger_named(one.ledger).label} {one.number}" for one in listed)
        said = "、".join(dict.fromkeys(one.said for one in listed))
        then = "应为“是”" if value else "是否还成立"
        words.append(f"{INSTITUTIONS.label_of(fact)}{then}（{cases}：{said}）")
    return "；".join(words)


def facts_to_answer(asked: Asked) -> Listed:
    """The institutions with open questions, by 编号; their records show the questions first."""
    questions: dict[str, list[Question]] = {}
    for one in fact_questions.asked(asked.connection, asked.actor):
        questions.setdefault(one.institution, []).append(one)
    shown = sorted(questions)[: asked.limit]
    where = institutions.c.number.in_(shown)
    items = [
        replace(
            item_of(
                asked,
                INSTITUTIONS.key,
                row,
                questions_words(questions[row["number"]]),
                f"{len(questions[row['number']])} 项",
                "",
            ),
            due_on=None,
            provisional=False,
        )
        for row in rows_of(asked, institutions, where, institutions.c.number)
    ]
    return Listed(Group.FACTS, tuple(items), len(questions))
