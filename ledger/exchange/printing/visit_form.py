"""The blank form for a visit, with what the ledger says of the institution filled in (A4)."""

from __future__ import annotations

from ledger.casework.coverage import current_round
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Column, ColumnType
from ledger.domain.errors import NotFound
from ledger.domain.ledgers import INSPECTIONS, INSTITUTIONS
from ledger.domain.ledgers.inspections import CHECKLIST_KEYS
from ledger.exchange.printing.one_record import facts_of_record
from ledger.exchange.printing.paper import Paper, Part, head_of
from ledger.exchange.writing.table import Cell, Field, Table
from ledger.records import assessments, service
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from ledger.storage.again import tried_again

_FIELDS = (
    Field("serial", "序号", "integer"),
    Field("what", "检查项目"),
    Field("now", "台账现值"),
    Field("found", "本次情况"),
)
_KNOWN = (
    "number",
    "name",
    "tier",
    "area_code",
    "address",
    "operator",
    "legal_representative",
    "phone",
    "last_inspected_on",
)
# A joiner behind it: the box and its answer stay on one line.
_BOX = "□\u2060"
_BLANK = "＿" * 8


@tried_again
def printed_visit_form(store: Store, actor: Actor, number: str) -> Paper:
    """The form for a visit of the institution with that 编号; it is logged.

    Raises `Refused` if the actor may not record visits, and `NotFound` for a missing or an
    out-of-scope institution.
    """
    actor.require(Action.CREATE, INSPECTIONS.key)
    wanted = Selection(conditions=(Condition("number", "eq", number),))
    page = service.search(store, actor, INSTITUTIONS.key, wanted, size=1)
    if not page.rows:
        raise NotFound("机构")
    record, atlas = page.rows[0], current_atlas(store)
    facts = facts_of_record(INSTITUTIONS, record, atlas, actor)
    advice = assessments.advice(store, actor, record)
    ask = () if advice is None or advice.first is None else (f"先问：{advice.first}",)
    rows: list[list[Cell]] = [
        [place, facts[key][0], facts[key][1] or None, room_for(INSPECTIONS.by_key[key])]
        for place, key in enumerate(CHECKLIST_KEYS, 1)
    ]
    visit = (
        ("走访日期", ""),
        ("走访人员", ""),
        ("排查轮次", str(current_round(store))),
        ("走访结果", boxes(INSPECTIONS.by_key["result"])),
    )
    parts = (
        Part("机构", facts=tuple(facts[key] for key in _KNOWN if key in facts), lines=ask),
        Part("这次走访", facts=visit),
        Part("检查清单", table=Table("检查清单", _FIELDS, rows)),
        Part("发现的问题", blank=4),
        Part("整改要求和期限", blank=2),
        Part("签字", facts=(("走访人员", ""), ("机构负责人", ""), ("日期", ""), ("联系电话", ""))),
    )
    with store.writing() as connection:
        audit.append(
            connection, actor, [audit.Change("print", "institutions", record["id"], number)]
        )
    return Paper("养老服务机构走访检查表", head_of(actor, atlas), parts)


def room_for(column: Column) -> str:
    """What is written on by hand: boxes to tick where the answers are known, else a line."""
    return boxes(column) or f"{_BLANK}{column.unit}"


def boxes(column: Column) -> str:
    """A box before each answer; empty for a column that is written in freely."""
    if column.type is ColumnType.TRI:
        words = ["是", "否", "不详"]
    elif column.type is ColumnType.CHOICE:
        words = [choice.label for choice in column.choices]
    else:
        return ""
    return "　".join(f"{_BOX}{word}" for word in words)
