"""Take a file into a ledger, for page and command line: every row or none, with one history.

A file is read (`_Import.read`), held against the ledger within one transaction (`_Import.hold`) and
written (:mod:`ledger.exchange.importing.held`). `check` stops before the writing and says what was
found; `take` does it all again and writes what was chosen, unless anything stands otherwise than
`check` showed it (`Outdated`). `import_file` does it in one go. What is written is one batch with
one entry in the history, which `ledger.records.putting_back.put_back_save` puts back whole; a batch
is written once, however often it is asked for.

Rules, in order, for one row:

1. A cell that its column cannot take makes a problem; a row with a problem is rejected.
2. A row whose 编号 exists changes that record; others become new records. Blank cells of an
   existing record leave the field as it is, unless the mapping says ``blank = "clear"``.
3. A 编号 that stands twice in the file, belongs to somebody else's area or lies in the bin is a
   problem. What lies outside the actor's scope is never told.
4. Where the record comes to lie must be in the actor's scope.
5. A new row that is probably a record already (:mod:`ledger.exchange.importing.duplicates`) is
   rejected, unless somebody said that it is a new one. Two cases alike within one file are
   doubtful.
6. A new row whose position lies outside the area that it names is taken with a warning.
7. Rejected rows stop the whole import unless ``accept_valid``.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, InvalidFile, LedgerError
from ledger.domain.ledgers import ledger_named
from ledger.domain.progress import Progress, silent
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.collecting import without_full_collections
from ledger.exchange.importing.comparison_choices import Choices, TakenOver
from ledger.exchange.importing.foreign import ForeignFile
from ledger.exchange.importing.held import Held, Work
from ledger.exchange.importing.import_report import ImportReport
from ledger.exchange.importing.large_files import Asked, import_in_pieces
from ledger.exchange.importing.likely_updates import numbers_of
from ledger.exchange.importing.once import written_as
from ledger.exchange.importing.returned_rows import Returned
from ledger.exchange.importing.round_trip import ReturnedFile, read_back
from ledger.exchange.reading.corrections import NONE, Corrections
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.pieces import is_large
from ledger.exchange.reading.reading import Reading, read_file
from ledger.records.attachments import attach
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.again import tried_again

_NAMED = 5


@without_full_collections()
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
    """Check a file; nothing is written. ``corrections`` lie over the file.

    Without a ``mapping`` that names columns it is one of ours that came back, if it can be.

    Raises
    ------
    Refused
        If the actor may not import.
    Invalid
        If the file as a whole cannot be read; single cells are findings.
    """
    ledger = _ledger(actor, ledger_key)
    file = _Import(store, actor, ledger, path, sheet, mapping, corrections, progress or silent)
    read = file.read()
    with store.reading() as connection:
        held = file.hold(connection, read, path.name, locks=False)
    return replace(held.checked(), findings=held.findings(corrections), stand=held.stand())


@tried_again
@without_full_collections()
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

    Rows that cannot be taken or that nobody settled, and tables of a zip that were not read, stop
    everything unless ``leave_out``.

    Raises
    ------
    Outdated
        If the ledger changed since the check, so that something else would be written.
    Invalid
        With what stops it.
    """
    ledger = _ledger(actor, checked.ledger)
    if not leave_out:
        _require_settled(checked, choices)
    file = _Import(store, actor, ledger, path, sheet, mapping, corrections, progress or silent)
    read: Reading | Returned
    if checked.comparison is not None:
        read = checked.comparison.returned
    else:
        read = file.read_table().without_cells()
    with store.writing() as connection:
        done = written_as(connection, actor, batch)
        if done is not None:
            return done
        held = file.hold(connection, read, checked.filename, locks=True)
        held.require_as_shown(checked)
        done = held.write(choices, batch)
    _keep_pictures(store, actor, ledger, held)
    return done


@tried_again
@without_full_collections()
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
    as_update: Collection[int] = (),
    left_out: Collection[int] = (),
    progress: Progress | None = None,
) -> ImportReport:
    """Read, check and take over one file, or a zip of them as one; what ``progress`` raises leaves
    nothing written.

    ``as_new`` are the rows (as Excel counts) that are new records although they look like ones
    that are there; ``as_update`` those that change the record that they look like; ``left_out``
    rows are passed over as if they did not stand in the file.

    Raises
    ------
    Refused
        If the actor may not import.
    InvalidFile
        If the file as a whole cannot be read; single rows are reported instead.
    """
    ledger = _ledger(actor, ledger_key)
    if is_large(path):
        if as_update:
            raise InvalidFile("太大，分段导入时不能指定更新哪几行，请另做一个小表", path.name)
        asked = Asked(dry_run, accept_valid, as_new, left_out)
        return import_in_pieces(
            store, actor, ledger, path, sheet, mapping, asked, progress or silent
        )
    corrections = Corrections(left_out=frozenset(left_out))
    if as_update:
        first = check(
            store, actor, ledger_key, path, sheet=sheet, mapping=mapping, corrections=corrections
        )
        corrections = replace(corrections, cells=numbers_of(first, as_update))
    file = _Import(store, actor, ledger, path, sheet, mapping, corrections, progress or silent)
    read = file.read(cells=False)
    opened: AbstractContextManager[Connection] = store.reading() if dry_run else store.writing()
    with opened as connection:
        held = file.hold(connection, read, path.name, locks=not dry_run)
        checked = held.checked()
        accepted = checked.likely if as_new == "all" else set(checked.likely) & set(as_new)
        choices = Choices(new=dict.fromkeys(accepted, True))
        outcome = checked.outcome(choices)
        problems = tuple(held.placed_problems(choices))
        # A file of several that could not be read stops everything as a row does.
        unread = sum(one.row is None and one.severity == "error" for one in problems)
        rejected = outcome.blocked + outcome.undecided + unread
        report = ImportReport(
            read=held.read,
            created=outcome.created if dry_run else 0,
            updated=outcome.updated if dry_run else 0,
            unchanged=outcome.unchanged,
            rejected=rejected,
            outside=held.outside,
            problems=problems,
            ignored=checked.ignored,
            notes=tuple(held.placed_notes),
            left_out=held.placed_left_out,
            file=held.filename,
            sheet=held.sheet,
        )
        if dry_run or (rejected and not accept_valid):
            return report
        del checked, read  # what is not needed any more while a large file is written
        done = held.write(choices, uuid4().hex)
    _keep_pictures(store, actor, ledger, held)
    return replace(
        report,
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        written=True,
    )


def _keep_pictures(store: Store, actor: Actor, ledger: Ledger, held: Held) -> None:
    """Attach the pictures of the file to the records they came with, after these were written. One
    that cannot be kept is left out; the rows stand, so nothing is raised that writes them again."""
    for at, (record_id, content) in enumerate(held.pictures, start=1):
        with suppress(LedgerError, SQLAlchemyError):
            attach(store, actor, ledger.key, record_id, f"表中图片{at}.png", content)


def _ledger(actor: Actor, key: str) -> Ledger:
    """The ledger that a file is for."""
    actor.require(Action.IMPORT, key)
    ledger = ledger_named(key)
    if ledger.geometry == "polygon":
        raise Invalid("区域不用表格导入，请用 areas load 或“区域”页载入边界文件")
    return ledger


@dataclass(frozen=True)
class _Import:
    """One file on its way into a ledger: by whom, and how it is to be read."""

    store: Store
    actor: Actor
    ledger: Ledger
    path: Path
    sheet: str | None
    mapping: FileMapping | None
    corrections: Corrections
    progress: Progress

    def read(self, *, cells: bool = True) -> Reading | Returned:
        """Read it, as one of ours that came back if it is one; raw ``cells`` are kept or not.

        What went out from here needs no mapping, and its positions are WGS84 whatever is said.
        """
        if self.mapping is None or self.mapping.is_bare:
            returned = read_back(
                self.store,
                self.actor,
                self.ledger,
                self.path,
                self.sheet,
                progress=self.progress,
                corrections=self.corrections,
            )
            if returned is not None:
                return returned
        reading = self.read_table()
        return reading if cells else reading.without_cells()

    def read_table(self) -> Reading:
        """Read the file as somebody else's."""
        return read_file(
            self.store,
            self.actor,
            self.ledger,
            self.path,
            self.sheet,
            self.mapping,
            progress=self.progress,
            corrections=self.corrections,
        )

    def hold(
        self, connection: Connection, read: Reading | Returned, filename: str, *, locks: bool
    ) -> Held:
        """What was read, held against the ledger within the transaction."""
        atlas = current_atlas(self.store)
        work = Work(self.store, connection, self.actor, self.ledger, atlas, self.progress, locks)
        if isinstance(read, Returned):
            return ReturnedFile(work, read, filename)
        return ForeignFile(work, read, filename)


def _require_settled(checked: Checked, choices: Choices) -> None:
    """Raises `Invalid` with what nobody settled or mended."""
    if checked.comparison is not None:
        problems = checked.comparison.open_problems(choices)
        if problems:
            raise InvalidFile(problems, checked.filename, checked.sheet)
    if checked.unread:
        raise InvalidFile("；".join(checked.unread[:_NAMED]), checked.filename)
    outcome = checked.outcome(choices)
    if outcome.blocked or outcome.undecided:
        count = outcome.blocked + outcome.undecided
        raise Invalid(f"还有 {count} 行不能导入或没有选定，请先处理，或选择不导入这些行")


__all__ = ["ImportReport", "check", "import_file", "take"]
