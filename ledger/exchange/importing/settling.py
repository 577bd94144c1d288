"""Check a file with what somebody settled about it, and take over exactly what was shown.

`check` reads a file, with `Corrections` laid over it, and holds it against the ledger; nothing is
written. `take` does the same again within one transaction and writes, unless anything stands
otherwise than it was shown (`Outdated`). A batch is written once, however often it is asked for.

A workbook of ours that came back goes by :mod:`ledger.exchange.importing.round_trip`, any other
file by :mod:`ledger.exchange.importing.imports`; both end as one batch with one entry in the
history, which `ledger.records.putting_back.put_back_save` puts back whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Conflict, Invalid, Outdated
from ledger.domain.ledgers import ledger_named
from ledger.domain.progress import Progress, silent
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Choices, Comparison, TakenOver
from ledger.exchange.importing.findings import Finder, as_text
from ledger.exchange.importing.imports import ImportContext, ImportReport, report_of
from ledger.exchange.importing.once import written_as
from ledger.exchange.importing.planning import Plan
from ledger.exchange.importing.round_trip import compare, take_over
from ledger.exchange.importing.three_way import State
from ledger.exchange.reading.corrections import NONE, Corrections
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.reading import Reading, read_file
from ledger.exchange.reading.understanding import summed_up
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.again import tried_again


def check(
    store: Store,
    actor: Actor,
    ledger_key: str,
    path: Path,
    *,
    sheet: str | None = None,
    mapping: FileMapping | None = None,
    corrections: Corrections = NONE,
    progress: Progress | None = None,
) -> Checked:
    """Check a file. Without a ``mapping`` it is one of ours that came back, if it can be.

    Raises
    ------
    Refused
        If the actor may not import.
    Invalid
        If the file as a whole cannot be read; single cells are findings.
    """
    actor.require(Action.IMPORT, ledger_key)
    ledger = ledger_named(ledger_key)
    if mapping is None:
        comparison = compare(
            store, actor, ledger_key, path, sheet=sheet, progress=progress, corrections=corrections
        )
        if comparison is not None:
            return _checked_return(store, actor, ledger, comparison, corrections)
    reading = read_file(
        store, actor, ledger, path, sheet, mapping, progress=progress, corrections=corrections
    )
    with store.reading() as connection:
        atlas = current_atlas(store)
        context = ImportContext(store, connection, actor, ledger, atlas, progress or silent)
        plan = context.plan(reading.layout, reading.mapping, reading.rows, lock=False)
        likely = plan.likely
    finder = Finder(ledger, reading.layout.headers, _raw(reading, corrections), atlas, actor)
    finder.problems(sorted(plan.problems, key=lambda problem: problem.row or 0))
    finder.notes(summed_up([*reading.notes, *plan.notes]))
    finder.left_out(reading.left_out)
    titles = {
        row.row: str(row.values.get(ledger.title) or "")
        for row in reading.rows.rows
        if row.row in likely
    }
    return Checked(
        ledger=ledger.key,
        filename=path.name,
        sheet=reading.sheet.name,
        read=len(reading.rows.rows),
        findings=finder.found,
        new=frozenset(row for row, draft in plan.drafts if draft.is_new),
        changed=frozenset(row for row, draft in plan.drafts if plan.changes(draft)),
        blocked=frozenset(p.row for p in plan.problems if p.row and p.severity == "error"),
        likely=likely,
        names=titles,
        ignored=reading.layout.ignored,
        places=reading.layout.columns,
        header=reading.layout.header + 1,
        stand=_stand(plan),
    )


@tried_again
def take(
    store: Store,
    actor: Actor,
    checked: Checked,
    path: Path,
    choices: Choices,
    *,
    batch: str,
    leave_out: bool = False,
    sheet: str | None = None,
    mapping: FileMapping | None = None,
    corrections: Corrections = NONE,
    progress: Progress | None = None,
) -> TakenOver:
    """Write what was checked and chosen: all of it or nothing, as the one batch of that name.

    Rows that cannot be taken or that nobody settled stop everything unless ``leave_out``.

    Raises
    ------
    Outdated
        If the ledger changed since the check, so that something else would be written.
    Invalid
        With what stops it.
    """
    actor.require(Action.IMPORT, checked.ledger)
    if checked.comparison is not None:
        try:
            return take_over(
                store,
                actor,
                checked.comparison,
                choices,
                leave_out=leave_out,
                progress=progress,
                batch=batch,
            )
        except Conflict as conflict:
            raise Outdated(f"{conflict.by}改动了{conflict.number}") from None
    ledger = ledger_named(checked.ledger)
    outcome = checked.outcome(choices)
    if not leave_out and (outcome.blocked or outcome.undecided):
        count = outcome.blocked + outcome.undecided
        raise Invalid(f"还有 {count} 行不能导入或没有选定，请先处理，或选择不导入这些行")
    reading = read_file(
        store, actor, ledger, path, sheet, mapping, progress=progress, corrections=corrections
    )
    atlas = current_atlas(store)
    with store.writing() as connection:
        done = written_as(connection, actor, batch)
        if done is not None:
            return done
        context = ImportContext(store, connection, actor, ledger, atlas, progress or silent)
        plan = context.plan(reading.layout, reading.mapping, reading.rows, lock=True)
        if _stand(plan) != checked.stand:
            raise Outdated("台账或区域有了变化")
        return _write(context, plan, reading, choices, checked.filename, batch)


def _write(
    context: ImportContext,
    plan: Plan,
    reading: Reading,
    choices: Choices,
    filename: str,
    batch: str,
) -> TakenOver:
    refused = {row for row, wanted in choices.new.items() if not wanted}
    before = plan.created
    plan.leave_out({row for row in plan.likely if not choices.new.get(row)} | refused)
    report: ImportReport = replace(
        report_of(plan, reading.rows, reading.layout, written=True, shown=False),
        rejected=plan.rejected + before - plan.created,
    )
    any_written = bool(plan.created or plan.updated)
    reading.rows.rows.clear()
    context.carry_out(plan, report, filename, batch)
    return TakenOver(
        report.created,
        report.updated,
        report.unchanged,
        report.rejected,
        batch if any_written else None,
    )


def _stand(plan: Plan) -> str:
    """A digest of what would become of each row."""
    digest = hashlib.sha256()
    for row, draft in plan.drafts:
        current: Mapping[str, Any] = draft.current or {}
        area = draft.after.get("area_code")
        digest.update(repr((row, current.get("id"), current.get("version"), area)).encode())
    digest.update(repr(sorted((p.row or 0, p.message) for p in plan.problems)).encode())
    digest.update(repr(sorted(plan.likely.items())).encode())
    return digest.hexdigest()


def _raw(reading: Reading, corrections: Corrections) -> Any:
    def raw(row: int, key: str) -> str:
        if (row, key) in corrections.cells:
            return corrections.cells[(row, key)]
        position = reading.layout.columns.get(key, reading.layout.extra.get(key))
        cells = reading.sheet.rows[row - 1]
        if position is None or position >= len(cells):
            return ""
        return as_text(cells[position])

    return raw


def _checked_return(
    store: Store, actor: Actor, ledger: Ledger, comparison: Comparison, corrections: Corrections
) -> Checked:
    returned = comparison.returned
    rows = {row.row: row for row in returned.rows}

    def raw(row: int, key: str) -> str:
        if (row, key) in corrections.cells:
            return corrections.cells[(row, key)]
        read = rows[row]
        said = read.said.get(key)
        return as_text(said.text) if said else ledger.by_key[key].format(read.values.get(key))

    blocked = [problem for row in comparison.rows for problem in row.problems]
    finder = Finder(ledger, comparison.headers, raw, current_atlas(store), actor)
    finder.problems([*blocked, *comparison.warnings])
    finder.notes(summed_up(comparison.notes))
    good = [row for row in comparison.rows if not row.problems]
    return Checked(
        ledger=ledger.key,
        filename=comparison.filename,
        sheet=returned.sheet,
        read=comparison.read,
        findings=finder.found,
        new=frozenset(row.row for row in good if row.is_new),
        changed=frozenset(
            row.row
            for row in good
            if not row.is_new and any(cell.state is State.THEIRS for cell in row.cells)
        ),
        blocked=frozenset(problem.row for problem in blocked if problem.row),
        likely=comparison.likely,
        names={row.row: str(row.values.get(ledger.title) or "") for row in good if row.is_new},
        ignored=comparison.ignored,
        places=returned.places,
        header=1,
        comparison=comparison,
    )
