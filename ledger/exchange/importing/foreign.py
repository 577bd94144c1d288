"""A foreign file compared with the ledger: its rows are planned, and planned rows written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.domain.errors import Outdated, Problem
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.importing.duplicates import ACCEPTED, LIKELY, are_places, likenesses
from ledger.exchange.importing.findings import Finder, Findings, as_text
from ledger.exchange.importing.held import Held, Settled, Work
from ledger.exchange.importing.likely_updates import changes_of
from ledger.exchange.importing.odd_numbers import odd_numbers
from ledger.exchange.importing.origins import placed_notes, placed_problems, placed_rows
from ledger.exchange.importing.planning import Plan, Planner, existing_records
from ledger.exchange.importing.repeats import seen_before, twice_in_file
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.reading.reading import Reading
from ledger.exchange.reading.understanding import LeftOut, Note, summed_up
from ledger.records.drafting import Draft

_ALIKE = "与第{row}行的{why}，按两条登记，请核对；是同一条时请删去一行"
_COMPARED = ("name", "address", "credit_code", "phone")


class ForeignFile(Held):
    """A foreign file as it was read, with the plan for its rows."""

    def __init__(self, work: Work, reading: Reading, filename: str) -> None:
        super().__init__(work, filename, len(reading.rows.rows))
        self.reading = reading
        self.plan = _plan(work, reading)
        self._pictured: list[tuple[Draft, bytes]] = []

    @property
    def sheet(self) -> str:
        return self.reading.sheet.own_name

    @property
    def outside(self) -> int:
        return self.plan.outside

    @property
    def notes(self) -> Sequence[Note]:
        return summed_up([*self.reading.notes, *self.plan.notes])

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return self.reading.left_out

    def checked(self) -> Checked:
        plan, layout, ledger = self.plan, self.reading.layout, self.work.ledger
        return Checked(
            ledger=ledger.key,
            filename=self.filename,
            sheet=self.reading.sheet.name,
            read=self.read,
            new=frozenset(row for row, draft in plan.drafts if draft.is_new),
            changed=frozenset(row for row, draft in plan.drafts if plan.changes(draft)),
            blocked=frozenset(p.row for p in plan.problems if p.row and p.severity == "error"),
            likely=plan.likely,
            names={
                row.row: str(row.values.get(ledger.title) or "")
                for row in self.reading.rows.rows
                if row.row in plan.likely
            },
            ignored=layout.ignored,
            places=layout.columns,
            header=layout.header + 1,
            is_history=plan.is_history,
            origins=self.reading.sheet.origins,
            twins=self.plan.twins,
        )

    def placed_problems(self, choices: Choices) -> tuple[Problem, ...]:
        return placed_problems(self.reading.sheet, self.problems(choices))

    @property
    def placed_notes(self) -> tuple[Note, ...]:
        return placed_notes(self.reading.sheet, self.notes)

    @property
    def placed_left_out(self) -> tuple[LeftOut, ...]:
        return placed_rows(self.reading.sheet, self.left_out)

    def stand(self) -> str:
        """A digest of what would become of each row: equal means that nothing moved."""
        plan, digest = self.plan, hashlib.sha256()
        for row, draft in plan.drafts:
            current: Mapping[str, Any] = draft.current or {}
            area = draft.after.get("area_code")
            digest.update(repr((row, current.get("id"), current.get("version"), area)).encode())
        digest.update(repr(sorted((p.row or 0, p.message) for p in plan.problems)).encode())
        digest.update(repr(sorted(plan.likely.items())).encode())
        return digest.hexdigest()

    def findings(self, corrections: Corrections) -> Findings:
        work, headers = self.work, self.reading.layout.headers

        def raw(row: int, key: str) -> str:
            corrected = corrections.cells.get((row, key))
            return self._cell(row, key) if corrected is None else corrected

        finder = Finder(work.ledger, headers, raw, work.atlas, work.actor)
        finder.problems(sorted(self.plan.problems, key=lambda problem: problem.row or 0))
        finder.notes(self.notes)
        finder.left_out(self.left_out)
        return finder.found

    def _cell(self, row: int, key: str) -> str:
        layout, cells = self.reading.layout, self.reading.sheet.rows[row - 1]
        position = layout.columns.get(key, layout.extra.get(key))
        return "" if position is None or position >= len(cells) else as_text(cells[position])

    def problems(self, choices: Choices) -> list[Problem]:
        layout = self.reading.layout
        header = layout.headers.get(self.work.ledger.title)
        header = header or self.work.ledger.label_of(self.work.ledger.title)
        duplicates = [
            Problem(row, header, ACCEPTED.format(what=like.what, why=like.why), severity="warning")
            if choices.new.get(row)
            else Problem(row, header, LIKELY.format(what=like.what, why=like.why, row=row))
            for row, like in self.plan.likely.items()
        ]
        places = {**layout.columns, **layout.extra}
        position = {layout.headers[key]: at for key, at in places.items()}

        def order(problem: Problem) -> tuple[int, int]:
            return problem.row or 0, position.get(problem.column or "", len(position))

        return sorted([*self.plan.problems, *duplicates], key=order)

    def require_as_shown(self, before: Checked) -> None:
        if self.stand() != before.stand:
            raise Outdated("台账或区域有了变化")

    @property
    def pictures(self) -> tuple[tuple[int, bytes], ...]:
        return tuple((int(draft.after["id"]), content) for draft, content in self._pictured)

    def settled(self, choices: Choices) -> Settled:
        plan = self.plan
        self.reading.rows.rows.clear()  # a large part of what is held while rows are written
        refused = {row for row, wanted in choices.new.items() if not wanted}
        drafts = plan.without({row for row in plan.likely if not choices.new.get(row)} | refused)
        out = len(plan.drafts) - len(drafts)
        kept, written = self.reading.rows.pictures, {id(draft) for draft in drafts}
        self._pictured = [
            (draft, content)
            for row, draft in plan.drafts
            if row in kept and id(draft) in written
            for content in kept[row]
        ]
        plan.drafts = []
        return Settled(
            drafts, plan.created - out, plan.updated, plan.unchanged, plan.rejected + out
        )


def _plan(work: Work, reading: Reading) -> Plan:
    """Compare the rows with the existing records; see `planning.Planner`."""
    ledger, layout, rows = work.ledger, reading.layout, reading.rows
    # Sealing replaces protected texts in place; places are compared by what was typed.
    typed = {
        row.row: {key: row.values.get(key) for key in _COMPARED}
        for row in (rows.rows if are_places(ledger) else ())
    }
    existing = existing_records(work.connection, ledger, rows.rows, lock=work.locks)
    across = work.across
    planner = Planner(
        work.actor,
        ledger,
        layout,
        reading.mapping,
        work.atlas,
        existing,
        work.settle,
        work.progress,
        *((across.numbers, across.newest) if across else ()),
    )
    plan = planner.plan(rows)
    fresh = [(row, draft.after) for row, draft in plan.drafts if draft.is_new]
    new: dict[int, Mapping[str, Any]] = dict(fresh)
    if are_places(ledger):
        new = {row: {**typed[row], "area_code": after.get("area_code")} for row, after in fresh}
    plan.notes += odd_numbers(work.connection, work.actor, ledger, plan.drafts, layout.headers)
    if across is not None and across.twins is not None:
        plan.likely = across.twins.find(new)
    else:
        newest = across.newest if across else None
        plan.likely = likenesses(work.connection, work.actor, ledger, work.atlas, new, newest)
    plan.twins = changes_of(work.connection, ledger, plan.likely, rows.rows)
    if not are_places(ledger):
        header = layout.headers.get(ledger.title) or ledger.label_of(ledger.title)
        plan.notes += [
            Note(row, header, _ALIKE.format(row=earlier, why=why), False, ledger.title)
            for row, (earlier, why) in (
                seen_before(ledger, new, across.cases) if across else twice_in_file(ledger, new)
            ).items()
            if row not in plan.likely
        ]
    return plan
