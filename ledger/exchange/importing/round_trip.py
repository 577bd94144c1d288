"""Import a workbook that this program exported and other people filled in.

Each cell is compared with its exported and its present value, so that later changes are not
overwritten: only what the file alone changed and what the user chose is written. A record whose
row is missing in the file is not deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import InvalidFile, Outdated, Problem, in_file
from ledger.domain.progress import Progress, silent
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Choices, Comparison
from ledger.exchange.importing.duplicates import likenesses
from ledger.exchange.importing.findings import Finder, Findings, as_text
from ledger.exchange.importing.held import Held, Settled, Work
from ledger.exchange.importing.marked_workbooks import carries_marks, read_returned
from ledger.exchange.importing.missing_rows import missing_rows
from ledger.exchange.importing.origins import placed_notes, placed_problems, placed_rows
from ledger.exchange.importing.place_checks import elsewhere
from ledger.exchange.importing.returned_bundle import returned_together
from ledger.exchange.importing.returned_rows import Returned
from ledger.exchange.importing.row_comparison import compare_rows
from ledger.exchange.importing.three_way import State
from ledger.exchange.reading.bundles import is_bundle
from ledger.exchange.reading.corrections import NONE, Corrections
from ledger.exchange.reading.tables_in import read_sheet
from ledger.exchange.reading.understanding import LeftOut, Note, summed_up
from ledger.records.drafting import Draft, arrange
from ledger.records.entering import out_of_scope
from ledger.records.history import audit
from ledger.records.person_names import name_in
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.own_files import refuse_own_files

_PLACE = ("lon", "area_code")


def read_back(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    path: Path,
    sheet: str | None = None,
    *,
    progress: Progress | None = None,
    corrections: Corrections = NONE,
) -> Returned | None:
    """Read a workbook that came back, or a zip of them; None if none carries marks of this ledger.

    ``corrections`` lie over the file.

    Raises
    ------
    Refused
        If the actor may not import.
    InvalidFile
        If the file as a whole cannot be read.
    """
    actor.require(Action.IMPORT, ledger.key)
    refuse_own_files(store, path)
    if is_bundle(path):
        atlas, told = current_atlas(store), progress or silent
        return returned_together(ledger, path, atlas, actor, told, corrections)
    if not path.is_file() or not carries_marks(path):
        return None
    table = read_sheet(path, sheet, progress=progress)
    with in_file(path, table.own_name):
        return read_returned(
            path,
            table.name,
            ledger,
            current_atlas(store),
            actor,
            progress or silent,
            corrections,
        )


class ReturnedFile(Held):
    """A workbook that came back, compared with what was exported and what stands now."""

    reason: ClassVar[str | None] = "文件回填"

    def __init__(self, work: Work, returned: Returned, filename: str) -> None:
        self.comparison = _comparison(work, returned, filename)
        super().__init__(work, filename, self.comparison.read)

    @property
    def sheet(self) -> str:
        return self.comparison.returned.sheet

    @property
    def outside(self) -> int:
        return self.comparison.outside

    @property
    def notes(self) -> Sequence[Note]:
        return summed_up([*self.comparison.returned.notes, *self.comparison.notes])

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return self.comparison.returned.left_out

    @property
    def placed_left_out(self) -> tuple[LeftOut, ...]:
        return placed_rows(self.comparison.returned.stand, self.left_out)

    @property
    def placed_notes(self) -> tuple[Note, ...]:
        return placed_notes(self.comparison.returned.stand, self.notes)

    def placed_problems(self, choices: Choices) -> tuple[Problem, ...]:
        return placed_problems(self.comparison.returned.stand, self.problems(choices))

    def checked(self) -> Checked:
        comparison, ledger = self.comparison, self.work.ledger
        good = [row for row in comparison.rows if not row.problems]
        theirs = {row.row for row in good if any(cell.state is State.THEIRS for cell in row.cells)}
        new = frozenset(row.row for row in good if row.is_new)
        return Checked(
            ledger=ledger.key,
            filename=self.filename,
            sheet=self.sheet,
            read=self.read,
            new=new,
            changed=frozenset(theirs - new - comparison.idle),
            blocked=frozenset(problem.row for problem in self._blocked if problem.row),
            likely=comparison.likely,
            names={row.row: str(row.values.get(ledger.title) or "") for row in good if row.is_new},
            ignored=comparison.ignored,
            places=comparison.returned.places,
            header=1,
            comparison=comparison,
            origins=comparison.returned.origins,
        )

    @property
    def _blocked(self) -> list[Problem]:
        return [problem for row in self.comparison.rows for problem in row.problems]

    def findings(self, corrections: Corrections) -> Findings:
        work, comparison = self.work, self.comparison
        rows = {row.row: row for row in comparison.returned.rows}

        def raw(row: int, key: str) -> str:
            if (row, key) in corrections.cells:
                return corrections.cells[(row, key)]
            said = rows[row].said.get(key)
            if said is not None:
                return as_text(said.text)
            return work.ledger.by_key[key].format(rows[row].values.get(key))

        finder = Finder(work.ledger, comparison.headers, raw, work.atlas, work.actor)
        of_files = comparison.returned.problems
        finder.problems([*of_files, *self._blocked, *comparison.warnings])
        finder.notes(self.notes)
        finder.left_out(self.left_out)
        return finder.found

    def problems(self, choices: Choices) -> list[Problem]:
        comparison = self.comparison
        found = [*comparison.returned.problems, *comparison.open_problems(choices)]
        found += comparison.warnings
        return sorted(found, key=lambda problem: problem.row or 0)

    def require_as_shown(self, before: Checked) -> None:
        shown = {row.row: row for row in before.comparison.rows} if before.comparison else {}
        for row in self.comparison.rows:
            seen = shown.get(row.row)
            versions = [(one.current or {}).get("version") for one in (row, seen) if one]
            if seen is None or seen.state is not row.state or versions[0] != versions[1]:
                login = (row.current or {}).get("updated_by")
                by = name_in(self.work.connection, login) if login else "他人"
                raise Outdated(f"{by}改动了{row.number or self.comparison.returned.place(row.row)}")

    def settled(self, choices: Choices) -> Settled:
        left_out = {problem.row for problem in self.comparison.open_problems(choices)}
        drafts = _drafts(self.comparison, choices, left_out)
        if refused := _refused(self.work, drafts):
            raise InvalidFile(refused, self.filename, self.sheet)
        listed = list(drafts.values())
        created = sum(draft.is_new for draft in listed)
        updated = sum(not draft.is_new and _differs(draft) for draft in listed)
        unchanged = self.read - created - updated - len(left_out)
        return Settled(listed, created, updated, unchanged, len(left_out))


def _comparison(work: Work, returned: Returned, filename: str) -> Comparison:
    rows = compare_rows(
        work.connection,
        work.actor,
        work.ledger,
        returned,
        work.store.sealer,
        work.progress,
        lock=work.locks,
    )
    new = {row.row: row.values for row in rows if row.is_new}
    counts = dict.fromkeys(map(str, State), 0) | {"new": 0}
    for row in rows:
        counts["new" if row.is_new else str(row.state)] += 1
    compared = Comparison(
        ledger=work.ledger.key,
        filename=filename,
        read=len(rows),
        rows=tuple(row for row in rows if row.problems or row.state is not State.UNCHANGED),
        counts=counts,
        likely=likenesses(work.connection, work.actor, work.ledger, work.atlas, new),
        warnings=tuple(missing_rows(work.connection, work.actor, work.ledger, returned)),
        ignored=returned.ignored,
        headers=returned.headers,
        returned=returned,
    )
    return _with_places(work, compared)


def _with_places(work: Work, comparison: Comparison) -> Comparison:
    """The comparison with the problems that show only when rows are placed: references that lead
    nowhere, records that would come to lie out of scope; positions outside every area."""
    ledger = work.ledger
    settled = Choices({(row.row, cell.key): "file" for row, cell in comparison.conflicts})
    drafts = _drafts(comparison, settled, set())
    headers = {ledger.label_of(key): header for key, header in comparison.headers.items()}
    refused: dict[int, list[Problem]] = {}
    for problem in _refused(work, drafts):
        named = replace(problem, column=headers.get(problem.column or "", problem.column))
        refused.setdefault(int(str(problem.row)), []).append(named)
    kept = {row: draft for row, draft in drafts.items() if row not in refused}
    outside = [row for row, d in kept.items() if d.place and d.place.placement == "outside"]
    lon, area = (comparison.headers.get(key, ledger.label_of(key)) for key in _PLACE)
    warnings = list(comparison.warnings)
    warnings += [
        Problem(row, lon, out_of_scope(kept[row].place), severity="warning") for row in outside
    ]
    for row, draft in kept.items():
        told = elsewhere(work.atlas, draft)
        warnings += [] if told is None else [Problem(row, area, told, severity="warning")]
    rows = tuple(
        replace(row, problems=tuple(refused[row.row])) if row.row in refused else row
        for row in comparison.rows
    )
    idle = frozenset(row for row, draft in kept.items() if not draft.is_new and not _differs(draft))
    compared = replace(comparison, rows=rows, outside=len(outside), idle=idle)
    return replace(compared, warnings=tuple(warnings))


def _differs(draft: Draft) -> bool:
    return bool(audit.changed_fields(draft.current or {}, draft.after))


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


def _refused(work: Work, drafts: dict[int, Draft]) -> list[Problem]:
    """Settle references, seal, place; the problems of rows that cannot be written."""
    listed, ledger = list(drafts.values()), work.ledger
    found = work.settle(listed)
    problems = [
        replace(problem, row=row) for row, own in zip(drafts, found, strict=True) for problem in own
    ]
    arrange(ledger, listed, work.atlas)
    if "area_code" not in ledger.by_key:
        return problems
    for row, draft in drafts.items():
        if not work.actor.sees(draft.after["area_path"]):
            label = ledger.label_of("area_code")
            problems.append(Problem(row, label, out_of_scope(draft.place)))
    return problems
