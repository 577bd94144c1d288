"""Stored bulletins: content frozen when made, numbered, never deleted, unchangeable when issued.

A bulletin's figures and pictures are stored, not computed again: a reprint is the same whatever
changed since. Only the next steps are typed afterwards, until it is issued. Making a bulletin
anew for the same kind, area and day replaces the draft (which stays readable as replaced) and
takes over its number; once one is issued, the next gets a number of its own.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Conflict, Invalid, NotFound, StorageError
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.records.person_names import name_in
from ledger.reporting.bulletins.kept_bulletin import STATES, Bulletin, Entry, digest_of
from ledger.reporting.bulletins.kinds import kind_named, number_label
from ledger.reporting.bulletins.model import Content, from_json, to_json
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.numbering import counted_on
from ledger.storage.own_tables import bulletins as table

LONGEST_STEPS = 4000
_HEAD = [column for column in table.c if column.key not in ("content", "pictures")]


@tried_again
def keep(
    store: Store, actor: Actor, content: Content, scope_path: str, pictures: Mapping[str, bytes]
) -> int:
    """Freeze what was gathered as a draft; returns its id.

    Raises
    ------
    Refused
        If the actor may not make bulletins.
    NotFound
        If the area is not theirs.
    """
    actor.require(Action.MAKE_BULLETIN)
    if not actor.sees(scope_path):
        raise NotFound("区域")
    text = to_json(content)
    packed = {name: base64.b64encode(png).decode() for name, png in sorted(pictures.items())}
    with store.writing() as connection:
        steps, number = _replaced(connection, content)
        values = {
            "kind": content.kind_key,
            "scope_code": content.scope_code,
            "scope_path": scope_path,
            "year": content.end.year,
            "number": number,
            "state": "draft",
            "starts_on": content.start,
            "ends_on": content.end,
            "title": content.title,
            "content": text,
            "pictures": packed,
            "digest": digest_of(text, packed),
            "next_steps": steps,
            "version": 1,
            "made_at": clock.now(),
            "made_by": actor.name,
        }
        made = insert(table).values(**values).returning(table.c.id)
        bulletin_id = int(connection.execute(made).scalar_one())
        after = {"title": content.title, "period": content.period.text, "digest": values["digest"]}
        _log(connection, actor, "make_bulletin", _entry_of(connection, bulletin_id), {}, after)
    return bulletin_id


def newest(store: Store, actor: Actor, kind: str, scope_code: str, until: date) -> Entry | None:
    """The bulletin that counts for a kind, an area and a last day; None if none was made."""
    actor.require(Action.READ_BULLETIN)
    query = (
        select(*_HEAD)
        .where(
            table.c.kind == kind,
            table.c.scope_code == scope_code,
            table.c.ends_on == until,
            table.c.state != "superseded",
            actor.scope_condition(table.c.scope_path),
        )
        .order_by(table.c.id.desc())
        .limit(1)
    )
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _entry(row)


def listed(store: Store, actor: Actor, *, kind: str | None = None, limit: int = 100) -> list[Entry]:
    """The bulletins of the actor's areas, the latest last day first; replaced drafts too."""
    actor.require(Action.READ_BULLETIN)
    query = select(*_HEAD).where(actor.scope_condition(table.c.scope_path))
    if kind is not None:
        query = query.where(table.c.kind == kind_named(kind).key)
    query = query.order_by(table.c.ends_on.desc(), table.c.id.desc()).limit(limit)
    with store.reading() as connection:
        return [_entry(row) for row in connection.execute(query)]


def read(store: Store, actor: Actor, bulletin_id: int) -> Bulletin:
    """A bulletin as it was frozen.

    Raises
    ------
    NotFound
        For a missing bulletin, and for one of an area out of the actor's scope.
    StorageError
        If what is stored is no longer what was frozen.
    """
    actor.require(Action.READ_BULLETIN)
    query = select(table).where(
        table.c.id == bulletin_id, actor.scope_condition(table.c.scope_path)
    )
    with store.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("通报")
    if digest_of(row.content, row.pictures) != row.digest:
        raise StorageError(
            f"通报“{row.title}”({number_label(row.year, row.number)})的存档内容被改动，"
            "不能再打印。请管理员运行 python -m ledger verify，并从备份恢复"
        )
    pictures = {name: base64.b64decode(png) for name, png in row.pictures.items()}
    return Bulletin(_entry(row), from_json(row.content), pictures)


@tried_again
def fill_in(store: Store, actor: Actor, bulletin_id: int, version: int, next_steps: str) -> int:
    """Set the next steps of a draft, one paragraph a line; returns its version afterwards.

    Raises
    ------
    Invalid
        For an issued or replaced bulletin, or a text that is too long.
    Conflict
        If somebody else filled it in or issued it meanwhile.
    """
    text = "\n".join(line.strip() for line in next_steps.splitlines() if line.strip())
    if len(text) > LONGEST_STEPS:
        raise Invalid(f"下一步工作过长，最多{LONGEST_STEPS}字，请精简")
    with store.writing() as connection:
        entry = _draft(connection, actor, bulletin_id, version)
        if text == entry.next_steps:
            return version
        _change(connection, entry, next_steps=text)
        before, after = {"next_steps": entry.next_steps}, {"next_steps": text}
        _log(connection, actor, "fill_bulletin", entry, before, after)
    return version + 1


@tried_again
def issue(store: Store, actor: Actor, bulletin_id: int, version: int) -> None:
    """Issue a draft: from then on nothing of it changes.

    Raises as `fill_in`; also `Invalid` as long as the next steps are not filled in.
    """
    with store.writing() as connection:
        entry = _draft(connection, actor, bulletin_id, version)
        if not entry.next_steps.strip():
            raise Invalid("请先填写“下一步工作”再签发；没有的，请写明“无”")
        _change(connection, entry, state="issued", issued_at=clock.now(), issued_by=actor.name)
        _log(
            connection,
            actor,
            "issue_bulletin",
            entry,
            {"state": STATES["draft"]},
            {"state": STATES["issued"], "digest": entry.digest},
        )


@tried_again
def remember_download(store: Store, actor: Actor, entry: Entry, filename: str) -> None:
    """Log a download of a bulletin."""
    actor.require(Action.READ_BULLETIN)
    with store.writing() as connection:
        _log(connection, actor, "export", entry, None, {"file": filename})


def _replaced(connection: Connection, content: Content) -> tuple[str, int]:
    """The next steps and the number of the draft that the new one replaces, else none and the
    next number."""
    same = (
        table.c.kind == content.kind_key,
        table.c.scope_code == content.scope_code,
        table.c.ends_on == content.end,
        table.c.state == "draft",
    )
    query = select(table.c.id, table.c.next_steps, table.c.number, table.c.version)
    draft = connection.execute(query.where(*same).order_by(table.c.id.desc())).first()
    if draft is None:
        key = f"bulletins/{content.kind_key}/{content.scope_code}/{content.end.year}"
        return "", counted_on(connection, key, 1).start
    connection.execute(
        update(table).where(*same).values(state="superseded", version=table.c.version + 1)
    )
    return draft.next_steps, draft.number


def _draft(connection: Connection, actor: Actor, bulletin_id: int, version: int) -> Entry:
    """The draft to change, locked; else why it cannot be changed."""
    actor.require(Action.MAKE_BULLETIN)
    query = (
        select(*_HEAD)
        .where(table.c.id == bulletin_id, actor.scope_condition(table.c.scope_path))
        .with_for_update()
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("通报")
    entry = _entry(row)
    if entry.state != "draft":
        raise Invalid(f"{entry.label}{entry.state_label}，不能再改。需要更正的，请另制一期")
    if entry.version != version:
        raise Conflict(entry.label, name_in(connection, entry.made_by))
    return entry


def _change(connection: Connection, entry: Entry, **values: Any) -> None:
    connection.execute(
        update(table).where(table.c.id == entry.id).values(**values, version=entry.version + 1)
    )


def _log(
    connection: Connection,
    actor: Actor,
    action: str,
    entry: Entry,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
) -> None:
    change = audit.Change(action, "bulletins", entry.id, entry.label, before, after)
    audit.append(connection, actor, [change])


def _entry_of(connection: Connection, bulletin_id: int) -> Entry:
    return _entry(connection.execute(select(*_HEAD).where(table.c.id == bulletin_id)).one())


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{column.key: getattr(row, column.key) for column in _HEAD})
