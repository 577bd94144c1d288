"""What comes next where a ledger is still empty: told on the first page of each role."""

from __future__ import annotations

from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import INSTITUTIONS
from ledger.records import service
from ledger.records.query import Selection
from ledger.storage import Store


def comes_next(store: Store, actor: Actor) -> str:
    """What the actor, or somebody else, does first; empty once an institution is registered.

    Raises `Refused` if the actor reads no records.
    """
    if service.search(store, actor, INSTITUTIONS.key, Selection(), size=1).total:
        return ""
    begun = "辖区里还没有登记养老服务机构。"
    if actor.may(Action.IMPORT, INSTITUTIONS.key):
        return f"{begun}先在“导入导出”页导入名单，再到“一致性核对”页核对；以后这里列出要办的事。"
    if actor.may(Action.CREATE, INSTITUTIONS.key):
        return f"{begun}请在“养老服务机构”台账里新增，或由镇(街道)经办导入名单。"
    return f"{begun}由镇(街道)经办导入名单以后，这里就有内容。"
