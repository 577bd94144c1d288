"""Take a step of a record's workflow, or urge those who have to: rights, demands, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from geo.atlas import Atlas
from ledger.casework.case_facts import check_answers
from ledger.casework.fact_questions import asked_by_step
from ledger.domain.access import Action, Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import Conflict, Invalid, Refused
from ledger.domain.ledgers import ledger_named
from ledger.domain.proposals import Answer, Asked
from ledger.domain.timing import clock
from ledger.domain.workflow.flow import Step, Workflow
from ledger.domain.workflows import WORKFLOWS, missing, steps_open_to
from ledger.records import historical, saving
from ledger.records.drafting import Draft, arrange
from ledger.records.entering import read_values, resolve_references
from ledger.records.historical import is_historical
from ledger.records.history import audit
from ledger.records.person_names import name_in
from ledger.records.places.areas import current_atlas
from ledger.records.service import owned
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again


def open_steps(actor: Actor, ledger_key: str, record: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps that the actor may take with a record they have read."""
    workflow = WORKFLOWS.get(ledger_key)
    return () if workflow is None else steps_open_to(workflow, record["state"], actor)


def take_step(
    store: Store,
    actor: Actor,
    ledger_key: str,
    record_id: int,
    version: int,
    step_key: str,
    values: Mapping[str, Any] | None = None,
    *,
    reason: str = "",
    answers: Mapping[str, Answer] | None = None,
) -> str:
    """Take one step and return the new state.

    Raises
    ------
    Refused
        If the role may not take it.
    Invalid
        If the record's state does not allow it, or something it demands is missing: by label.
    Conflict
        If the record changed after it was read.
    """
    move = Move(record_id, version, step_key, values or {}, reason, answers or {})
    return take_steps(store, actor, ledger_key, [move])[0].state


@dataclass(frozen=True)
class Move:
    """One step of one record: the version that was read, the step, its values and why.

    ``answers`` decide about facts of the institution that the record proposes, by fact; what is
    not answered stays open (`ledger.casework.fact_questions`).
    """

    record_id: int
    version: int
    step: str
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A record's state and version after a step."""

    state: str
    version: int


@tried_again
def take_steps(
    store: Store, actor: Actor, ledger_key: str, moves: Sequence[Move]
) -> list[Standing]:
    """Take a step with each of several records as one save: all of them or none.

    Every record takes one step at most; raises as `take_step`.
    """
    actor.require(Action.READ, ledger_key)
    ledger = ledger_named(ledger_key)
    known = [_known_step(ledger, move.step) for move in moves]
    for move in moves:
        check_answers(ledger_key, move.answers)
    ids = [move.record_id for move in moves]
    if len(set(ids)) != len(ids):
        raise Invalid("同一条记录一次只能办理一步")
    atlas = current_atlas(store)
    with store.writing() as connection:
        rows = owned(connection, actor, ledger, ids, lock=True)
        drafts = []
        for move, (workflow, step) in zip(moves, known, strict=True):
            row = rows[move.record_id]
            if row["version"] != move.version:
                raise Conflict(row["number"], name_in(connection, row["updated_by"]))
            _require(actor, ledger, workflow, step, row)
            drafts.append(_draft(actor, ledger, atlas, step, row, dict(move.values)))
            drafts[-1].reason = _told(step, move.reason)
            drafts[-1].answers = move.answers
        resolve_references(connection, actor, ledger, drafts)
        arrange(ledger, drafts, atlas)
        for move, (_, step), draft in zip(moves, known, drafts, strict=True):
            _require_whole(ledger, step, draft.after, move.reason)
        batch = uuid4().hex
        surroundings = surroundings_of(store, connection, atlas)
        saving.write(connection, actor, ledger, drafts, surroundings, batch=batch)
        _note_silent(connection, actor, ledger, drafts, batch)
    return [Standing(draft.after["state"], draft.after["version"]) for draft in drafts]


def questions_of(
    store: Store,
    actor: Actor,
    ledger_key: str,
    record: Mapping[str, Any],
    step_key: str,
    values: Mapping[str, Any],
) -> tuple[Asked, ...]:
    """What a step with these values would ask about facts of the institution it names.

    Nothing while a value cannot be read yet: the step itself says so.
    """
    actor.require(Action.READ, ledger_key)
    ledger = ledger_named(ledger_key)
    if not ledger.proposes:
        return ()
    _, step = _known_step(ledger, step_key)
    atlas = current_atlas(store)
    try:
        draft = _draft(actor, ledger, atlas, step, record, dict(values))
        with store.reading() as connection:
            resolve_references(connection, actor, ledger, [draft])
    except (Invalid, ValueError):
        return ()
    return asked_by_step(store, actor, ledger, record, {**record, **draft.values})


def _note_silent(
    connection: Connection, actor: Actor, ledger: Ledger, drafts: Sequence[Draft], batch: str
) -> None:
    """Log steps that changed no field, such as progress without figures."""
    notes = [
        _noted(ledger, draft.after, "step", draft.reason or "")
        for draft in drafts
        if draft.after["version"] == (draft.current or {})["version"]
    ]
    if notes:
        audit.append(connection, actor, notes, batch=batch)


@tried_again
def urge(store: Store, actor: Actor, ledger_key: str, record_id: int, message: str) -> None:
    """Urge (督办) those who handle a record; it stays on the record's history for good."""
    actor.require(Action.URGE, ledger_key)
    if not message.strip() or len(message) > 500:
        raise Invalid("请填写督办意见(最多500字)")
    ledger = ledger_named(ledger_key)
    with store.writing() as connection:
        row = owned(connection, actor, ledger, [record_id])[record_id]
        note = _noted(ledger, row, "urge", message.strip())
        audit.append(connection, actor, [note], batch=uuid4().hex)


def _known_step(ledger: Ledger, key: str) -> tuple[Workflow, Step]:
    workflow = WORKFLOWS.get(ledger.key)
    step = workflow.step(key) if workflow else None
    if workflow is None or step is None:
        raise Invalid(f"{ledger.label}没有“{key}”这一步")
    return workflow, step


def _require(
    actor: Actor, ledger: Ledger, workflow: Workflow, step: Step, row: Mapping[str, Any]
) -> None:
    if not actor.may_any(step.by, ledger.key):
        raise Refused(f"您的角色不能执行“{step.label}”，请转交有权限的人员办理。")
    if row["state"] not in step.sources:
        states = ledger.by_key["state"]
        now = states.format(row["state"])
        wanted = "、".join(states.format(source) for source in step.sources)
        raise Invalid(f"该记录现为“{now}”，只有“{wanted}”的记录才能“{step.label}”")


def _draft(
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    step: Step,
    row: Mapping[str, Any],
    values: dict[str, Any],
) -> Draft:
    stray = [ledger.label_of(key) for key in values if key not in step.asks]
    if stray:
        raise Invalid(f"“{step.label}”不能修改：{'、'.join(stray)}")
    draft = Draft(read_values(atlas, actor, ledger, values, whole=False), row)
    draft.values["state"] = step.leads_to(row["state"])
    if is_historical(row):
        draft.values[historical.KEY] = None
    for key in step.stamps:
        if draft.values.get(key, row.get(key)) is None:
            draft.values[key] = _moment(ledger, key)
    for key in step.restamps:
        if draft.values.get(key) is None:
            draft.values[key] = _moment(ledger, key)
    draft.values |= dict.fromkeys(step.clears)
    return draft


def _moment(ledger: Ledger, key: str) -> date | datetime:
    is_moment = ledger.by_key[key].type is ColumnType.MOMENT
    return clock.now() if is_moment else clock.today()


def _require_whole(ledger: Ledger, step: Step, after: Mapping[str, Any], reason: str) -> None:
    lacking: Sequence[str] = missing(ledger, step, after)
    if step.reason and not reason.strip():
        lacking = (*lacking, "说明")
    if lacking:
        raise Invalid(f"还不能“{step.label}”，请先补齐：{'、'.join(lacking)}")
    if len(reason) > 500:
        raise Invalid("说明过长，最多500字")


def _told(step: Step, reason: str) -> str:
    return f"{step.label}：{reason.strip()}" if reason.strip() else step.label


def _noted(ledger: Ledger, row: Mapping[str, Any], action: str, text: str) -> audit.Change:
    return audit.Change(action, ledger.key, row["id"], row["number"], None, None, text)
