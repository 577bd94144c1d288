"""What was decided about the facts that cases propose: written into institution and history.

A decision is an entry in the history of the case, in the same save as the step: ``adopt_fact`` (the
institution got the fact) or ``keep_fact`` (it stays, with the reason). Nothing else stores it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from ledger.casework.fact_questions import about_case, asked
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Conflict, Invalid, NotFound
from ledger.domain.ledgers import INSTITUTIONS, ledger_named
from ledger.domain.proposals import Answer, Asked
from ledger.records import saving
from ledger.records.drafting import Draft
from ledger.records.history import audit
from ledger.records.person_names import name_in
from ledger.records.places.areas import current_atlas
from ledger.records.surroundings import Surroundings, surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import institutions

LONGEST_REASON = 500
_SETTLED = "这项事实已经处理过，请刷新后查看"


def _follow(
    ledger_key: str,
    connection: Connection,
    actor: Actor,
    drafts: Sequence[Draft],
    surroundings: Surroundings,
    batch: str,
) -> None:
    """An effect of ledgers that propose facts: carry out what was decided with the step."""
    decided: list[tuple[Asked, Answer]] = []
    for draft in drafts:
        if draft.answers:
            named = [one.get("institution") for one in (draft.current or {}, draft.after)]
            numbers = sorted({str(number) for number in named if number is not None})
            case = (ledger_key, int(draft.after["id"]))
            questions = about_case(asked(connection, actor, numbers), case)
            decided += [(_open(questions, fact), one) for fact, one in draft.answers.items()]
    if decided:
        _carry_out(connection, actor, decided, surroundings, batch)


def _open(questions: Mapping[str, Asked], fact: str) -> Asked:
    if fact not in questions:
        raise Invalid(_SETTLED)
    return questions[fact]


follow_leads = partial(_follow, "leads")
follow_dispositions = partial(_follow, "dispositions")
follow_petitions = partial(_follow, "petitions")


def check_answers(ledger_key: str, answers: Mapping[str, Answer]) -> None:
    """Raises `Invalid` for an answer to what the ledger does not propose, or one without reason."""
    known = {proposal.fact for proposal in ledger_named(ledger_key).proposes}
    for fact, answer in answers.items():
        if fact not in known:
            label = INSTITUTIONS.label_of(fact)
            raise Invalid(f"{ledger_named(ledger_key).label}不涉及机构事实“{label}”")
        _check_reason(fact, answer)


@tried_again
def answer_fact(
    store: Store, actor: Actor, questions: Sequence[Asked], version: int, answer: Answer
) -> None:
    """Answer open questions about one institution from its record, all in the same way.

    Parameters
    ----------
    questions : sequence of Asked
        All of one institution and one kind: cases that speak for a fact, or facts that a record
        bears out no longer.
    version : int
        The institution's, as it was read.

    Raises
    ------
    Refused
        If the role may not edit institutions.
    Conflict
        If the institution changed meanwhile.
    Invalid
        If nothing is asked any more, a reason is missing, or the answer is none to the question.
    """
    actor.require(Action.EDIT, INSTITUTIONS.key)
    if len({(one.institution, one.value) for one in questions}) != 1:
        raise ValueError("questions must be of one kind and about one institution")
    first = questions[0]
    _check_reason(first.fact, answer)
    atlas = current_atlas(store)
    with store.writing() as connection:
        row = _homes(connection, actor, [first.institution]).get(first.institution)
        if row is None:
            raise NotFound("机构")
        if row["version"] != version:
            raise Conflict(row["number"], name_in(connection, row["updated_by"]))
        if not set(questions) <= set(asked(connection, actor, [first.institution])):
            raise Invalid(_SETTLED)
        decided = [(one, answer) for one in questions]
        surroundings = surroundings_of(store, connection, atlas)
        _carry_out(connection, actor, decided, surroundings, uuid4().hex)


def _check_reason(fact: str, answer: Answer) -> None:
    if answer.keep and not answer.reason.strip():
        raise Invalid(f"“{INSTITUTIONS.label_of(fact)}”保持不变，请填写理由")
    if len(answer.reason) > LONGEST_REASON:
        raise Invalid(f"理由过长，最多{LONGEST_REASON}字")


def _carry_out(
    connection: Connection,
    actor: Actor,
    decided: Sequence[tuple[Asked, Answer]],
    surroundings: Surroundings,
    batch: str,
) -> None:
    """The decisions in the histories of the cases, then the facts in the institutions."""
    log, homes = [], _homes(connection, actor, {one.institution for one, _ in decided})
    drafts = {number: Draft.unmoved(row) for number, row in homes.items()}
    for one, answer in decided:
        if not one.takes(answer):
            label = INSTITUTIONS.label_of(one.fact)
            asks = "是否改为“是”" if one.value else "是否还成立"
            raise Invalid(f"所问的是“{label}”{asks}，请重新选择")
        log.append(_entry(one, answer))
        if not answer.keep:
            drafts[one.institution].after[one.fact] = answer.value
            drafts[one.institution].reason = _why(one, answer)
    audit.append(connection, actor, log, batch=batch)
    saving.write(connection, actor, INSTITUTIONS, list(drafts.values()), surroundings, batch=batch)


def _entry(one: Asked, answer: Answer) -> audit.Change:
    after: dict[str, Any] = {"fact": one.fact, "institution": one.institution}
    if not answer.keep:
        after["value"] = answer.value
    action = "keep_fact" if answer.keep else "adopt_fact"
    reason = answer.reason.strip() or None
    return audit.Change(action, one.ledger, one.record_id, one.number, None, after, reason)


def _why(one: Asked, answer: Answer) -> str:
    words = f"{ledger_named(one.ledger).label} {one.number}"
    return f"{words}：{answer.reason.strip()}" if answer.reason.strip() else words


def _homes(
    connection: Connection, actor: Actor, numbers: Iterable[str]
) -> dict[str, dict[str, Any]]:
    wanted = sorted(set(numbers))
    query = (
        select(institutions)
        .where(
            institutions.c.number.in_(wanted),
            institutions.c.deleted.is_(False),
            actor.scope_condition(institutions.c.area_path),
        )
        .with_for_update()
    )
    found = {row["number"]: dict(row) for row in connection.execute(query).mappings()}
    if len(found) != len(wanted):
        raise NotFound()
    return found
