"""重点案件 and 逾期事项: single matters, without anybody in them.

Major leads that are open or were registered within the period; collective visits and other matters
of many people (集体访: five and more, statistical practice, DOMAIN §2); everything whose deadline
passed before the last day and that is not done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from ledger.casework.listing import still_open
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEADS, LEDGERS, PETITIONS
from ledger.domain.timing.deadline import days_late
from ledger.domain.timing.deadlines import next_deadline
from ledger.records.due import due_text
from ledger.records.duties import LEGAL, duties_of, named
from ledger.records.surroundings import surroundings_of
from ledger.reporting.bulletins.gathering import Question, iso
from ledger.reporting.bulletins.model import Block, Cell, Field, Heading, Section, Table, Text
from ledger.reporting.bulletins.paragraphs import Number, enumerated, paragraph
from ledger.storage.tables import LEDGER_TABLES

COLLECTIVE = 5
_MOST = 20
_MOST_OVERDUE = 30
_SHORT = {"institutions": "机构走访", "inspections": "走访整改", "measures": "督促措施"}
_LEAD_FIELDS = (
    Field("编号", width=12),
    Field("线索内容", "long", width=20),
    Field("诈骗类型", width=8),
    Field("所属区域", width=14),
    Field("办理状态", width=8),
    Field("最近期限", "date", width=12),
)
_PETITION_FIELDS = (
    Field("编号", width=10),
    Field("信访事项", "long", width=18),
    Field("所属领域", width=10),
    Field("人数", "count", width=5),
    Field("所属区域", width=13),
    Field("办理状态", width=8),
    Field("登记日期", "date", width=11),
)
_OVERDUE_FIELDS = (
    Field("类别", width=8),
    Field("编号", width=10),
    Field("事项", "long", width=16),
    Field("所属区域", width=13),
    Field("期限事项", width=11),
    Field("期限", "date", width=11),
    Field("逾期天数", "count", width=5),
)


def cases_section(question: Question) -> Section:
    """The section 重点案件."""
    leads = _rows(question, LEADS, _major(question))
    petitions = _rows(question, PETITIONS, _collective(question))
    blocks: list[Block] = [Heading("重大线索")]
    if leads:
        fresh = [row for row in leads if question.begins <= row["registered_at"] < question.ends]
        this = question.kind.this
        said = f"未办结和{this}登记的重大线索共", _number(question, "重大线索", LEADS, leads, "条")
        new = f"，其中{this}登记", _number(question, f"{this}登记的重大线索", LEADS, fresh, "条")
        blocks.append(paragraph(said, new, "。"))
        rows = tuple(_lead_row(question, row) for row in leads)
        blocks.append(Table("major_leads", "重大线索办理情况", _LEAD_FIELDS, rows, _MOST))
    else:
        blocks.append(Text("没有未办结的重大线索，也没有新登记的重大线索。"))
    blocks.append(Heading("集体访等多人事项"))
    if petitions:
        caption = f"{COLLECTIVE}人以上信访事项"
        number = _number(question, caption, PETITIONS, petitions, "件")
        blocks.append(
            paragraph(f"{question.kind.this}登记{COLLECTIVE}人以上的信访事项", number, "。")
        )
        rows = tuple(_petition_row(question, row) for row in petitions)
        blocks.append(Table("collective", caption, _PETITION_FIELDS, rows, _MOST))
    else:
        blocks.append(Text(f"{question.kind.this}没有登记{COLLECTIVE}人以上的信访事项。"))
    return Section("cases", "重点案件", tuple(blocks))


def overdue_section(question: Question) -> Section:
    """The section 逾期事项: the whole list, what is late by law first, then the oldest first."""
    found = overdue(question)
    if not found:
        none = f"截至{_day(question.period.end)}，没有逾期未办结的事项。"
        return Section("overdue", "逾期未办结事项", (Text(none),))
    by_ledger: dict[str, list[Late]] = {}
    for one in found:
        by_ledger.setdefault(_SHORT.get(one.ledger.key, one.ledger.label), []).append(one)
    parts = [(name, _late_number(question, name, of)) for name, of in by_ledger.items()]
    by_law = [one for one in found if one.by_law]
    local = [one for one in found if not one.by_law]
    longest = max(days_late(one.due_on, question.period.end) for one in found)
    said = paragraph(
        f"截至{_day(question.period.end)}，逾期未办结事项共",
        _late_number(question, "全部", found),
        ("：法定期限逾期", _late_number(question, "法定期限", by_law)),
        ("，只有本地期限逾期", _late_number(question, "只有本地期限", local), "；其中"),
        enumerated(parts, "，"),
        f"；最长已逾期{longest}天。",
    )
    rows = tuple(_overdue_row(question, one) for one in found)
    table = Table("overdue", "逾期未办结事项清单", _OVERDUE_FIELDS, rows, _MOST_OVERDUE)
    return Section("overdue", "逾期未办结事项", (said, table))


def _number(
    question: Question, label: str, ledger: Ledger, rows: Sequence[Mapping[str, Any]], unit: str
) -> Number:
    counted = question.count(label, ledger.key, [row["id"] for row in rows])
    return Number(f"{len(rows)}{unit}", counted)


def _late_number(question: Question, what: str, found: Sequence[Late]) -> Number:
    """A number of overdue matters, which may be of several ledgers."""
    ids: dict[str, list[int]] = {}
    for one in found:
        ids.setdefault(one.ledger.key, []).append(one.row["id"])
    return Number(f"{len(found)}件", question.counted.add(f"逾期未办结事项：{what}", ids))


@dataclass(frozen=True)
class Late:
    """A record that is overdue: by law or by local rules only, since which day, and with what."""

    ledger: Ledger
    row: Mapping[str, Any]
    by_law: bool
    due_on: date
    what: str


def overdue(question: Question) -> list[Late]:
    """Everything in the area whose deadline passed before the last day: what is late by law first,
    then the oldest first. Of ledgers that not all may see a paper says nothing."""
    found: list[Late] = []
    for key, table in LEDGER_TABLES.items():
        if "due_on" in table.c and LEDGERS[key].seen_by is None:
            # A record that is done carries no day any more (`ledger.records.duties.due_fields`).
            due = table.c.due_on < question.period.end
            rows = _rows(question, LEDGERS[key], due)
            found += [_late(question, LEDGERS[key], row) for row in rows]
    order = list(LEDGERS)
    return sorted(
        found,
        key=lambda one: (not one.by_law, one.due_on, order.index(one.ledger.key), one.row["id"]),
    )


def _late(question: Question, ledger: Ledger, row: Mapping[str, Any]) -> Late:
    """The deadline by which a record is late: the one that a law sets, if that one is over."""
    day, what = row.get(LEGAL), str(row["due_label"] or "")
    if day is None or day >= question.period.end:
        return Late(ledger, row, False, row["due_on"], f"本地：{what}")
    if day != row["due_on"]:
        with question.store.reading() as connection:
            around = surroundings_of(question.store, connection, question.atlas)
        legal = next_deadline(one for one in duties_of(ledger, row, around) if not one.local)
        what = "法定期限" if legal is None else named(legal)
    return Late(ledger, row, True, day, f"法定：{what}")


def _major(question: Question) -> ColumnElement[bool]:
    table = LEDGER_TABLES["leads"]
    within = and_(table.c.registered_at >= question.begins, table.c.registered_at < question.ends)
    return and_(
        table.c.major.is_(True),
        table.c.registered_at < question.ends,
        or_(within, still_open("leads")),
    )


def _collective(question: Question) -> ColumnElement[bool]:
    table = LEDGER_TABLES["petitions"]
    days = table.c.registered_on.between(question.period.start, question.period.end)
    return and_(table.c.people >= COLLECTIVE, days)


def _rows(
    question: Question, ledger: Ledger, condition: ColumnElement[bool]
) -> Sequence[Mapping[str, Any]]:
    table = LEDGER_TABLES[ledger.key]
    query = select(table).where(question.inside(table), condition).order_by(table.c.id)
    with question.store.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _lead_row(question: Question, row: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        row["number"],
        question.told(LEADS, row),
        question.words(LEADS, "fraud_type", row),
        question.place_of(row["area_code"]),
        question.words(LEADS, "state", row),
        None if row["due_on"] is None else due_text(row["due_on"], row["due_label"]),
    )


def _petition_row(question: Question, row: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        row["number"],
        question.told(PETITIONS, row),
        question.words(PETITIONS, "field", row),
        row["people"],
        question.place_of(row["area_code"]),
        question.words(PETITIONS, "state", row),
        iso(row["registered_on"]),
    )


def _overdue_row(question: Question, late: Late) -> tuple[Cell, ...]:
    ledger, row = late.ledger, late.row
    return (
        _SHORT.get(ledger.key, ledger.label),
        row["number"],
        question.told(ledger, row),
        question.place_of(row.get("area_code")),
        late.what,
        iso(late.due_on),
        days_late(late.due_on, question.period.end),
    )


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
