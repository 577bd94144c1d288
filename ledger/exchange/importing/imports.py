"""Take a file into a ledger: every row or none, in one transaction, with one history.

Rules, in order, for one row:

1. A cell that its column cannot take makes a problem; a row with a problem is rejected.
2. A row whose 编号 exists changes that record; others become new records. Blank cells of an
   existing record leave the field as it is, unless the mapping says ``blank = "clear"``.
3. A 编号 that stands twice in the file, belongs to somebody else's area or lies in the bin is a
   problem. What lies outside the actor's scope is never told.
4. Where the record comes to lie must be in the actor's scope.
5. A new row that is probably a record already (:mod:`ledger.exchange.importing.duplicates`) is
rejected,
   unless somebody said that it is a new one. Two cases alike within one file are doubtful.
6. A new row whose position lies outside the area that it names is taken with a warning.
7. Rejected rows stop the whole import unless ``accept_valid``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, Problem
from ledger.domain.ledgers import ledger_named
from ledger.domain.progress import Progress, silent
from ledger.exchange.importing.comparison_choices import Choices, Comparison
from ledger.exchange.importing.duplicates import ACCEPTED, LIKELY, are_places, likenesses
from ledger.exchange.importing.planning import Plan, Planner, existing_records
from ledger.exchange.importing.repeats import twice_in_file
from ledger.exchange.importing.round_trip import compare, take_over
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.reading.headers import Layout
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.parsed_rows import Rows
from ledger.exchange.reading.reading import read_file
from ledger.exchange.reading.understanding import LeftOut, Note, summed_up
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.records.references import resolve
from ledger.records.saving import Draft, seal_protected, write
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again

_AT_ONCE = 10_000
_ALIKE = "与第{row}行的{why}，按两条登记，请核对；是同一条时请删去一行"
_COMPARED = ("name", "address", "credit_code", "phone")


@dataclass(frozen=True)
class ImportReport:
    """What an import did or, on a dry run, would do.

    ``outside`` counts accepted records whose position lies outside every area; each is also
    listed among ``problems`` as a warning, like likely duplicates that were accepted and positions
    outside the area that the row names. ``sheet`` is the one that was read; ``ignored`` are
    headers that matched no column; ``left_out`` rows that are no records; ``notes`` what was
    understood rather than read plainly. Nothing was ``written`` on
    a dry run or when rows were rejected.
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
    file: str = ""
    sheet: str = ""


@tried_again
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
    as_new: Collection[int] | Literal["all"] = (),
    left_out: Collection[int] = (),
    progress: Progress | None = None,
) -> ImportReport:
    """Read, check and take over one file; what ``progress`` raises leaves nothing written.

    ``as_new`` are the rows (as Excel counts) that are new records although they look like ones
    that are there; ``left_out`` rows are passed over as if they did not stand in the file.

    Raises
    ------
    Refused
        If the actor may not import.
    InvalidFile
        If the file as a whole cannot be read; single rows are reported instead.
    """
    actor.require(Action.IMPORT, ledger_key)
    ledger = ledger_named(ledger_key)
    if ledger.geometry == "polygon":
        raise Invalid("区域不用表格导入，请用 areas load 或“区域”页载入边界文件")
    # What went out from here needs no mapping, and its positions are WGS84 whatever is said.
    settled = Corrections(left_out=frozenset(left_out))
    if mapping is None or mapping == FileMapping(crs=mapping.crs):
        comparison = compare(
            store, actor, ledger.key, path, sheet=sheet, progress=progress, corrections=settled
        )
        if comparison is not None:
            choices = Choices(new=dict.fromkeys(_accepted(comparison.likely, as_new), True))
            return _come_back(store, actor, comparison, choices, dry_run, accept_valid, progress)
    reading = read_file(
        store, actor, ledger, path, sheet, mapping, progress=progress, corrections=settled
    )
    understood, layout, rows = reading.mapping, reading.layout, reading.rows
    sheet = reading.sheet.own_name
    del reading  # the raw cells of a large file are a quarter of what it needs
    atlas = current_atlas(store)
    opened: AbstractContextManager[Connection] = store.reading() if dry_run else store.writing()
    with opened as connection:
        context = ImportContext(store, connection, actor, ledger, atlas, progress or silent)
        plan = context.plan(layout, understood, rows, lock=not dry_run)
        accepted = _accepted(plan.likely, as_new)
        plan.problems += _duplicates(plan, accepted, layout, ledger)
        plan.leave_out(plan.likely.keys() - accepted)
        wanted = not dry_run and (accept_valid or not plan.rejected)
        report = report_of(plan, rows, layout, written=wanted, shown=dry_run)
        report = replace(report, file=path.name, sheet=sheet)
        if wanted:
            rows.rows.clear()
            context.carry_out(plan, report, path.name, uuid4().hex)
    return report


@dataclass(frozen=True)
class ImportContext:
    """What planning and writing one file need: an open transaction, and for whom it is."""

    store: Store
    connection: Connection
    actor: Actor
    ledger: Ledger
    atlas: Atlas
    progress: Progress = silent

    def plan(self, layout: Layout, mapping: FileMapping, rows: Rows, *, lock: bool) -> Plan:
        """Hold the rows against the records that are there; see `planning.Planner`."""
        connection, actor, ledger = self.connection, self.actor, self.ledger
        # Sealing replaces protected texts in place; places are compared by what was typed.
        typed = {
            row.row: {key: row.values.get(key) for key in _COMPARED}
            for row in (rows.rows if are_places(ledger) else ())
        }
        existing = existing_records(connection, ledger, rows.rows, lock=lock)

        def settle(drafts: list[Draft]) -> list[list[Problem]]:
            seal_protected(ledger, drafts, self.store.sealer)
            return resolve(connection, actor, ledger, drafts)

        planner = Planner(
            actor, ledger, layout, mapping, self.atlas, existing, settle, self.progress
        )
        plan = planner.plan(rows)
        fresh = [(row, draft.after) for row, draft in plan.drafts if draft.is_new]
        new: dict[int, Mapping[str, Any]] = dict(fresh)
        if are_places(ledger):
            new = {row: {**typed[row], "area_code": after.get("area_code")} for row, after in fresh}
        plan.likely = likenesses(connection, actor, ledger, self.atlas, new)
        if not are_places(ledger):
            header = layout.headers.get(ledger.title) or ledger.label_of(ledger.title)
            plan.notes = [
                Note(row, header, _ALIKE.format(row=earlier, why=why), False, ledger.title)
                for row, (earlier, why) in twice_in_file(ledger, new).items()
                if row not in plan.likely
            ]
        return plan

    def carry_out(self, plan: Plan, report: ImportReport, filename: str, batch: str) -> None:
        """Write the plan as one batch, with one entry for the file."""
        counts = ("read", "created", "updated", "unchanged", "rejected", "outside")
        after = {key: getattr(report, key) for key in counts}
        entry = audit.Change("import", self.ledger.key, number=filename[:80], after=after)
        audit.append(self.connection, self.actor, [entry], batch=batch)
        surroundings = surroundings_of(self.store, self.connection, self.atlas)
        # In portions, so that what is written is not held all at once as rows, log, judgements.
        waiting = plan.drafts
        for start in range(0, len(waiting), _AT_ONCE):
            self.progress("写入台账", start, len(waiting))
            portion = [draft for _, draft in waiting[start : start + _AT_ONCE]]
            write(self.connection, self.actor, self.ledger, portion, surroundings, batch=batch)
        self.progress("写入台账", len(waiting), len(waiting))


def _accepted(likely: Collection[int], as_new: Collection[int] | Literal["all"]) -> set[int]:
    """The rows that look like a record already and are to be added nevertheless."""
    return set(likely) if as_new == "all" else set(likely) & set(as_new)


def _duplicates(
    plan: Plan, accepted: Collection[int], layout: Layout, ledger: Ledger
) -> list[Problem]:
    """A problem for each new row that is probably a record already; a warning if accepted."""
    header = layout.headers.get(ledger.title) or ledger.label_of(ledger.title)
    return [
        Problem(row, header, ACCEPTED.format(what=like.what, why=like.why), severity="warning")
        if row in accepted
        else Problem(row, header, LIKELY.format(what=like.what, why=like.why, row=row))
        for row, like in plan.likely.items()
    ]


def _come_back(
    store: Store,
    actor: Actor,
    comparison: Comparison,
    choices: Choices,
    dry_run: bool,
    accept_valid: bool,
    progress: Progress | None,
) -> ImportReport:
    """A workbook that was exported here is compared three ways; what is unsettled is rejected."""
    problems = comparison.open_problems(choices)
    rejected = {problem.row for problem in problems}
    new, changed = comparison.waiting(rejected)
    wanted = not dry_run and (accept_valid or not rejected)
    if wanted:
        done = take_over(store, actor, comparison, choices, leave_out=True, progress=progress)
        new, changed = done.created, done.updated
    return ImportReport(
        read=comparison.read,
        created=new if wanted or dry_run else 0,
        updated=changed if wanted or dry_run else 0,
        unchanged=comparison.read - new - changed - len(rejected),
        rejected=len(rejected),
        outside=comparison.outside,
        problems=tuple(
            sorted([*problems, *comparison.warnings], key=lambda problem: problem.row or 0)
        ),
        ignored=comparison.ignored,
        written=wanted,
        notes=summed_up(comparison.notes),
        file=comparison.filename,
        sheet=comparison.returned.sheet,
    )


def report_of(
    plan: Plan, rows: Rows, layout: Layout, *, written: bool, shown: bool
) -> ImportReport:
    """``shown``: a dry run tells what would be written; a refused file wrote nothing."""
    places = {**layout.columns, **layout.extra}
    position = {layout.headers[key]: at for key, at in places.items()}

    def order(problem: Problem) -> tuple[int, int]:
        return problem.row or 0, position.get(problem.column or "", len(position))

    return ImportReport(
        read=len(rows.rows),
        created=plan.created if written or shown else 0,
        updated=plan.updated if written or shown else 0,
        unchanged=plan.unchanged,
        rejected=plan.rejected,
        outside=plan.outside,
        problems=tuple(sorted(plan.problems, key=order)),
        ignored=layout.ignored,
        written=written,
        notes=summed_up([*rows.notes, *plan.notes]),
        left_out=rows.left_out,
    )
