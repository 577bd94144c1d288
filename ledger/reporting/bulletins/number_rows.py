"""The rows of every number of a bulletin as tables: a list of the numbers, and a sheet a ledger.

The list says of each number what it is called, how it reads and how many rows it counted; on the
sheet of a ledger these stand under the name of the number. Of the records stand number, name
without persons (`Question.told`), village and days; no protected column. A reader finds the rows of
the own scope; where some are missing since, the list says how many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing.clock import OFFICE
from ledger.exchange.writing.table import Cell, Field, Table
from ledger.records.places.areas import current_atlas
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.annex import cover_of
from ledger.reporting.bulletins.counted_rows import Counted, Group
from ledger.reporting.bulletins.gathering import Question
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from ledger.reporting.bulletins.model import Content, Text
from ledger.reporting.bulletins.model import Table as PaperTable
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES

NUMBERS = "各数所计记录"
_INSIDE = "内部核对用，不随通报报送"
_NUMBERS = (
    Field("part", "部分"),
    Field("label", "数据", "long"),
    Field("sheets", "所在工作表", "long"),
    Field("text", "数值"),
    Field("rows", "制作时计入(条)", "integer"),
    Field("listed", "本表列出(条)", "integer"),
)
# The days that matter of each ledger, besides the one that dates it.
_DAYS: Mapping[str, tuple[str, ...]] = {
    "institutions": ("last_inspected_on", "due_on"),
    "inspections": ("rectify_by", "rectified_on"),
    "leads": ("verified_on", "closed_on", "due_on"),
    "dispositions": ("close_due_on", "closed_on"),
    "petitions": ("accepted_on", "finished_on", "acceptance_due_on", "reply_due_on"),
    "entities": ("verified_on",),
    "measures": ("correct_by", "closed_on"),
}
# Ids in one statement: SQLite takes 32,766 parameters.
_AT_ONCE = 1_000
Rows = Mapping[tuple[str, int], Sequence[Mapping[str, Any]]]


def rows_of(store: Store, actor: Actor, bulletin_id: int) -> list[Table]:
    """The tables; none for a bulletin made before its numbers kept their rows.

    Raises `Refused` if the actor may not export or not read a bulletin, `NotFound` as
    `ledger.reporting.bulletins.archive.read`.
    """
    actor.require(Action.EXPORT)
    bulletin = archive.read(store, actor, bulletin_id)
    content = bulletin.content
    if not content.counted:
        return []
    found = _read(store, actor, content)
    question = _question(store, actor, bulletin)
    sheets = {key: f"{LEDGERS[key].label}明细" for key in content.groups}
    numbers = [_number(*one, found, sheets) for one in _told(content)]
    cover = cover_of(bulletin.paper, NUMBERS, "", f"{_INSIDE}。按本人可查看的范围列出")
    tables = [Table(NUMBERS, _NUMBERS, numbers, cover=cover)]
    return tables + [_details(question, bulletin, LEDGERS[key], found) for key in content.groups]


def _read(store: Store, actor: Actor, content: Content) -> Rows:
    """The records of every group that lie in the actor's scope, deleted ones too, by number."""
    found: dict[tuple[str, int], Sequence[Mapping[str, Any]]] = {}
    for ledger, groups in content.groups.items():
        actor.require(Action.READ, ledger)
        table = LEDGER_TABLES[ledger]
        wanted = sorted({one for ids in groups for one in ids})
        records: dict[int, Mapping[str, Any]] = {}
        with store.reading() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                query = select(table).where(
                    table.c.id.in_(wanted[start : start + _AT_ONCE]),
                    actor.scope_condition(table.c.area_path),
                )
                records |= {row["id"]: row for row in connection.execute(query).mappings()}
        for number, ids in enumerate(groups):
            rows = [records[one] for one in ids if one in records]
            found[ledger, number] = sorted(rows, key=lambda row: str(row["number"]))
    return found


def _question(store: Store, actor: Actor, bulletin: Bulletin) -> Question:
    """What names records as the bulletin names them."""
    content, entry = bulletin.content, bulletin.entry
    atlas = current_atlas(store)
    place = (content.scope_code, entry.scope_path, content.scope_name)
    return Question(store, actor, atlas, content.kind, content.period, *place)


def _told(content: Content) -> list[tuple[str, str, Counted]]:
    """Every number once, as it is read first: the section, its text, what it counted."""
    found: dict[int, tuple[str, str]] = {}
    for section in content.sections:
        for block in section.blocks:
            if isinstance(block, Text):
                for start, end, at in block.counted:
                    found.setdefault(at, (section.heading, block.text[start:end]))
            elif isinstance(block, PaperTable):
                for row, column, at in block.counted:
                    cells = block.rows[row]
                    text = block.texts(cells)[column] + block.unit_at(cells, column)
                    found.setdefault(at, (section.heading, text))
    return [(*words, content.counted[at]) for at, words in found.items()]


def _number(
    part: str, text: str, counted: Counted, found: Rows, sheets: Mapping[str, str]
) -> list[Cell]:
    listed = sum(len(found[group.ledger, group.number]) for group in counted.groups)
    names = "、".join(sheets[group.ledger] for group in counted.groups if group.rows)
    return [part, counted.label, names, text, counted.rows, listed]


def _details(question: Question, bulletin: Bulletin, ledger: Ledger, found: Rows) -> Table:
    """The records of one ledger under the name of every number that counted them."""
    days = [*([ledger.dated] if ledger.dated else []), *_DAYS.get(ledger.key, ())]
    fields = (
        Field("label", "数据", "long"),
        Field("number", "编号"),
        Field("name", ledger.by_key[ledger.title].label if ledger.title else "名称", "long"),
        Field("village", "所属区域"),
        *(Field(key, ledger.label_of(key), "date") for key in days),
        Field("deleted", "备注"),
    )
    cells: dict[int, list[Cell]] = {}
    rows: list[list[Cell]] = []
    for counted in bulletin.content.counted:
        for group in _of(counted, ledger):
            for record in found[ledger.key, group.number]:
                if record["id"] not in cells:
                    cells[record["id"]] = _record(question, ledger, record, days)
                rows.append([counted.label, *cells[record["id"]]])
    caption = f"{ledger.label}明细"
    cover = cover_of(bulletin.paper, NUMBERS, caption, f"{_INSIDE}。记录的内容为下载时的内容")
    return Table(caption, fields, rows, cover=cover)


def _of(counted: Counted, ledger: Ledger) -> list[Group]:
    return [group for group in counted.groups if group.ledger == ledger.key]


def _record(
    question: Question, ledger: Ledger, record: Mapping[str, Any], days: Sequence[str]
) -> list[Cell]:
    return [
        record["number"],
        question.told(ledger, record),
        question.place_of(record["area_code"]),
        *(_day(record[key]) for key in days),
        "已在回收站" if record["deleted"] else None,
    ]


def _day(value: date | datetime | None) -> date | None:
    return value.astimezone(OFFICE).date() if isinstance(value, datetime) else value
