"""Compare a returned workbook with the ledger: the record of each row, the state of each cell.

A row is the record whose 编号 it shows; the hidden mark only says what was exported. So a row that
was copied to make a new one, or a hidden column pasted over, cannot change a wrong record.

1. A 编号 that is in the ledger names the record.
2. Without one the mark does, unless another row shows that record's 编号: then it is a new row.
3. A changed 编号 is refused: numbers are given once.
4. One record on two rows is refused on both.
5. What was exported is worked out from the history and believed if it has the mark's fingerprint;
   otherwise it is unknown, and whatever differs is a conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.access import Actor
from ledger.domain.columns import Column, Ledger
from ledger.domain.errors import Problem
from ledger.domain.progress import Progress, counted
from ledger.exchange.importing.marked_workbooks import Returned, ReturnedRow, Said
from ledger.exchange.importing.three_way import (
    UNKNOWN,
    Same,
    State,
    sameness,
    state_of,
    state_of_row,
)
from ledger.exchange.reading.understanding import Note, shown
from ledger.exchange.writing.fingerprints import Mark, fingerprints_of
from ledger.records.entering import wrong_position
from ledger.records.history.as_of import held_at
from ledger.storage.keys.secrets import Sealer
from ledger.storage.tables import LEDGER_TABLES

_AT_ONCE = 500
_POSITION = ("lon", "lat")


@dataclass(frozen=True)
class Cell:
    """One cell that is not unchanged; ``exported`` may be `three_way.UNKNOWN`."""

    key: str
    exported: Any
    now: Any
    file: Any
    state: State


@dataclass(frozen=True)
class Row:
    """One row: the record it is (None for a new one), its state, and its cells that differ.

    ``problems`` keep the whole row out. ``values`` of a new row are all that it says; ``notes``
    tell of cells that count how they were understood.
    """

    row: int
    state: State
    current: Mapping[str, Any] | None = None
    cells: tuple[Cell, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def is_new(self) -> bool:
        return self.current is None and not self.problems

    @property
    def number(self) -> str:
        """The 编号 of the record, or what a new row asks for."""
        return str((self.current or self.values).get("number") or "")


@dataclass(frozen=True)
class _Claim:
    """A row and the record it was found to be."""

    read: ReturnedRow
    current: Mapping[str, Any] | None
    mark: Mark | None
    problem: str | None = None


def compare_rows(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    returned: Returned,
    sealer: Sealer,
    progress: Progress,
    *,
    lock: bool = False,
) -> list[Row]:
    """Every row of the file with its state, in the order of the file."""
    by_id, by_number = _records(connection, ledger, returned, lock=lock)
    claims = _identified(actor, ledger, returned, by_id, by_number)
    bases = _exported(connection, ledger, claims)
    same = {
        key: sameness(ledger.by_key[key], sealer) for key in returned.headers if key != "number"
    }
    rows = []
    for claim in counted(claims, "对照", progress):
        if claim.problem is not None:
            label = returned.headers.get("number", "编号")
            problems = (Problem(claim.read.row, label, claim.problem),)
            rows.append(Row(claim.read.row, State.CONFLICT, None, (), {}, problems))
        elif claim.current is None:
            rows.append(_new(ledger, returned, claim.read))
        else:
            base = bases.get(claim.current["id"])
            rows.append(_compared(ledger, returned, claim.read, claim.current, base, same))
    return rows


def _records(
    connection: Connection, ledger: Ledger, returned: Returned, *, lock: bool
) -> tuple[dict[int, dict[str, Any]], dict[str, dict[str, Any]]]:
    """The records that marks or numbers of the file speak of, in anybody's area and in the bin."""
    table = LEDGER_TABLES[ledger.key]
    keys = [column.key for column in table.c]
    by_id: dict[int, dict[str, Any]] = {}
    ids = {row.mark.record_id for row in returned.rows if row.mark}
    numbers = {str(row.values["number"]) for row in returned.rows if row.values.get("number")}
    wanted: list[tuple[Any, list[Any]]] = [
        (table.c.id, sorted(ids)),
        (table.c.number, sorted(numbers)),
    ]
    for column, values in wanted:
        for start in range(0, len(values), _AT_ONCE):
            query = select(table).where(column.in_(values[start : start + _AT_ONCE]))
            for found in connection.execute(query.with_for_update() if lock else query):
                record = dict(zip(keys, found, strict=True))
                by_id[record["id"]] = record
    return by_id, {record["number"]: record for record in by_id.values()}


def _identified(
    actor: Actor,
    ledger: Ledger,
    returned: Returned,
    by_id: Mapping[int, dict[str, Any]],
    by_number: Mapping[str, dict[str, Any]],
) -> list[_Claim]:
    numbers = [str(row.values.get("number") or "") for row in returned.rows]
    shown = {by_number[number]["id"] for number in numbers if number in by_number}
    claims = []
    for read, number in zip(returned.rows, numbers, strict=True):
        marked = by_id.get(read.mark.record_id) if read.mark else None
        if number in by_number:
            claims.append(_claim(actor, ledger, read, by_number[number], returned))
        elif number in returned.marks:
            claims.append(_Claim(read, None, None, _GONE.format(number=number)))
        elif read.mark is None or (marked and marked["id"] in shown):
            claims.append(_Claim(read, None, None))
        elif marked is None:
            claims.append(_Claim(read, None, None, _GONE.format(number=number or "(空)")))
        elif number:
            claims.append(_Claim(read, None, None, _RENUMBERED.format(number=number)))
        else:
            claims.append(_claim(actor, ledger, read, marked, returned))
    times = Counter(claim.current["id"] for claim in claims if claim.current)
    return [_only_once(claim, claims, times) for claim in claims]


_GONE = "没有找到编号“{number}”的记录，或不在您的辖区内，该行不能导入。请核对编号，或删去该行"
_RENUMBERED = "编号被改成了“{number}”。编号一经登记不能修改，请改回；要新增记录请清空编号另起一行"
_TWICE = "与第{rows}行是同一条记录，请只留一行；要新增记录请清空编号"
_BINNED = "记录“{number}”已移入回收站，文件中的修改没有去处。请先恢复记录，或删去该行"


def _claim(
    actor: Actor,
    ledger: Ledger,
    read: ReturnedRow,
    record: Mapping[str, Any],
    returned: Returned,
) -> _Claim:
    if "area_code" in ledger.by_key and not actor.sees(record["area_path"]):
        number = read.values.get("number") or "(空)"
        return _Claim(read, None, None, _GONE.format(number=number))
    for mark in (read.mark, returned.marks.get(record["number"])):
        if mark is not None and mark.record_id == record["id"]:
            return _Claim(read, record, mark)
    return _Claim(read, record, None)


def _only_once(claim: _Claim, claims: Sequence[_Claim], times: Mapping[int, int]) -> _Claim:
    if claim.current is None or times[claim.current["id"]] == 1:
        return claim
    others = [
        str(other.read.row)
        for other in claims
        if other.current and other is not claim and other.current["id"] == claim.current["id"]
    ]
    return _Claim(claim.read, None, None, _TWICE.format(rows="、".join(others[:5])))


def _exported(
    connection: Connection, ledger: Ledger, claims: Iterable[_Claim]
) -> dict[int, dict[str, Any]]:
    """What was exported of each record, where that can be told for certain."""
    known = [(claim.current, claim.mark) for claim in claims if claim.current and claim.mark]
    older = {row["id"]: mark.version for row, mark in known if row["version"] > mark.version}
    held = held_at(connection, ledger, older)
    fingerprint = fingerprints_of(ledger)
    bases = {}
    for row, mark in known:
        base = {**row, **held.get(row["id"], {})}
        if row["version"] >= mark.version and fingerprint(base) == mark.fingerprint:
            bases[row["id"]] = base
    return bases


def _compared(
    ledger: Ledger,
    returned: Returned,
    read: ReturnedRow,
    current: Mapping[str, Any],
    base: Mapping[str, Any] | None,
    same: Mapping[str, Any],
) -> Row:
    cells, problems = [], []
    notes: list[Note] = []
    for key, is_same in same.items():
        exported = UNKNOWN if base is None else base[key]
        said = read.said.get(key)
        value = read.values.get(key)
        if said is not None:
            known = (current,) if base is None else (base, current)
            alike = [row for row in known if _says(said, row[key], ledger.by_key[key], is_same)]
            if alike:
                value, said = alike[0][key], None
            elif said.refused:
                problems.append(Problem(read.row, returned.headers[key], said.refused))
                continue
        state = state_of(exported, current[key], value, is_same)
        if state is not State.UNCHANGED:
            cells.append(Cell(key, exported, current[key], value, state))
            if said is not None and state in _TAKES:
                notes += _note(ledger, returned, read, key)
        if state in _TAKES and value is None and ledger.by_key[key].required:
            problems.append(Problem(read.row, returned.headers[key], "必须填写"))
    cells = _position_as_one(cells)
    after = {**current, **{cell.key: cell.file for cell in cells if cell.state in _TAKES}}
    if any(cell.key in _POSITION and cell.state in _TAKES for cell in cells):
        problems += _half(ledger, returned, read, after)
    changed = problems or any(cell.state in _TAKES for cell in cells)
    if current["deleted"] and changed:
        message = _BINNED.format(number=current["number"])
        problems = [Problem(read.row, returned.headers.get("number", "编号"), message)]
    state = state_of_row(cell.state for cell in cells)
    return Row(read.row, state, current, tuple(cells), {}, tuple(problems), tuple(notes))


_TAKES = (State.THEIRS, State.CONFLICT)


def _says(said: Said, value: Any, column: Column, is_same: Same) -> bool:
    """Whether a cell holds a value as it stands, however it would be read in a new cell: a stroke
    that stands for itself, a value of long ago that the column would refuse today."""
    if said.plain is not None and is_same(value, said.plain):
        return True
    return said.text == column.format(value)


def _note(ledger: Ledger, returned: Returned, read: ReturnedRow, key: str) -> Iterator[Note]:
    found = read.said[key].understood
    if found is not None:
        column = ledger.by_key[key]
        is_open = not column.rule.masked
        value = column.format(found.value) if is_open else ""
        header, was = returned.headers[key], shown(read.said[key].text)
        yield Note(read.row, header, found.how, found.sure, key, was, value)


def _half(
    ledger: Ledger, returned: Returned, read: ReturnedRow, values: Mapping[str, Any]
) -> Iterator[Problem]:
    """A problem where only one half of a position would stand; refused cells have theirs."""
    key, message = wrong_position(values.get("lon"), values.get("lat"))
    if not message or any(one in read.said and read.said[one].refused for one in _POSITION):
        return
    yield Problem(read.row, returned.headers.get(key) or ledger.label_of(key), message)


def _position_as_one(cells: list[Cell]) -> list[Cell]:
    """Give longitude and latitude one common state: halves of two sides are no real position."""
    states = {cell.state for cell in cells if cell.key in _POSITION}
    file_moved = states & {State.THEIRS, State.AGREED, State.CONFLICT}
    ledger_moved = states & {State.OURS, State.AGREED, State.CONFLICT}
    if not (file_moved and ledger_moved):
        return cells
    return [
        Cell(cell.key, cell.exported, cell.now, cell.file, State.CONFLICT)
        if cell.key in _POSITION and cell.state in (State.THEIRS, State.OURS)
        else cell
        for cell in cells
    ]


def _new(ledger: Ledger, returned: Returned, read: ReturnedRow) -> Row:
    problems = [
        Problem(read.row, returned.headers[key], said.refused)
        for key, said in read.said.items()
        if said.refused
    ]
    values = {key: value for key, value in read.values.items() if value is not None}
    problems += [
        Problem(read.row, returned.headers.get(column.key, column.label), "必须填写")
        for column in ledger.editable
        if column.required and column.key not in values and column.key not in read.said
    ]
    if "lon" in ledger.by_key:
        problems += _half(ledger, returned, read, values)
    notes = tuple(note for key in read.said for note in _note(ledger, returned, read, key))
    return Row(read.row, State.THEIRS, None, (), values, tuple(problems), notes)
