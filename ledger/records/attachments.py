"""Photos and papers of a record: stored in the database, so a backup holds them too.

Removing one deletes its content at once; its name, its digest, who removed it and why stay in the
log. At the end of a record's retention period its files are removed too
(`ledger.operations.retention`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import func, insert, select

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.domain.ledgers import ledger_named
from ledger.domain.ledgers.entities import OPEN_STATUS
from ledger.domain.timing import clock
from ledger.domain.workflows import WORKFLOWS, steps_open_to
from ledger.records.file_kinds import media_type_of
from ledger.records.history import audit
from ledger.records.removed_files import empty
from ledger.records.scrubbing import scrubbed
from ledger.records.service import owned
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import attachments as table
from ledger.storage.traces import clear_traces

MOST_BYTES = 8 * 1024 * 1024
MOST_FILES = 20

_NOT_WAITING = (
    "该记录现在不等您办理，不能添加附件；附件只能由添加的人在办理期间删除。"
    "如需补充，请联系镇(街道)经办退回后再添加"
)


@dataclass(frozen=True)
class Attachment:
    """A file of a record, without its content."""

    id: int
    name: str
    media_type: str
    size: int
    created_at: datetime
    created_by: str

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it."""
        return self.media_type.startswith("image/")


def may_attach(actor: Actor, ledger_key: str, record: Mapping[str, Any]) -> bool:
    """Whether the actor may attach files to a record that they have read.

    Those who may create records of the ledger may. Those who may only add evidence may while the
    record waits for them: while a step is open to them, or a market entity waits for verification.
    """
    if actor.may(Action.CREATE, ledger_key):
        return True
    if not actor.may(Action.EVIDENCE, ledger_key) or record["deleted"]:
        return False
    workflow = WORKFLOWS.get(ledger_key)
    if workflow is None:
        return record.get("status") in (None, *OPEN_STATUS)
    return bool(steps_open_to(workflow, record["state"], actor))


def may_remove(actor: Actor, ledger_key: str, record: Mapping[str, Any], file: Attachment) -> bool:
    """As `may_attach`; those who may only add evidence can remove only what they attached."""
    mine = file.created_by == actor.name or actor.may(Action.CREATE, ledger_key)
    return mine and may_attach(actor, ledger_key, record)


def _require(actor: Actor, ledger_key: str) -> None:
    if not actor.may(Action.EVIDENCE, ledger_key):
        actor.require(Action.CREATE, ledger_key)


@tried_again
def attach(
    store: Store, actor: Actor, ledger_key: str, record_id: int, name: str, content: bytes
) -> int:
    """Add a photo or a paper (`ledger.records.file_kinds`) to a record; returns the file's id.

    The type is recognised by the content. Only the last part of ``name`` is kept (120 characters),
    with protected texts of the record masked.

    Raises
    ------
    Refused
        If the actor may not attach files to this record now (`may_attach`).
    NotFound
        For a missing or an out-of-scope record.
    Invalid
        For another type, more than `MOST_BYTES`, or more than `MOST_FILES` of a record.
    """
    _require(actor, ledger_key)
    media_type = media_type_of(content)
    if len(content) > MOST_BYTES:
        raise Invalid(f"附件过大(最多{MOST_BYTES // 1024 // 1024}MB)，请压缩后再上传")
    ledger = ledger_named(ledger_key)
    with store.writing() as connection:
        row = owned(connection, actor, ledger, [record_id])[record_id]
        if not may_attach(actor, ledger_key, row):
            raise Refused(_NOT_WAITING)
        mine = (table.c.ledger == ledger_key, table.c.record_id == record_id)
        kept = connection.execute(
            select(func.count()).select_from(table).where(*mine, table.c.deleted.is_(False))
        ).scalar_one()
        if kept >= MOST_FILES:
            raise Invalid(f"每条记录最多{MOST_FILES}个附件，请先删除不需要的")
        clean = scrubbed(_clean(name), ledger, row, store.sealer)[-120:]
        values = {
            "ledger": ledger_key,
            "record_id": record_id,
            "name": clean,
            "media_type": media_type,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": content,
            "created_at": clock.now(),
            "created_by": actor.name,
            "deleted": False,
        }
        new = insert(table).values(**values).returning(table.c.id)
        attachment_id = connection.execute(new).scalar_one()
        after = {"attachment": clean, "sha256": values["sha256"], "size": len(content)}
        change = audit.Change("attach", ledger_key, record_id, row["number"], None, after)
        audit.append(connection, actor, [change])
        return int(attachment_id)


def listed(store: Store, actor: Actor, ledger_key: str, record_id: int) -> list[Attachment]:
    """The files of a record, oldest first. Raises `Refused`, `NotFound`."""
    actor.require(Action.READ, ledger_key)
    columns = [
        table.c[key] for key in ("id", "name", "media_type", "size", "created_at", "created_by")
    ]
    with store.reading() as connection:
        owned(connection, actor, ledger_named(ledger_key), [record_id])
        query = select(*columns).where(
            table.c.ledger == ledger_key,
            table.c.record_id == record_id,
            table.c.deleted.is_(False),
        )
        return [Attachment(*row) for row in connection.execute(query.order_by(table.c.id))]


def content_of(store: Store, actor: Actor, attachment_id: int) -> tuple[Attachment, bytes]:
    """A file and its content. Out-of-scope and missing files both raise `NotFound`."""
    actor.require(Action.READ)
    with store.reading() as connection:
        row = connection.execute(
            select(table).where(table.c.id == attachment_id, table.c.deleted.is_(False))
        ).one_or_none()
        if row is None or not actor.may(Action.READ, row.ledger):
            raise NotFound("附件")
        try:
            owned(connection, actor, ledger_named(row.ledger), [row.record_id])
        except NotFound:
            raise NotFound("附件") from None
    found = Attachment(row.id, row.name, row.media_type, row.size, row.created_at, row.created_by)
    return found, row.content


@tried_again
def remove(store: Store, actor: Actor, attachment_id: int, *, reason: str) -> None:
    """Delete a file's content for good; the log keeps its name, its digest and the reason.

    Raises
    ------
    NotFound
        If it is not there, was removed already, or is not in the actor's scope.
    Refused
        If the actor may not attach files to the record now, or may only add evidence and another
        person attached this file (`may_remove`).
    Invalid
        Without a reason.
    """
    found, _ = content_of(store, actor, attachment_id)
    if not reason.strip():
        raise Invalid("请写明删除附件的原因")
    with store.writing() as connection:
        row: Any = connection.execute(select(table).where(table.c.id == attachment_id)).one()
        _require(actor, row.ledger)
        ledger = ledger_named(row.ledger)
        record = owned(connection, actor, ledger, [row.record_id])[row.record_id]
        if not may_remove(actor, row.ledger, record, found):
            raise Refused(_NOT_WAITING)
        why = scrubbed(reason.strip(), ledger, record, store.sealer)
        empty(connection, actor, record["number"], [row], why)
    clear_traces(store)


def _clean(name: str) -> str:
    last = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[-120:] or "附件"
