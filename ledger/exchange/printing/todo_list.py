"""Print the to-do list of whoever prints it, group by group."""

from __future__ import annotations

from ledger.casework.listing import Item, Listed
from ledger.casework.todo import todo
from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import LEDGERS
from ledger.exchange.printing.paper import Paper, Part, head_of
from ledger.exchange.writing.table import Cell, Field, Table
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.again import tried_again

MOST_ITEMS = 500
_FIELDS = (
    Field("what", "事项"),
    Field("number", "编号"),
    Field("title", "名称"),
    Field("ledger", "台账"),
    Field("area", "区域"),
    Field("due", "期限", "date"),
    Field("state", "情况"),
    Field("done", "办理情况"),
)


@tried_again
def printed_todo(store: Store, actor: Actor) -> Paper:
    """The groups of the actor's own list that hold anything, on paper; it is logged.

    Raises `Refused` if the actor handles no records.
    """
    actor.require(Action.READ)
    groups = [one for one in todo(store, actor, limit=MOST_ITEMS) if one.total]
    atlas = current_atlas(store)
    total = sum(one.total for one in groups)
    after = {"rows": sum(len(one.items) for one in groups)}
    with store.writing() as connection:
        audit.append(connection, actor, [audit.Change("print", number="待办", after=after)])
    parts = tuple(map(_part, groups)) or (Part(lines=("没有待办。",)),)
    return Paper("待办事项", head_of(actor, atlas, f"共 {total:,} 项"), parts, wide=True)


def _part(one: Listed) -> Part:
    rest = one.total - len(one.items)
    lines = (f"只印前 {len(one.items):,} 项，其余 {rest:,} 项请在台账中筛选。",) if rest else ()
    table = Table(one.group.label, _FIELDS, [_row(item) for item in one.items])
    return Part(f"{one.group.label}（{one.total:,} 项）", lines=lines, table=table)


def _row(item: Item) -> list[Cell]:
    label = LEDGERS[item.ledger].label
    return [
        item.what,
        item.number,
        item.title,
        label,
        item.area_name,
        item.day,
        item.words,
        None,
    ]
