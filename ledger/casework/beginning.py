"""What comes next where a ledger is still empty: told on the first page of each role."""

from __future__ import annotations

from typing import NamedTuple

from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import INSTITUTIONS
from ledger.records import service
from ledger.records.query import Selection
from ledger.storage import Store


class Next(NamedTuple):
    """What comes next in words, and the address of the page where the actor does it, if it is
    theirs to do, with its title."""

    said: str
    page: str = ""
    title: str = ""


def comes_next(store: Store, actor: Actor) -> Next | None:
    """What the actor, or somebody else, does first; None once an institution is registered.

    Raises `Refused` if the actor reads no records.
    """
    if service.search(store, actor, INSTITUTIONS.key, Selection(), size=1).total:
        return None
    begun = "辖区里还没有登记养老服务机构。"
    if actor.may(Action.IMPORT, INSTITUTIONS.key):
        said = f"{begun}先在“导入导出”页导入名单，再到“一致性核对”页核对；以后这里列出要办的事。"
        return Next(said, "exchange", "导入导出")
    if actor.may(Action.CREATE, INSTITUTIONS.key):
        said = f"{begun}请在“养老服务机构”台账里新增，或由镇(街道)经办导入名单。"
        return Next(said, INSTITUTIONS.key, INSTITUTIONS.label)
    return Next(f"{begun}由镇(街道)经办导入名单以后，这里就有内容。")
