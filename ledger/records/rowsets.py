"""Conditions that no single column can express: "visited in October", "open on the 1st of May".

A row set has a name, belongs to some ledgers and takes one text, as written in an address, such as
``settled.set=180``. Figures count with them and link to the rows that they counted, so pages,
exports and sums use the same condition (`ledger.records.query`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select

from ledger.domain.access import Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.contradictions import CHECKED
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing.clock import OFFICE
from ledger.domain.timing.daycount import days_between
from ledger.domain.timing.periods import Period, read_period
from ledger.records import due, late
from ledger.records.contradicted import contradicting, contradiction_words
from ledger.storage.tables import LEDGER_TABLES, assessments, changes, inspections

# States in which a petition still waits for its answer.
UNANSWERED = ("registered", "transferred", "accepted")
UNDETERMINED = "none"
_TIER_WORDS = {"1": "一类", "2": "二类", "3": "三类", "4": "四类", UNDETERMINED: "待研判"}
_DIRECTIONS = {
    "rose": "等级上升",
    "fell": "等级下降",
    "decided": "由待研判转为已评定",
    "undecided": "转为待研判",
}
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
    too: their clause is also given the actor, who has to see those.
    """

    key: str
    ledgers: tuple[str, ...]
    clause: Callable[..., ColumnElement[bool]]
    words: Callable[[str], str]
    scoped: bool = False

    def condition(self, table: Table, text: str, actor: Actor | None) -> ColumnElement[bool]:
        """The clause, for an actor."""
        if not self.scoped:
            return self.clause(table, text)
        if actor is None:
            raise Invalid(f"“{self.words(text)}”只能由某个人查看，不能用来计数")
        return self.clause(table, text, actor)


def row_set(ledger_key: str, key: str) -> RowSet:
    """The row set of that name. Raises `Invalid` if the ledger has none of that name."""
    found = ROW_SETS.get(key)
    if found is None or ledger_key not in found.ledgers:
        raise Invalid(f"这本台账没有名为“{key[:40]}”的筛选")
    return found


def moments_of(period: Period) -> tuple[datetime, datetime]:
    """The first moment of a period and the first one after it, in the office's days."""
    after = period.end + timedelta(days=1)
    start, end = (datetime.combine(day, time(), OFFICE) for day in (period.start, after))
    return start, end


def _by_moments() -> Iterator[RowSet]:
    """A row set for each column of moments by which ledgers are dated: moments in a period."""
    dated: dict[str, list[Ledger]] = {}
    for ledger in LEDGERS.values():
        if ledger.dated and ledger.by_key[ledger.dated].type is ColumnType.MOMENT:
            dated.setdefault(ledger.dated, []).append(ledger)
    for key, ledgers in dated.items():
        yield _within(key, ledgers[0].label_of(key), *(ledger.key for ledger in ledgers))


def _within(key: str, label: str, *ledgers: str) -> RowSet:
    """The row set ``KEY_within``: moments of a column on the days of a period."""

    def clause(table: Table, text: str) -> ColumnElement[bool]:
        start, end = moments_of(read_period(text))
        return and_(table.c[key] >= start, table.c[key] < end)

    return RowSet(f"{key}_within", ledgers, clause, lambda text: f"{label}：{read_period(text)}")


def _settled(table: Table, text: str) -> ColumnElement[bool]:
    since = days_between(table.c.finished_on, table.c.returned_on)
    return or_(table.c.returned_on.is_(None), since > _whole(text))


def open_branches(table: Table, text: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Petitions unanswered at the beginning of a day, as two conditions: those still unanswered,
    and those answered on that day or later. Each condition has an index."""
    day = _day(text)
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


def _tier_at(table: Table, text: str) -> ColumnElement[bool]:
    """``2026-10-31_4``: tier four at the end of that day."""
    day, _, tier = text.partition("_")
    then = _assessed(_day(day)).subquery()
    wanted = _tier(tier)
    held = then.c.tier.is_(None) if wanted == UNDETERMINED else then.c.tier == int(wanted)
    return table.c.id.in_(select(then.c.record_id).where(held))


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


def _moved(table: Table, text: str) -> ColumnElement[bool]:
    """``2026-10-01_2026-10-31_rose``: another tier at the end of the period than before it."""
    period, direction = _movement(text)
    before = _assessed(period.start - timedelta(days=1)).subquery()
    after = _assessed(period.end).subquery()
    then, now = before.c.tier, after.c.tier
    how = {
        "rose": now > then,
        "fell": now < then,
        "decided": and_(then.is_(None), now.is_not(None)),
        "undecided": and_(then.is_not(None), now.is_(None)),
    }[direction]
    same = before.c.record_id == after.c.record_id
    return table.c.id.in_(select(after.c.record_id).join(before, same).where(how))


def _of_batch(table: Table, text: str) -> ColumnElement[bool]:
    """Records that one save, such as an import, added or changed."""
    written = select(changes.c.record_id).where(
        changes.c.batch == text[:32],
        changes.c.ledger == table.name,
        changes.c.action.in_(("create", "update")),
    )
    return table.c.id.in_(written)


def _appeared(table: Table, text: str) -> ColumnElement[bool]:
    """Assessed for the first time in the period."""
    start, end = moments_of(read_period(text))
    first = (
        select(assessments.c.record_id)
        .where(assessments.c.ledger == "institutions")
        .group_by(assessments.c.record_id)
        .having(and_(func.min(assessments.c.at) >= start, func.min(assessments.c.at) < end))
    )
    return table.c.id.in_(first)


def _assessed(day: date) -> Select[Any]:
    """Every institution's tier by its last assessment until the end of a day."""
    after = datetime.combine(day + timedelta(days=1), time(), OFFICE)
    last = (
        select(func.max(assessments.c.id).label("id"))
        .where(assessments.c.ledger == "institutions", assessments.c.at < after)
        .group_by(assessments.c.record_id)
        .subquery()
    )
    effective = func.coalesce(assessments.c.override, assessments.c.tier).label("tier")
    return select(assessments.c.record_id, effective).join(last, assessments.c.id == last.c.id)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= _MOST_DAYS):
        raise Invalid(f"“{text[:20]}”应为1至{_MOST_DAYS}的整数")
    return int(text[:9])


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text[:20]}”不是日期，应写成 2026-10-01") from None
    return Period(day, day).start


def _tier(text: str) -> str:
    if text not in _TIER_WORDS:
        raise Invalid(f"没有“{text[:20]}”这个等级，只有：{'、'.join(_TIER_WORDS)}")
    return text


def _movement(text: str) -> tuple[Period, str]:
    period, _, direction = text.rpartition("_")
    if direction not in _DIRECTIONS:
        raise Invalid(f"“{text[:60]}”读不懂，应写成 2026-10-01_2026-10-31_rose")
    return read_period(period), direction


def _moved_words(text: str) -> str:
    period, direction = _movement(text)
    return f"{period}{_DIRECTIONS[direction]}"


def _tier_at_words(text: str) -> str:
    day, _, tier = text.partition("_")
    return f"截至{_day(day)}为{_TIER_WORDS[_tier(tier)]}"


def _official_words(text: str) -> str:
    return f"包案领导：{text[:60]}"


ROW_SETS = {
    one.key: one
    for one in (
        *_by_moments(),
        RowSet("due", due.DUE_LEDGERS, due.due_clause, due.due_words),
        RowSet("of_batch", _ALL, _of_batch, lambda t: f"同一次导入或保存：{t[:6]}"),
        RowSet("lies_in", _PLACED, _lies_in, lambda t: f"位于选定的{len(t.split(','))}个区域"),
        RowSet("lies_at", _PLACED, _lies_at, lambda t: f"未细分到下级：{t[:40]}"),
        RowSet("official", LED, lambda table, t: table.c.lead_official == t, _official_words),
        RowSet("settled", ("petitions",), _settled, lambda t: f"答复后{_whole(t)}日内未再信访"),
        RowSet("open_at", ("petitions",), _open_at, lambda t: f"{_day(t)}尚未答复"),
        RowSet("visited", ("institutions",), _visited, lambda t: f"走访过：{read_period(t)}"),
        RowSet(
            "visited_round", ("institutions",), _visited_round, lambda t: f"第{_whole(t)}轮已排查"
        ),
        RowSet("tier_at", ("institutions",), _tier_at, _tier_at_words),
        RowSet("tier_moved", ("institutions",), _moved, _moved_words),
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
        RowSet("contradiction", CHECKED, contradicting, contradiction_words, scoped=True),
        RowSet("tier_new", ("institutions",), _appeared, lambda t: f"首次评定：{read_period(t)}"),
    )
}
