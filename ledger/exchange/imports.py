"""Take a file into a ledger: every row or none, in one transaction, with one history.

Rules, in order, for one row:

1. A cell that its column cannot take makes a problem; a row with a problem is rejected.
2. A row whose 编号 exists changes that record; others become new records. Blank cells of an
   existing record leave the field as it is, unless the mapping says ``blank = "clear"``.
3. A 编号 that stands twice in the file, belongs to somebody else's area or lies in the bin is a
   problem. What lies outside the actor's scope is never told.
4. Where the record comes to lie must be in the actor's scope.
5. Rejected rows stop the whole import unless ``accept_valid``.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection

from geo.atlas import Atlas
from ledger.access import Action, Actor
from ledger.columns import Ledger
from ledger.effects import write
from ledger.errors import Invalid, Problem
from ledger.exchange.mapping import FileMapping
from ledger.exchange.planning import Plan, Planner, existing_records
from ledger.exchange.reading import Reading, read_file
from ledger.exchange.understanding import LeftOut, Note, summed_up
from ledger.history import audit
from ledger.ledgers import ledger_named
from ledger.places.areas import current_atlas
from ledger.references import resolve
from ledger.saving import Draft, seal_protected
from ledger.storage import Store
from ledger.surroundings import surroundings_of


@dataclass(frozen=True)
class ImportReport:
    """What an import did or, on a dry run, would do.

    ``outside`` counts accepted records whose position lies outside every area; each is also
    listed among ``problems`` as a warning. ``ignored`` are headers that matched no column;
    ``left_out`` rows that are no records; ``notes`` what was understood rather than read plainly.
    Nothing was ``written`` on a dry run or when rows were rejected.
    """

    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    outside: int
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...] = ()
    written: bool = False
    notes: tuple[Note, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def import_file(
    store: Store,
    actor: Actor,
    ledger_key: str,
    path: Path,
    *,
    sheet: str | None = None,
    mapping: FileMapping | None = None,
    dry_run: bool = False,
    accept_valid: bool = False,
) -> ImportReport:
    """Read, check and take over one file.

    Raises
    ------
    Refused
        If the actor may not import.
    Invalid
        If the file as a whole cannot be read; single rows are reported instead.
    """
    actor.require(Action.IMPORT)
    ledger = ledger_named(ledger_key)
    if ledger.geometry == "polygon":
        raise Invalid("区域不用表格导入，请用 areas load 或“区域”页载入边界文件")
    reading = read_file(store, actor, ledger, path, sheet=sheet, mapping=mapping)
    understood, layout, rows = reading.mapping, reading.layout, reading.rows
    atlas = current_atlas(store)
    if not rows.rows:
        raise Invalid(f"“{path.name}”的表头(第{layout.header + 1}行)下面没有数据行")
    opened: AbstractContextManager[Connection] = store.reading() if dry_run else store.writing()
    with opened as connection:
        existing = existing_records(connection, ledger, rows.rows, lock=not dry_run)

        def settle(drafts: list[Draft]) -> list[list[Problem]]:
            seal_protected(ledger, drafts, store.sealer)
            return resolve(connection, actor, ledger, drafts)

        plan = Planner(actor, ledger, layout, understood, atlas, existing, settle).plan(rows)
        wanted = not dry_run and (accept_valid or not plan.rejected)
        report = _report(plan, reading, written=wanted, shown=dry_run)
        if wanted:
            _carry_out(store, connection, actor, ledger, plan, report, path, atlas)
    return report


def _report(plan: Plan, reading: Reading, *, written: bool, shown: bool) -> ImportReport:
    """``shown``: a dry run tells what would be written; a refused file wrote nothing."""
    layout = reading.layout
    places = {**layout.columns, **layout.extra}
    position = {layout.headers[key]: at for key, at in places.items()}

    def order(problem: Problem) -> tuple[int, int]:
        return problem.row or 0, position.get(problem.column or "", len(position))

    return ImportReport(
        read=len(reading.rows.rows),
        created=plan.created if written or shown else 0,
        updated=plan.updated if written or shown else 0,
        unchanged=plan.unchanged,
        rejected=plan.rejected,
        outside=plan.outside,
        problems=tuple(sorted(plan.problems, key=order)),
        ignored=layout.ignored,
        written=written,
        notes=summed_up(reading.rows.notes),
        left_out=reading.rows.left_out,
    )


def _carry_out(
    store: Store,
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    plan: Plan,
    report: ImportReport,
    path: Path,
    atlas: Atlas,
) -> None:
    batch = uuid4().hex
    counts = ("read", "created", "updated", "unchanged", "rejected", "outside")
    entry = audit.Change(
        "import",
        ledger.key,
        number=path.name[:80],
        after={key: getattr(report, key) for key in counts},
    )
    audit.append(connection, actor, [entry], batch=batch)
    surroundings = surroundings_of(store, connection, atlas)
    drafts = [draft for _, draft in plan.drafts]
    write(connection, actor, ledger, drafts, surroundings, batch=batch)
