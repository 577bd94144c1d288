"""Compare a returned workbook with the ledger: the state of each row and of each cell.

:mod:`ledger.exchange.importing.row_claims` tells which record a row is. Where it is unknown what
was exported, whatever differs is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from geo.atlas import Area
from ledger.domain.access import Actor
from ledger.domain.columns import Column, Ledger
from ledger.domain.errors import Problem
from ledger.domain.progress import Progress, counted
from ledger.exchange.importing.returned_rows import Returned, ReturnedRow, Said
from ledger.exchange.importing.row_claims import exported_of, identified, records_of
from ledger.exchange.importing.three_way import (
    UNKNOWN,
    Same,
    State,
    sameness,
    state_of,
    state_of_row,
)
from ledger.exchange.reading.understanding import Note, shown
from ledger.records.entering import wrong_position
from ledger.storage.keys.secrets import Sealer

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
    by_id, by_number = records_of(connection, ledger, returned, lock=lock)
    claims = identified(actor, ledger, returned, by_id, by_number)
    bases = exported_of(connection, ledger, claims)
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


_BINNED = "记录“{number}”已移入回收站，文件中的修改没有去处。请先恢复记录，或删去该行"


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
    # Of several workbooks one may lack a column that another has: what is not there says nothing.
    for key, is_same in same.items():
        if key not in read.values and key not in read.said:
            continue
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
    notes = [note for key in read.said for note in _note(ledger, returned, read, key)]
    if read.home is not None and _is_nowhere(ledger, read):
        values["area_code"] = read.home.code
        notes.append(_placed(ledger, returned, read.row, read.home))
    problems += [
        Problem(read.row, returned.headers.get(column.key, column.label), "必须填写")
        for column in ledger.editable
        if column.required and column.key not in values and column.key not in read.said
    ]
    if "lon" in ledger.by_key:
        problems += _half(ledger, returned, read, values)
    return Row(read.row, State.THEIRS, None, (), values, tuple(problems), tuple(notes))


def _is_nowhere(ledger: Ledger, read: ReturnedRow) -> bool:
    """Whether a new row says nothing of where it lies."""
    keys = [key for key in ("area_code", *_POSITION) if key in ledger.by_key]
    said = [key for key in keys if read.values.get(key) is not None or key in read.said]
    return "area_code" in keys and not said


def _placed(ledger: Ledger, returned: Returned, row: int, home: Area) -> Note:
    header = returned.headers.get("area_code") or ledger.label_of("area_code")
    message = f"新增的一行没有写所属区域，归入发出这份表的“{home.name}”"
    return Note(row, header, message, True, "area_code", "", home.code)
