"""Workbooks that went out with marks and come back together in a zip: read as one.

Rows are counted on through all of them, so that a correction names one row; where each stands is
kept. A row is known by its 编号 and mark, in whichever of the workbooks it stands now. A workbook
that cannot be read is a problem, and the others are read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, InvalidFile, Problem
from ledger.domain.progress import Progress
from ledger.domain.settings import settings
from ledger.exchange.importing.marked_workbooks import carries_marks, read_returned
from ledger.exchange.importing.returned_rows import Returned, ReturnedRow, Sent
from ledger.exchange.reading.bundles import Bundle, Member, unpacked
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.reading.sheet import Origin
from ledger.exchange.reading.tables_in import read_sheet
from ledger.exchange.reading.understanding import Note

_NAMED = 10
_FOREIGN = "“{file}”不是从这里下载的表格，没有读入，请单独导入"
_OTHER = "“{file}”是另一本台账的表格，没有读入，请在那本台账里导入"
_MOVED = "这一行发出时在“{file}”里；所属区域按这一行写的，没有因为换了文件而改，请核对"
_OTHERS = "“{file}”不是表格，没有读入"


def returned_together(
    ledger: Ledger,
    path: Path,
    atlas: Atlas,
    actor: Actor,
    progress: Progress,
    corrections: Corrections,
) -> Returned | None:
    """The rows of all workbooks of ours in a zip; None if none of them is.

    Raises
    ------
    InvalidFile
        If the zip is not sound, or nothing in it could be read.
    """
    with unpacked(path) as bundle:
        bundle = replace(bundle, tables=called(bundle.tables, ledger))
        marked = {one.path for one in bundle.tables if carries_marks(one.path)}
        if not marked:
            return None
        whole = _Whole(ledger, atlas, actor, progress, corrections)
        for at, one in enumerate(bundle.tables):
            progress("读取文件", at, len(bundle.tables))
            whole.add(at, one, is_ours=one.path in marked)
        if not whole.parts:
            raise InvalidFile(whole.problems, path.name)
        return whole.put_together(bundle)


@dataclass
class _Whole:
    """What was read so far, workbook by workbook."""

    ledger: Ledger
    atlas: Atlas
    actor: Actor
    progress: Progress
    corrections: Corrections
    parts: list[tuple[str, Returned]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)

    def _problem(self, message: str, one: Member) -> None:
        self.problems.append(Problem(None, None, message.format(file=one.name)))

    def add(self, at: int, one: Member, *, is_ours: bool) -> None:
        try:
            table = read_sheet(one.path)
            read = self._read(one, table.name) if is_ours else None
        except Invalid as error:
            self._problem(f"“{{file}}”没有读入：{_plain(error)}", one)
            return
        if not is_ours:
            self.foreign.append(at)
        if read is None:
            self._problem(_OTHER if is_ours else _FOREIGN, one)
            return
        base = len(self.origins)
        self.origins += [Origin("", row, file=one.name) for row in range(1, read.length + 1)]
        most = settings().max_import_rows
        if len(self.origins) > most:
            raise Invalid(f"各份表格合起来超过 {most} 行，请分几次导入")
        rows = [_with_mark(row, read) for row in read.rows]
        sent = tuple(
            replace(
                sent,
                file=one.name,
                base=base,
                length=read.length,
                places=read.places,
                sheet=read.sheet,
            )
            for sent in read.sent
        )
        self.parts.append((one.name, replace(read, rows=rows, sent=sent)))

    def _read(self, one: Member, sheet: str) -> Returned | None:
        return read_returned(
            one.path,
            sheet,
            self.ledger,
            self.atlas,
            self.actor,
            self.progress,
            self.corrections,
            base=len(self.origins),
        )

    def put_together(self, bundle: Bundle) -> Returned:
        reads = [read for _, read in self.parts]
        names = [name for name, _ in self.parts]
        more = f"等 {len(names)} 份" if len(names) > _NAMED else ""
        said = f"一并读入：{'、'.join(names[:_NAMED])}{more}"
        sent = tuple(one for read in reads for one in read.sent)
        return Returned(
            headers={key: name for read in reversed(reads) for key, name in read.headers.items()},
            rows=[row for read in reads for row in read.rows],
            marks={number: mark for one in sent for number, mark in one.marks.items()},
            ignored=tuple(dict.fromkeys(name for read in reads for name in read.ignored)),
            places=reads[0].places,
            sent=sent,
            left_out=tuple(one for read in reads for one in read.left_out),
            passed=frozenset(number for read in reads for number in read.passed),
            origins=self.origins,
            notes=(
                Note(None, None, said),
                *(Note(None, None, _OTHERS.format(file=one), False) for one in bundle.others),
                *self._moved(sent),
            ),
            problems=tuple(self.problems),
            foreign=tuple(self.foreign),
            length=len(self.origins),
        )

    def _moved(self, sent: Sequence[Sent]) -> Iterator[Note]:
        """The rows that went out in another of the workbooks than the one they stand in now."""
        by_number = {number: one.file for one in sent for number in one.marks}
        for _, read in self.parts:
            own = {number for one in read.sent for number in one.marks}
            for row in read.rows:
                number = str(row.values.get("number") or "")
                if number in by_number and number not in own:
                    header = read.headers.get("number", "编号")
                    message = _MOVED.format(file=by_number[number])
                    yield Note(row.row, header, message, False, was=number)


def called(tables: Sequence[Member], ledger: Ledger) -> list[Member]:
    """The workbooks without what all templates are called, as long as they can be told apart."""
    short = [one.name.removesuffix(f"_{ledger.label}.xlsx") for one in tables]
    if len(set(short)) < len(short):
        return list(tables)
    return [replace(one, name=name) for one, name in zip(tables, short, strict=True)]


def _with_mark(row: ReturnedRow, read: Returned) -> ReturnedRow:
    """The row with the mark that its own workbook knows, where its hidden cells are gone."""
    mark = row.mark or read.marks.get(str(row.values.get("number") or ""))
    return row if mark is row.mark else replace(row, mark=mark)


def _plain(error: Invalid) -> str:
    """What is wrong with a file, fit for `str.format`."""
    return str(error.problems[0]).replace("{", "(").replace("}", ")")
