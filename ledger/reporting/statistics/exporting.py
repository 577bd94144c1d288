"""The table of hotspots as a file, checked and on the record like every export."""

from __future__ import annotations

from geo.levels import LEVEL_LABELS
from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import ledger_named
from ledger.exchange.writing.formats import Exported, format_named, written
from ledger.records.history import audit
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.hotspot_tables import contract_table, people_table
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.papers import paper_answer
from ledger.reporting.statistics.requests import Request
from ledger.storage import Store
from ledger.storage.again import tried_again


def export_hotspots(
    store: Store, actor: Actor, request: Request, suffix: str, *, title: str = ""
) -> Exported:
    """The table for people: a paper, so small counts are hidden in it for every user.

    Raises
    ------
    Refused
        If the actor may not export.
    Invalid
        For another format, and as `ledger.reporting.statistics.hotspots.hotspots`.
    """
    kind = format_named(suffix, "热点表")
    answer = paper_answer(_answered(store, actor, request))
    label = ledger_named(request.ledger).label
    name = f"{label}热点_{LEVEL_LABELS[request.level]}_{request.period.text}"
    table = people_table(answer, f"{label}热点")
    exported = written(table, name, kind, guard_codes=True)
    remember(store, actor, answer, exported.filename, title)
    return exported


def table_for_scripts(
    store: Store, actor: Actor, request: Request, name: str
) -> tuple[Answer, bytes]:
    """The table by the contract of the command line, and the answer it was made from.

    The system's own table hides nothing; one that a person takes (``--as``) is a paper.
    """
    answer = _answered(store, actor, request)
    if actor.role is not None:
        answer = paper_answer(answer)
    content = written(contract_table(answer), name, "csv").content
    remember(store, actor, answer, name, "")
    return answer, content


def _answered(store: Store, actor: Actor, request: Request) -> Answer:
    actor.require(Action.EXPORT)
    return hotspots(store, actor, request)


@tried_again
def remember(store: Store, actor: Actor, answer: Answer, name: str, title: str) -> None:
    """Put an export of hotspots into the log."""
    actor.require(Action.EXPORT)
    request = answer.request
    after = {
        "rows": len(answer.table),
        "title": title,
        "area_path": answer.place.path,
        "level": request.level,
        "period": request.period.text,
    }
    kept = {key: value for key, value in after.items() if value}
    change = audit.Change("export", request.ledger, number=name[:80], after=kept)
    with store.writing() as connection:
        audit.append(connection, actor, [change])
