"""Conditions that no single column can express: "visited in October", "open on the 1st of May".

A row set has a name, belongs to some ledgers and takes one text, as written in an address, such as
``settled.set=180``. Figures count with them and link to the rows that they counted, so pages,
exports and sums use the same condition (`ledger.records.query`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Date, Table, and_, or_, select

from ledger.domain.access import Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.contradictions import CHECKED
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing.daycount import days_between
from ledger.domain.timing.periods import moments_of, read_day, read_period
from ledger.domain.timing.spans import read_span, span_words
from ledger.records import bulletin_rows, cases_then, due, late, no_grid, tiers_held
from ledger.records.contradicted import contradicting, contradiction_words
from ledger.storage.tables import LEDGER_TABLES, changes, inspections

# States in which a petition still waits for its answer.
UNANSWERED = ("registered", "transferred", "accepted")
_MOST_DAYS = 3_650
_MOST_CODES = 10
# Of areas that one address may name.
MOST_AREAS = 200
_ALL = tuple(LEDGER_TABLES)
_PLACED = tuple(key for key, table in LEDGER_TABLES.items() if "area_path" in table.c)
# Ledgers whose records name a lead official (包案领导).
LED = tuple(key for key, table in LEDGER_TABLES.items() if "lead_official" in table.c)


@dataclass(frozen=True)
class RowSet:
    """One named condition: ``clause`` gives the SQL and ``words`` the Chinese words for a text.

    Both raise `Invalid` for a text that they cannot read. ``scoped`` ones rest on other records
    too: their clause is also given the actor, who has to see those. ``ruled`` ones rest on rules in
    force besides, and are given the connection. ``frozen`` ones list what was counted once, also if
    it was deleted since.
    """

    key: str
    ledgers: tuple[str, ...]
    clause: Callable[..., ColumnElement[bool]]
    words: Callable[[str], str]
    scoped: bool = False
    ruled: bool = False
    frozen: bool = False

    def condition(
        self, table: Table, text: str, actor: Actor | None, connection: Connection | None
    ) -> ColumnElement[bool]:
        """The clause, for an actor."""
        if not self.scoped:
            return self.clause(table, text)
        if actor is None or (self.ruled and connection is None):
            raise Invalid(f"“{self.words(text)}”只能由某个人查看，不能用来计数")
        return self.clause(table, text, actor, *([connection] if self.ruled else []))


def row_set(ledger_key: str, key: str) -> RowSet:
    """The row set of that name. Raises `Invalid` if the ledger has none of that name."""
    found = _BY_DAYS.get((ledger_key, key)) or ROW_SETS.get(key)
    if found is None or ledger_key not in found.ledgers:
        raise Invalid(f"这本台账没有名为“{key[:40]}”的筛选")
    return found


def _by_moments() -> Iterator[RowSet]:
    """A row set for each column of moments by which ledgers are dated: moments in a period."""
    dated: dict[str, list[Ledger]] = {}
    for ledger in LEDGERS.values():
        if ledger.dated and ledger.by_key[ledger.dated].type is ColumnType.MOMENT:
            dated.setdefault(ledger.dated, []).append(ledger)
    for key, ledgers in dated.items():
        yield _within(key, ledgers[0].label_of(key), *(ledger.key for ledger in ledgers))


def _within(key: str, label: str, *ledgers: str) -> RowSet:
    """The row set ``KEY_within``: days or moments of a column on the days of a span."""

    def clause(table: Table, text: str) -> ColumnElement[bool]:
        period = read_span(text)
        if isinstance(table.c[key].type, Date):
            return and_(table.c[key] >= period.start, table.c[key] <= period.end)
        start, end = moments_of(period)
        return and_(table.c[key] >= start, table.c[key] < end)

    return RowSet(f"{key}_within", ledgers, clause, lambda text: f"{label}：{span_words(text)}")


def _by_days() -> Iterator[tuple[tuple[str, str], RowSet]]:
    """A row set for every column of days or moments of a ledger, under the column's own label."""
    for ledger in LEDGERS.values():
        for column in ledger.columns:
            if column.type in (ColumnType.DATE, ColumnType.MOMENT):
                one = _within(column.key, column.label, ledger.key)
                yield (ledger.key, one.key), one


def _settled(table: Table, text: str) -> ColumnElement[bool]:
    since = days_between(table.c.finished_on, table.c.returned_on)
    return or_(table.c.returned_on.is_(None), since > _whole(text))


def open_branches(table: Table, text: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Petitions unanswered at the beginning of a day, as two conditions: those still unanswered,
    and those answered on that day or later. Each condition has an index."""
    day = read_day(text)
    still = and_(table.c.finished_on.is_(None), table.c.state.in_(UNANSWERED))
    return still, and_(table.c.finished_on >= day)


def _open_at(table: Table, text: str) -> ColumnElement[bool]:
    return or_(*open_branches(table, text))


def _visited(table: Table, text: str) -> ColumnElement[bool]:
    period = read_period(text)
    visited = select(inspections.c.institution).where(
        inspections.c.deleted.is_(False),
        inspections.c.result != "refused",
        inspections.c.inspected_on >= period.start,
        inspections.c.inspected_on <= period.end,
    )
    return table.c.number.in_(visited)


def _visited_round(table: Table, text: str) -> ColumnElement[bool]:
    visited = select(inspections.c.institution).where(
        inspections.c.round == _whole(text),
        inspections.c.deleted.is_(False),
        inspections.c.result != "refused",
    )
    return table.c.number.in_(visited)


def _lies_at(table: Table, text: str) -> ColumnElement[bool]:
    """Records in one of these areas itself (codes separated by commas, the first `_MOST_CODES`),
    not in areas below; ``none`` selects records without an area."""
    path = table.c.area_path
    return or_(
        *(
            path.is_(None) if code == "none" else path.endswith(f"/{code}/", autoescape=True)
            for code in text.split(",")[:_MOST_CODES]
        )
    )


def _lies_in(table: Table, text: str) -> ColumnElement[bool]:
    """In one of these areas (codes with commas) or below it."""
    path = table.c.area_path
    return or_(
        *(path.contains(f"/{code}/", autoescape=True) for code in text.split(",")[:MOST_AREAS])
    )


def _of_batch(table: Table, text: str) -> ColumnElement[bool]:
    """Records that one save, such as an import, added or changed."""
    written = select(changes.c.record_id).where(
        changes.c.batch == text[:32],
        changes.c.ledger == table.name,
        changes.c.action.in_(("create", "update")),
    )
    return table.c.id.in_(written)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= _MOST_DAYS):
        raise Invalid(f"“{text[:20]}”应为1至{_MOST_DAYS}的整数")
    return int(text[:9])


def _official_words(text: str) -> str:
    return f"包案领导：{text[:60]}"


ROW_SETS = {
    one.key: one
    for one in (
        *_by_moments(),
        RowSet(no_grid.KEY, no_grid.LOCATED, no_grid.in_no_grid, no_grid.in_no_grid_words),
        RowSet("due", due.DUE_LEDGERS, due.due_clause, due.due_words),
        RowSet("of_batch", _ALL, _of_batch, lambda t: f"同一次导入或保存：{t[:6]}"),
        RowSet("lies_in", _PLACED, _lies_in, lambda t: f"位于选定的{len(t.split(','))}个区域"),
        RowSet("lies_at", _PLACED, _lies_at, lambda t: f"未细分到下级：{t[:40]}"),
        RowSet("official", LED, lambda table, t: table.c.lead_official == t, _official_words),
        RowSet("settled", ("petitions",), _settled, lambda t: f"答复后{_whole(t)}日内未再信访"),
        RowSet("open_at", ("petitions",), _open_at, lambda t: f"{read_day(t)}尚未答复"),
        RowSet("visited", ("institutions",), _visited, lambda t: f"走访过：{read_period(t)}"),
        RowSet(
            "visited_round", ("institutions",), _visited_round, lambda t: f"第{_whole(t)}轮已排查"
        ),
        RowSet("tier_at", ("institutions",), tiers_held.held_at, tiers_held.held_words),
        RowSet("tier_moved", ("institutions",), tiers_held.moved, tiers_held.moved_words),
        RowSet("not_visited_by", ("institutions",), late.not_visited_by, late.not_visited_words),
        RowSet(
            "reply_late", ("petitions",), late.reply_late, lambda t: f"答复{late.late_words(t)}"
        ),
        RowSet(
            "closure_late",
            ("dispositions",),
            late.closure_late,
            lambda t: f"销号{late.late_words(t)}",
        ),
        RowSet(
            "rectified_late",
            ("inspections",),
            late.rectified_late,
            lambda t: f"整改{late.late_words(t)}",
        ),
        RowSet(
            bulletin_rows.KEY,
            _ALL,
            bulletin_rows.counted_in_bulletin,
            bulletin_rows.counted_words,
            scoped=True,
            frozen=True,
        ),
        RowSet(
            "contradiction", CHECKED, contradicting, contradiction_words, scoped=True, ruled=True
        ),
        RowSet(
            "tier_new",
            ("institutions",),
            tiers_held.first_judged,
            lambda t: f"首次评定：{read_period(t)}",
        ),
        RowSet(
            "there_then", cases_then.LEDGERS_THEN, cases_then.there_then, cases_then.there_words
        ),
        RowSet("open_then", cases_then.LEDGERS_THEN, cases_then.open_then, cases_then.open_words),
    )
}
_BY_DAYS = dict(_by_days())
