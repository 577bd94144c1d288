"""Compare the rows of a file with the existing records: which are written, and which are not."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import Invalid, Problem
from ledger.domain.progress import Progress, counted, silent
from ledger.exchange.importing.duplicates import Likeness
from ledger.exchange.importing.history import settle_cases
from ledger.exchange.importing.place_checks import elsewhere
from ledger.exchange.reading.headers import Layout
from ledger.exchange.reading.loose_values import NONE
from ledger.exchange.reading.loose_words import is_none_sign, tidy_text
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.parsed_rows import Incoming, Rows
from ledger.exchange.reading.understanding import Note
from ledger.records.drafting import Draft, arrange
from ledger.records.entering import out_of_scope
from ledger.records.history import audit
from ledger.storage.tables import LEDGER_TABLES

_AT_ONCE = 500
_FLOATING = (ColumnType.NUMBER, ColumnType.MONEY, ColumnType.LONGITUDE, ColumnType.LATITUDE)
# A workbook keeps 15 to 16 digits of a number.
_SAME_NUMBER = 1e-14

Drafts = list[tuple[int, Draft]]


@dataclass
class Plan:
    """Drafts to be written with their rows in the file, and problems found on the way.

    ``likely`` are the new rows that are probably records already; ``notes`` what else is doubtful.
    ``is_history`` tells that its new cases are cases of the past; ``twins`` what would change in
    the records that new rows probably repeat.
    """

    problems: list[Problem]
    drafts: Drafts = field(default_factory=list)
    likely: dict[int, Likeness] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    outside: int = 0
    is_history: bool = False
    twins: dict[int, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)

    @staticmethod
    def changes(draft: Draft) -> bool:
        """Whether a draft changes a record that is there."""
        return not draft.is_new and bool(audit.changed_fields(draft.current or {}, draft.after))

    def without(self, rows: Collection[int]) -> list[Draft]:
        """What is to be written when these new rows are left out."""
        return [draft for row, draft in self.drafts if not (draft.is_new and row in rows)]

    @property
    def rejected(self) -> int:
        """How many rows cannot be taken."""
        return len({item.row for item in self.problems if item.severity == "error"})


def existing_records(
    connection: Connection, ledger: Ledger, rows: list[Incoming], *, lock: bool
) -> dict[str, dict[str, Any]]:
    """The records, in the bin too, that bear a number of the file, by number."""
    table = LEDGER_TABLES[ledger.key]
    keys = [column.key for column in table.c]
    wanted = list({row.values["number"] for row in rows if row.values.get("number")})
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(table).where(table.c.number.in_(wanted[start : start + _AT_ONCE]))
        for row in connection.execute(query.with_for_update() if lock else query):
            record = dict(zip(keys, row, strict=True))
            found[record["number"]] = record
    return found


@dataclass
class Planner:
    """Turns the rows of one file into a `Plan`.

    ``existing`` are records by number; ``settle`` seals protected texts and settles references
    to other ledgers, and returns the problems of each draft. ``numbers`` are the rows of the 编号
    that stand in pieces of the file before this one, whose records have ids beyond ``newest``.
    """

    actor: Actor
    ledger: Ledger
    layout: Layout
    mapping: FileMapping
    atlas: Atlas
    existing: Mapping[str, dict[str, Any]]
    settle: Callable[[list[Draft]], list[list[Problem]]]
    progress: Progress = silent
    numbers: dict[str, int] = field(default_factory=dict)
    newest: int | None = None

    def plan(self, rows: Rows) -> Plan:
        """Match, merge, place and check every row. Nothing is written.

        Raises
        ------
        Invalid
            When a required column is absent although there are new records to be made.
        """
        self._require_columns(rows.rows)
        self._problems = list(rows.problems)
        self._bad = {problem.row for problem in rows.problems}
        drafts = self._settled(self._drafts(rows))
        cases = settle_cases(self.ledger, drafts, self.mapping.history)
        arrange(self.ledger, [draft for _, draft in drafts], self.atlas)
        plan = Plan(self._problems, notes=cases.notes, is_history=cases.is_history)
        if "area_code" in self.ledger.by_key:
            self._check_places(drafts, plan)
        plan.drafts = [(row, draft) for row, draft in drafts if row not in self._bad]
        for _, draft in plan.drafts:
            _count(plan, draft)
        return plan

    def _require_columns(self, rows: list[Incoming]) -> None:
        """A required column may be absent only where every row changes a record of ours."""
        present = {*self.layout.columns, *self.mapping.constants}
        missing = [
            column.label
            for column in self.ledger.editable
            if column.required and column.key not in present
        ]
        if not missing:
            return
        ours = {number for number, record in self.existing.items() if self._is_ours(record)}
        if any(row.values.get("number") not in ours for row in rows):
            named = "、".join(f"“{label}”" for label in missing)
            raise Invalid(
                f"表头(第{self.layout.header + 1}行)缺少必填的列：{named}，请补上后再导入"
            )

    def _is_ours(self, record: Mapping[str, Any]) -> bool:
        return "area_code" not in self.ledger.by_key or self.actor.sees(record["area_path"])

    def _reject(self, row: int, key: str, message: str) -> None:
        label = self.layout.headers.get(key) or self.ledger.label_of(key)
        self._problems.append(Problem(row, label, message))
        self._bad.add(row)

    def _drafts(self, rows: Rows) -> Drafts:
        drafts: Drafts = []
        first = self.numbers
        required = [column.key for column in self.ledger.editable if column.required]
        for incoming in counted(rows.rows, "核对", self.progress):
            number = incoming.values.get("number")
            if number and first.setdefault(number, incoming.row) != incoming.row:
                message = f"编号“{number}”与第{first[number]}行重复，请改正或删去一行"
                self._reject(incoming.row, "number", message)
            current = self.existing.get(number) if number else None
            if current is not None and self.newest is not None and current["id"] > self.newest:
                if incoming.row not in self._bad:
                    message = f"编号“{number}”已由系统编给前面没有编号的一行，请改用别的编号"
                    self._reject(incoming.row, "number", message)
            elif current is None:
                for key in required:
                    empty = incoming.values.get(key) is None
                    if empty and (incoming.row, key) not in rows.refused:
                        self._reject(incoming.row, key, "必须填写")
            elif not self._is_ours(current):
                message = f"编号“{number}”不能使用，请核对，或留空由系统编号"
                self._reject(incoming.row, "number", message)
            elif current["deleted"]:
                message = f"编号“{number}”的记录在回收站中，请先恢复它，或改用别的编号"
                self._reject(incoming.row, "number", message)
            if incoming.row not in self._bad:
                drafts.append((incoming.row, self._draft(incoming, current)))
        return drafts

    def _settled(self, drafts: Drafts) -> Drafts:
        """Reject the rows whose references lead nowhere; the others can be arranged."""
        found = self.settle([draft for _, draft in drafts])
        for (row, _), problems in zip(drafts, found, strict=True):
            for problem in problems:
                self._problems.append(replace(problem, row=row))
                self._bad.add(row)
        return [(row, draft) for row, draft in drafts if row not in self._bad]

    def _draft(self, incoming: Incoming, current: dict[str, Any] | None) -> Draft:
        if current is None:
            return Draft(incoming.values, None, incoming.extra)
        values, extra = dict(incoming.values), incoming.extra
        if self.mapping.blank == "clear":
            blank = {key: None for key in self.layout.columns if key not in values}
            values |= {key: None for key in blank if not self._must_stay(key)}
            extra = {**dict.fromkeys(self.layout.extra), **extra}
        for key in self._floating:
            if key in values and _same_number(values[key], current[key]):
                values[key] = current[key]
        for key, value in values.items():
            if isinstance(value, str) and _same_text(value, current[key]):
                values[key] = current[key]
        return Draft(values, current, extra)

    @property
    def _floating(self) -> tuple[str, ...]:
        return tuple(
            key for key in self.layout.columns if self.ledger.by_key[key].type in _FLOATING
        )

    def _must_stay(self, key: str) -> bool:
        return key == "number" or self.ledger.by_key[key].required

    def _check_places(self, drafts: Drafts, plan: Plan) -> None:
        """Refuse swapped positions and what lies out of scope; list what lies outside, of every
        area or of the one that the row names."""
        swapped = self._swapped(drafts)
        for row, draft in drafts:
            if row in swapped:
                message = "坐标不在任何区域内，对调经度与纬度后则在区域内，请核对是否写反"
                self._reject(row, "lon", message)
                continue
            outside = draft.place is not None and draft.place.placement == "outside"
            key = "lon" if outside else "area_code"
            if not self.actor.sees(draft.after["area_path"]):
                self._reject(row, key, out_of_scope(draft.place))
            elif outside:
                plan.outside += 1
                label = self.layout.headers.get(key) or self.ledger.label_of(key)
                self._problems.append(
                    Problem(row, label, out_of_scope(draft.place), severity="warning")
                )
            elif (told := elsewhere(self.atlas, draft)) is not None:
                label = self.layout.headers.get(key) or self.ledger.label_of(key)
                self._problems.append(Problem(row, label, told, severity="warning"))

    def _swapped(self, drafts: Drafts) -> set[int]:
        """Rows outside every area that would lie in one with longitude and latitude exchanged."""
        outside = [
            (row, draft.after["lat"], draft.after["lon"])
            for row, draft in drafts
            if draft.place is not None
            and draft.place.placement == "outside"
            and abs(draft.after["lon"]) <= 90
        ]
        if not outside:
            return set()
        rows, lon, lat = zip(*outside, strict=True)
        located = self.atlas.locate(np.array(lon), np.array(lat), nearest=False)
        return {row for row, found in zip(rows, located["code"].notna(), strict=True) if found}


def _same_number(new: Any, old: Any) -> bool:
    return (
        isinstance(new, float)
        and isinstance(old, float)
        and math.isclose(new, old, rel_tol=_SAME_NUMBER)
    )


def _same_text(new: str, old: Any) -> bool:
    """Whether only differs what a file does not keep, or reading makes alike: blanks, strokes."""
    return isinstance(old, str) and new != old and _tidy(new) == _tidy(old)


def _tidy(text: str) -> str:
    if is_none_sign(text):
        return NONE  # a stroke is read as the word
    return tidy_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def _count(plan: Plan, draft: Draft) -> None:
    if draft.is_new:
        plan.created += 1
    elif plan.changes(draft):
        plan.updated += 1
    else:
        plan.unchanged += 1
