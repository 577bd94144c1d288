"""A workbook goes out, is filled in by others, and comes back without undoing what happened since.

`compare` holds the file against the ledger and writes nothing; `take_over` writes what only the
file changed and what was chosen, as one transaction and one entry of the history, which
`ledger.records.putting_back.put_back_save` can put back whole. A row that is missing in the
file is no order to delete its record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Conflict, InvalidFile, Problem, in_file
from ledger.domain.ledgers import ledger_named
from ledger.domain.progress import Progress, silent
from ledger.exchange.importing.comparison_choices import Choices, Comparison, TakenOver
from ledger.exchange.importing.duplicates import likenesses
from ledger.exchange.importing.marked_workbooks import Returned, carries_marks, read_returned
from ledger.exchange.importing.once import written_as
from ledger.exchange.importing.place_checks import elsewhere
from ledger.exchange.importing.row_comparison import compare_rows
from ledger.exchange.importing.three_way import State
from ledger.exchange.reading.corrections import NONE, Corrections
from ledger.exchange.reading.tables_in import read_sheet
from ledger.records.entering import out_of_scope
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.records.references import resolve
from ledger.records.saving import Draft, arrange, seal_protected, write
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_files import refuse_own_files

_AT_ONCE = 10_000
_PLACE = ("lon", "area_code")


def compare(
    store: Store,
    actor: Actor,
    ledger_key: str,
    path: Path,
    *,
    sheet: str | None = None,
    progress: Progress | None = None,
    corrections: Corrections = NONE,
) -> Comparison | None:
    """Hold a workbook that came back against the ledger; None if it carries no marks of it.

    ``corrections`` lie over the file.

    Raises
    ------
    Refused
        If the actor may not import.
    InvalidFile
        If the file as a whole cannot be read.
    """
    actor.require(Action.IMPORT, ledger_key)
    refuse_own_files(store, path)
    if not path.is_file() or not carries_marks(path):
        return None
    ledger, atlas = ledger_named(ledger_key), current_atlas(store)
    table = read_sheet(path, sheet, progress=progress)
    with in_file(path, table.own_name):
        returned = read_returned(
            path, table.name, ledger, atlas, actor, progress or silent, corrections
        )
    if returned is None:
        return None
    with store.reading() as connection:
        return _comparison(
            store, connection, actor, ledger, atlas, returned, path.name, progress or silent
        )


@tried_again
def take_over(
    store: Store,
    actor: Actor,
    comparison: Comparison,
    choices: Choices | None = None,
    *,
    leave_out: bool = False,
    progress: Progress | None = None,
    batch: str | None = None,
) -> TakenOver:
    """Write what the file changed and what was chosen: all of it or nothing, as one batch.

    Rows with a problem, with a conflict nobody settled or that look like duplicates stop
    everything, unless they are to be left out. What was written before as the same ``batch`` is
    not written again.

    Raises
    ------
    Conflict
        If a record of the file changed after the comparison was made.
    InvalidFile
        With one problem per cell that stops it.
    """
    actor.require(Action.IMPORT, comparison.ledger)
    chosen = choices or Choices()
    ledger, atlas = ledger_named(comparison.ledger), current_atlas(store)
    with store.writing() as connection:
        if batch is not None and (done := written_as(connection, actor, batch)) is not None:
            return done
        again = _comparison(
            store,
            connection,
            actor,
            ledger,
            atlas,
            comparison.returned,
            comparison.filename,
            progress or silent,
            lock=True,
        )
        _require_unchanged(comparison, again)
        problems = again.open_problems(chosen)
        if problems and not leave_out:
            raise InvalidFile(problems, comparison.filename, comparison.returned.sheet)
        drafts = _drafts(again, chosen, {problem.row for problem in problems})
        refused = _refused(store, connection, actor, ledger, atlas, drafts)
        if refused:
            raise InvalidFile(refused, comparison.filename, comparison.returned.sheet)
        rejected = len({problem.row for problem in problems})
        return _write(
            store,
            connection,
            actor,
            ledger,
            atlas,
            again,
            drafts,
            rejected,
            progress or silent,
            batch or uuid4().hex,
        )


def _comparison(
    store: Store,
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    returned: Returned,
    filename: str,
    progress: Progress,
    *,
    lock: bool = False,
) -> Comparison:
    rows = compare_rows(connection, actor, ledger, returned, store.sealer, progress, lock=lock)
    new = {row.row: row.values for row in rows if row.is_new}
    likely = likenesses(connection, actor, ledger, atlas, new)
    counts = dict.fromkeys(map(str, State), 0) | {"new": 0}
    for row in rows:
        counts["new" if row.is_new else str(row.state)] += 1
    draft = Comparison(
        ledger=ledger.key,
        filename=filename,
        read=len(rows),
        rows=tuple(row for row in rows if row.problems or row.state is not State.UNCHANGED),
        counts=counts,
        likely=likely,
        warnings=(),
        ignored=returned.ignored,
        headers=returned.headers,
        returned=returned,
    )
    return _with_places(store, connection, actor, ledger, atlas, draft)


def _with_places(
    store: Store,
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    comparison: Comparison,
) -> Comparison:
    """The comparison with the problems that show only when rows are placed: references that lead
    nowhere, records that would come to lie out of scope; positions outside every area."""
    settled = Choices({(row.row, cell.key): "file" for row, cell in comparison.conflicts})
    drafts = _drafts(comparison, settled, set())
    refused: dict[int, list[Problem]] = {}
    for problem in _refused(store, connection, actor, ledger, atlas, drafts):
        label = next(
            (
                header
                for key, header in comparison.headers.items()
                if ledger.label_of(key) == problem.column
            ),
            problem.column,
        )
        refused.setdefault(int(str(problem.row)), []).append(replace(problem, column=label))
    kept = {row: draft for row, draft in drafts.items() if row not in refused}
    outside = [row for row, d in kept.items() if d.place and d.place.placement == "outside"]
    lon, area = (comparison.headers.get(key, ledger.label_of(key)) for key in _PLACE)
    warnings = [
        Problem(row, lon, out_of_scope(kept[row].place), severity="warning") for row in outside
    ]
    for row, draft in kept.items():
        told = elsewhere(atlas, draft)
        warnings += [] if told is None else [Problem(row, area, told, severity="warning")]
    rows = tuple(
        replace(row, problems=tuple(refused[row.row])) if row.row in refused else row
        for row in comparison.rows
    )
    return replace(comparison, rows=rows, warnings=tuple(warnings), outside=len(outside))


def _drafts(
    comparison: Comparison, choices: Choices, left_out: set[int | None]
) -> dict[int, Draft]:
    """What would be written, by row."""
    drafts: dict[int, Draft] = {}
    for row in comparison.rows:
        if row.row in left_out or row.problems:
            continue
        if row.is_new:
            if choices.new.get(row.row, True):
                drafts[row.row] = Draft(dict(row.values))
            continue
        values = {
            cell.key: cell.file
            for cell in row.cells
            if cell.state is State.THEIRS
            or (cell.state is State.CONFLICT and choices.cells.get((row.row, cell.key)) == "file")
        }
        if values:
            drafts[row.row] = Draft(values, dict(row.current or {}))
    return drafts


def _refused(
    store: Store,
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    drafts: dict[int, Draft],
) -> list[Problem]:
    """Settle references, seal, place; the problems of rows that cannot be written."""
    listed = list(drafts.values())
    seal_protected(ledger, listed, store.sealer)
    found = resolve(connection, actor, ledger, listed)
    problems = [
        replace(problem, row=row) for row, own in zip(drafts, found, strict=True) for problem in own
    ]
    arrange(ledger, listed, atlas)
    if "area_code" not in ledger.by_key:
        return problems
    for row, draft in drafts.items():
        if not actor.sees(draft.after["area_path"]):
            label = ledger.label_of("area_code")
            problems.append(Problem(row, label, out_of_scope(draft.place)))
    return problems


def _require_unchanged(before: Comparison, now: Comparison) -> None:
    """Choices were made on what was shown; anything else needs another look."""
    shown_rows = {row.row: row for row in before.rows}
    for row in now.rows:
        seen = shown_rows.get(row.row)
        same = seen is not None and (seen.current or {}).get("version") == (row.current or {}).get(
            "version"
        )
        if not same or (seen is not None and seen.state is not row.state):
            by = str((row.current or {}).get("updated_by") or "他人")
            raise Conflict(row.number or f"第{row.row}行", by)


def _write(
    store: Store,
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    comparison: Comparison,
    drafts: Mapping[int, Draft],
    left_out: int,
    progress: Progress,
    batch: str,
) -> TakenOver:
    listed = list(drafts.values())
    created = sum(draft.is_new for draft in listed)
    updated = sum(
        not draft.is_new and bool(audit.changed_fields(draft.current or {}, draft.after))
        for draft in listed
    )
    unchanged = comparison.read - created - updated - left_out
    counts = {
        "read": comparison.read,
        "created": created,
        "updated": updated,
        "unchanged": unchanged,
        "rejected": left_out,
    }
    entry = audit.Change("import", ledger.key, number=comparison.filename[:80], after=counts)
    audit.append(connection, actor, [entry], batch=batch)
    surroundings = surroundings_of(store, connection, atlas)
    for start in range(0, len(listed), _AT_ONCE):
        progress("写入台账", start, len(listed))
        portion = listed[start : start + _AT_ONCE]
        write(connection, actor, ledger, portion, surroundings, batch=batch, reason="文件回填")
    progress("写入台账", len(listed), len(listed))
    return TakenOver(created, updated, unchanged, left_out, batch if listed else None)
