"""Take over a file that is too large to be held at once: in pieces, as one import.

All pieces are written in one transaction, so an import that is stopped, refused or killed leaves
nothing, and the whole is one batch with one entry, which `past_imports.undo_import` withdraws. The
memory it needs depends on the piece. While it runs others can read; who saves has to wait. The
rules are those of :mod:`ledger.exchange.importing.imports`, but

1. One sheet is read, as one table, with its header at the top.
2. Whether it is a history is decided by the first piece.
3. Likely duplicates are those that are equal (:mod:`ledger.exchange.importing.across`).
4. A workbook that went out from here is refused: it is to be compared three ways, as a whole.
5. Of doubts and problems no more than `MOST_TOLD` are listed; all are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Connection

from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import InvalidFile, Problem, in_file
from ledger.domain.progress import Progress, silent
from ledger.exchange.importing.across import begin_across
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.importing.foreign import ForeignFile
from ledger.exchange.importing.held import Work
from ledger.exchange.importing.import_report import ImportReport
from ledger.exchange.importing.marked_workbooks import carries_marks
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.reading.headers import Layout
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.parsed_rows import read_rows
from ledger.exchange.reading.pieces import PiecedBook, open_in_pieces
from ledger.exchange.reading.raw_cells import is_blank
from ledger.exchange.reading.reading import Reading, Top, find_top
from ledger.exchange.reading.understanding import LeftOut, Note, summed_up
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.own_files import refuse_own_files

MOST_TOLD = 10_000
Rows = Collection[int] | Literal["all"]


@dataclass(frozen=True)
class Asked:
    """What is asked for: the keywords of `imports.import_file` that concern the rows."""

    dry_run: bool
    accept_valid: bool
    as_new: Rows
    left_out: Collection[int]


def import_in_pieces(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    path: Path,
    sheet: str | None,
    mapping: FileMapping | None,
    asked: Asked,
    progress: Progress,
) -> ImportReport:
    """Read, check and take over a large file; see `imports.import_file`."""
    refuse_own_files(store, path)
    if (mapping is None or mapping.is_bare) and carries_marks(path):
        raise InvalidFile(
            "是从本系统导出的表，太大，不能分段与台账三方比较。"
            "请按镇或按村分开导出，改好后分别导入",
            path.name,
        )
    opened: Callable[[], AbstractContextManager[Connection]] = (
        store.reading if asked.dry_run else store.writing
    )
    with open_in_pieces(path, progress) as book, in_file(path):
        top = find_top(store, actor, ledger, book, sheet, mapping)
        taken = _Taken(path.name, "" if book.is_text else top.sheet.name, top.layout.ignored)
        taken.add_notes(top.notes)
        try:
            with opened() as connection:
                atlas = current_atlas(store)
                across = begin_across(connection, actor, ledger, atlas)
                locks = not asked.dry_run
                work = Work(store, connection, actor, ledger, atlas, silent, locks, across)
                _take_pieces(work, book, top, asked, taken, progress)
        except _Refused:
            pass
    return taken.report(asked)


class _Refused(Exception):
    """Rows were rejected: what was written of the others is undone."""


def _take_pieces(
    work: Work, book: PiecedBook, top: Top, asked: Asked, taken: _Taken, progress: Progress
) -> None:
    batch, mapping, begins = uuid4().hex, top.mapping, _begins(work.ledger, top.layout)
    above = top.sheet.rows[: top.layout.header + 1]
    corrections = Corrections(left_out=frozenset(asked.left_out))
    for sheet in book.pieces(top.sheet.name, above, begins):
        rows = read_rows(
            sheet, top.layout, work.ledger, mapping, work.atlas, work.actor, None, corrections
        )
        reading = Reading(sheet, top.layout, mapping, rows).without_cells()
        held = ForeignFile(work, reading, taken.file)
        if mapping.history == "auto":
            mapping = replace(mapping, history="yes" if held.plan.is_history else "no")
        choices = taken.add(held, asked.as_new)
        stopped = bool(taken.rejected) and not asked.accept_valid
        if not asked.dry_run and not stopped:
            work.write_rows(held.settled(choices).drafts, batch, None)
        gone, whole = book.gone()
        progress(f"已处理 {taken.read:,} 行", gone // 1000, whole // 1000)
    if asked.dry_run:
        return
    if taken.rejected and not asked.accept_valid:
        raise _Refused
    work.tell(taken.counts(), taken.file, batch)
    taken.written = True


def _begins(ledger: Ledger, layout: Layout) -> Callable[[Sequence[Any]], bool]:
    """Whether a row names its record and its areas, so that none of it stands in a row above."""
    named = [at for key in (ledger.title,) if (at := layout.columns.get(key)) is not None]
    needed = (*named, *layout.areas)

    def begins(row: Sequence[Any]) -> bool:
        return all(at < len(row) and not is_blank(row[at]) for at in needed)

    return begins


@dataclass
class _Taken:
    """What became of the pieces so far."""

    file: str
    sheet: str
    ignored: tuple[str, ...]
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    outside: int = 0
    written: bool = False
    problems: list[Problem] = field(default_factory=list)
    notes: tuple[Note, ...] = ()
    left_out: list[LeftOut] = field(default_factory=list)
    _untold: int = 0
    _doubts: int = 0

    def add(self, held: ForeignFile, as_new: Rows) -> Choices:
        """Count a piece; which of its likely duplicates are new records."""
        checked = held.checked()
        accepted = checked.likely if as_new == "all" else set(checked.likely) & set(as_new)
        choices = Choices(new=dict.fromkeys(accepted, True))
        outcome = checked.outcome(choices)
        self.read += held.read
        self.created += outcome.created
        self.updated += outcome.updated
        self.unchanged += outcome.unchanged
        self.rejected += outcome.blocked + outcome.undecided
        self.outside += held.outside
        self.add_notes(held.notes)
        problems, room = held.problems(choices), MOST_TOLD - len(self.problems)
        self.problems += problems[:room]
        self._untold += max(0, len(problems) - room)
        self.left_out += held.left_out[: MOST_TOLD - len(self.left_out)]
        return choices

    def add_notes(self, notes: Sequence[Note]) -> None:
        """Keep what is to be told; what every piece says of the whole file is told once."""
        whole = summed_up(dict.fromkeys([*self.notes, *notes]))
        plain = [note for note in whole if note.sure]
        doubts = [note for note in whole if not note.sure]
        self._doubts += len(doubts[MOST_TOLD:])
        self.notes = (*plain, *doubts[:MOST_TOLD])

    def counts(self) -> dict[str, int]:
        """What the entry for the file says."""
        keys = ("read", "created", "updated", "unchanged", "rejected", "outside")
        return {key: getattr(self, key) for key in keys}

    def report(self, asked: Asked) -> ImportReport:
        counts = self.counts()
        if not (self.written or asked.dry_run):
            counts |= {"created": 0, "updated": 0}
        return ImportReport(
            **counts,
            problems=(*self.problems, *self._untold_problems()),
            ignored=self.ignored,
            written=self.written,
            notes=(*self.notes, *self._untold_doubts()),
            left_out=tuple(self.left_out),
            file=self.file,
            sheet=self.sheet,
        )

    def _untold_problems(self) -> Iterator[Problem]:
        if self._untold:
            message = f"另有 {self._untold} 处问题没有列出，请先改正以上各处，再导入"
            yield Problem(None, None, message, severity="warning")

    def _untold_doubts(self) -> Iterator[Note]:
        if self._doubts:
            yield Note(None, None, f"另有 {self._doubts} 处存疑没有列出，请分批核对", sure=False)
