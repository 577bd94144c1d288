"""Print an opened record: its fields as files have them, its deadlines, tier and history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.domain.timing.deadline import Deadline
from ledger.exchange.printing.paper import Paper, Part, cell_text, head_of
from ledger.exchange.writing.table import Cell, Field, Table
from ledger.exchange.writing.tables_out import table_of
from ledger.records import assessments, opened, service
from ledger.records.history import audit
from ledger.records.person_names import person_names
from ledger.records.places.area_words import area_names
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.again import tried_again

MOST_ENTRIES = 30
_DUTIES = (
    Field("what", "期限事项"),
    Field("due", "到期", "date"),
    Field("state", "情况"),
    Field("basis", "依据"),
)
_HISTORY = (
    Field("at", "时间", "date"),
    Field("who", "谁"),
    Field("what", "做了什么"),
    Field("fields", "涉及"),
    Field("reason", "理由"),
)
_OTHERS = "其他"


@tried_again
def printed_record(store: Store, actor: Actor, ledger_key: str, record_id: int) -> Paper:
    """One record on paper; it is logged. Protected texts are masked.

    Raises `Refused`, and `NotFound` for a missing or an out-of-scope record.
    """
    record, ledger = service.get(store, actor, ledger_key, record_id), ledger_named(ledger_key)
    atlas = current_atlas(store)
    duties = [duty for duty, _ in opened.deadlines(store, actor, ledger_key, record_id)]
    parts = [*_facts(store, ledger, record, atlas, actor)]
    if duties:
        parts.insert(0, Part("期限", table=_duties(duties)))
    if ledger.judged:
        why = assessments.why(store, actor, record, ledger=ledger)
        said = (f"规则版本 {why.rules_version}", *why.lines)
        override = record["override_reason"] if record["tier_override"] else None
        more = (f"人工调整，理由：{override or '未填写'}",) if record["tier_override"] else ()
        parts.insert(0, Part("为什么是这个等级", lines=(*more, *said)))
    entries = service.history(store, actor, ledger_key, record_id)
    parts.append(_history(store, ledger, entries))
    title = str(record.get(ledger.title) or ledger.label)
    head = head_of(actor, atlas, f"{ledger.label} {record['number']}")
    change = audit.Change("print", ledger.key, record_id, record["number"])
    with store.writing() as connection:
        audit.append(connection, actor, [change])
    return Paper(title, head, tuple(parts))


def facts_of_record(
    ledger: Ledger, record: Mapping[str, Any], atlas: Atlas, actor: Actor
) -> dict[str, tuple[str, str]]:
    """Key → label and text of every column, as files have them; an area by its names."""
    fields, (row,) = table_of(ledger, [dict(record)], atlas)
    found = {}
    for field, cell in zip(fields, row, strict=True):
        if field.key != "area_name":
            found[field.key] = field.header, _text(ledger, field, cell, atlas, actor)
    return found


def _text(ledger: Ledger, field: Field, cell: Cell, atlas: Atlas, actor: Actor) -> str:
    column = ledger.by_key.get(field.key)
    if column is not None and column.type is ColumnType.AREA and cell is not None:
        return area_names(atlas, str(cell), actor.scope_path)
    text = cell_text(field, cell)
    has_unit = text and column is not None and column.unit and column.type is not ColumnType.MONEY
    return f"{text} {column.unit}" if has_unit and column else text


def _facts(
    store: Store, ledger: Ledger, record: Mapping[str, Any], atlas: Atlas, actor: Actor
) -> list[Part]:
    """The fields group by group, in the order in which groups are declared."""
    found = facts_of_record(ledger, record, atlas, actor)
    names = person_names(store, [record["updated_by"]])
    found["updated_by"] = found["updated_by"][0], names[str(record["updated_by"])]
    groups = {column.key: column.group for column in ledger.columns}
    order = list(dict.fromkeys([*groups.values(), _OTHERS]))
    placed = sorted(found, key=lambda key: order.index(groups.get(key, _OTHERS)))
    return [
        Part(group, facts=tuple(found[key] for key in members))
        for group, members in groupby(placed, key=lambda key: groups.get(key, _OTHERS))
    ]


def _duties(duties: Sequence[Deadline]) -> Table:
    rows = [[duty.label, _day(duty), duty.text, duty.basis] for duty in duties]
    return Table("期限", _DUTIES, rows)


def _day(duty: Deadline) -> str:
    if isinstance(duty.due, datetime):
        return clock.local_text(duty.due)
    return duty.due.isoformat() if duty.due else "尚未起算"


def _history(store: Store, ledger: Ledger, entries: Sequence[audit.Entry]) -> Part:
    """Who did what and when, the newest first: which fields, without what stood in them."""
    shown = entries[:MOST_ENTRIES]
    names = person_names(store, [entry.actor for entry in shown])
    rows: list[list[Cell]] = []
    for entry in shown:
        keys = [key for key in entry.after if key in ledger.by_key]
        fields = "、".join(ledger.label_of(key) for key in keys[:8]) if entry.before else ""
        more = f"等{len(keys)}项" if entry.before and len(keys) > 8 else ""
        action = audit.ACTION_LABELS.get(entry.action, entry.action)
        at = clock.local_text(entry.at)
        rows.append([at, names[entry.actor], action, fields + more, entry.reason])
    rest = len(entries) - len(shown)
    lines = (f"只印最近 {MOST_ENTRIES} 条，共 {len(entries)} 条。",) if rest else ()
    return Part("历史", lines=lines, table=Table("历史", _HISTORY, rows))
