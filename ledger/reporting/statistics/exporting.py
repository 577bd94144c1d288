"""The table of hotspots as a file, checked and on the record like every export."""

from __future__ import annotations

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.exchange.writing.exports import MEDIA_TYPES, Exported, Format
from ledger.records.history import audit
from ledger.reporting.statistics.hotspot_tables import contract_csv, people_csv, people_workbook
from ledger.reporting.statistics.hotspots import Answer, hotspots
from ledger.reporting.statistics.papers import paper_answer
from ledger.reporting.statistics.requests import LEVEL_LABELS, Request
from ledger.storage import Store
from ledger.storage.again import tried_again

SUFFIXES: tuple[Format, ...] = ("xlsx", "csv")


def export_hotspots(
    store: Store, actor: Actor, request: Request, suffix: str, *, title: str = ""
) -> Exported:
    """The table for people: a paper, so small counts are hidden in it whoever asks.

    Raises
    ------
    Refused
        If the actor may not export.
    Invalid
        For another format, and as `ledger.reporting.statistics.hotspots.hotspots`.
    """
    kind = next((one for one in SUFFIXES if one == suffix), None)
    if kind is None:
        raise Invalid(f"热点表不能下载为“{suffix}”，只能是：{'、'.join(SUFFIXES)}")
    answer = paper_answer(_answered(store, actor, request))
    label = ledger_named(request.ledger).label
    content = people_csv(answer) if suffix == "csv" else people_workbook(answer, f"{label}热点")
    name = f"{label}热点_{LEVEL_LABELS[request.level]}_{request.period.text}.{suffix}"
    exported = Exported(name, content, MEDIA_TYPES[kind], len(answer.table))
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
    content = contract_csv(answer)
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
