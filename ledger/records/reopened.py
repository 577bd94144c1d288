"""Start the clocks of records that an earlier version of this program reopened or sent back.

In earlier versions such a step changed the state only: the days on which the matter had ended
stayed, so its clocks did not run. This module applies once what the steps set and empty today, by
`saving.write`. Rules, for a record that is open now:

1. For each step that empties columns, the newest time it was taken in the record's history counts.
2. Columns that the step stamps get the day on which it was taken, if they are blank.
3. Columns that the step empties are emptied, except those written since or filled by a later step.

A record that took the step in this version has these values already and does not change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from ledger.domain.access import SYSTEM
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.workflow.flow import Step, Workflow
from ledger.domain.workflows import WORKFLOWS
from ledger.records import saving
from ledger.records.drafting import Draft
from ledger.records.history import audit
from ledger.records.history.audit import Entry
from ledger.records.surroundings import Surroundings
from ledger.storage.tables import LEDGER_TABLES, changes

REASON = "升级前已“{label}”，期限按现行办法重新计算"


def owe_again(connection: Connection, surroundings: Surroundings) -> None:
    """Start the clocks of all such records, in the caller's transaction."""
    batch = uuid4().hex
    for workflow in WORKFLOWS.values():
        ledger = LEDGERS[workflow.ledger]
        for step in workflow.steps:
            if not step.clears:
                continue
            drafts = list(_drafts(connection, ledger, workflow, step))
            reason = REASON.format(label=step.label)
            saving.write(
                connection, SYSTEM, ledger, drafts, surroundings, batch=batch, reason=reason
            )


def _drafts(
    connection: Connection, ledger: Ledger, workflow: Workflow, step: Step
) -> Iterator[Draft]:
    for record in _candidates(connection, workflow, step):
        since: list[Entry] = []
        for entry in audit.history(connection, workflow.ledger, record["id"]):
            if _told(step, entry) and entry.before.get("state") in step.sources:
                changed = _changes(ledger, workflow, step, record, entry, since)
                yield Draft.unmoved(record, **changed)
                break
            since.append(entry)


def _candidates(
    connection: Connection, workflow: Workflow, step: Step
) -> Sequence[Mapping[str, Any]]:
    """Open records with an entry whose reason begins with the step's label; a typed reason may
    begin with it too."""
    table = LEDGER_TABLES[workflow.ledger]
    told = select(changes.c.record_id).where(
        changes.c.ledger == workflow.ledger, changes.c.reason.startswith(step.label)
    )
    ended = workflow.final | {*step.sources}
    query = select(table).where(table.c.state.not_in(ended), table.c.id.in_(told))
    rows = connection.execute(query.order_by(table.c.id)).mappings()
    return [dict(row) for row in rows]


def _told(step: Step, entry: Entry) -> bool:
    return (entry.reason or "").partition("：")[0] == step.label


def _changes(
    ledger: Ledger,
    workflow: Workflow,
    step: Step,
    record: Mapping[str, Any],
    entry: Entry,
    since: Sequence[Entry],
) -> dict[str, Any]:
    written = {key for later in since for key in later.after}
    written |= {
        key
        for taken in workflow.steps
        if any(_told(taken, later) for later in since)
        for key in taken.fills
    }
    stamped = [key for key in (*step.stamps, *step.restamps) if record[key] is None]
    emptied = [key for key in step.clears if key not in written]
    return {
        **{key: _moment(ledger, key, entry) for key in stamped},
        **dict.fromkeys(emptied),
    }


def _moment(ledger: Ledger, key: str, entry: Entry) -> Any:
    is_moment = ledger.by_key[key].type is ColumnType.MOMENT
    return entry.at if is_moment else entry.at.astimezone(clock.OFFICE).date()
