"""The append-only log of changes: one hash chain over all entries.

Each entry holds the hash of the one before it (a linked time-stamping chain after Haber and
Stornetta, 1991), so an edit, a removal or a reordering made outside the program breaks the chain;
``chain_head`` stores the newest link, so a removed end is found as well.

Old entries change in two cases: sealed texts get a new key, or are erased at the end of their
retention period. `rewrite` records it: the old hashes stay, and a new entry holds the digest of
the new content of each rewritten entry. `verify` accepts that content and no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.storage.bulk import insert_rows
from ledger.storage.tables import chain_head, changes

GENESIS = "0" * 64
_HASHED = (
    "id",
    "at",
    "actor",
    "action",
    "ledger",
    "record_id",
    "number",
    "version",
    "batch",
    "reason",
    "before",
    "after",
)
# Actions of entries that record the rewriting of others; their ``after`` holds ``digests``.
REWRITING = frozenset({"reseal", "erase"})


_as_json = json.JSONEncoder(ensure_ascii=False).encode

# Databases bound the number of parameters of a statement.
_AT_ONCE = 500


@dataclass(frozen=True)
class Change:
    """What happened to one record or, without a ledger and record id, in the system."""

    action: str
    ledger: str | None = None
    record_id: int | None = None
    number: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of the log; ``at`` is aware (UTC)."""

    id: int
    at: datetime
    actor: str
    action: str
    ledger: str | None
    record_id: int | None
    number: str | None
    version: int | None
    batch: str | None
    reason: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]


ACTION_LABELS: Mapping[str, str] = {
    "create": "新增",
    "update": "修改",
    "delete": "移入回收站",
    "restore": "恢复",
    "import": "导入",
    "undo_import": "撤回导入",
    "remember_mapping": "记住对照关系",
    "forget_mapping": "忘记对照关系",
    "add_word": "添加叫法",
    "remove_word": "删除叫法",
    "replace": "重新归属区域",
    "override": "人工调整等级",
    "withdraw": "撤销人工调整",
    "assess": "重新判定",
    "step": "办理",
    "urge": "督办",
    "adopt_fact": "采纳为机构事实",
    "keep_fact": "机构事实保持不变",
    "attach": "添加附件",
    "detach": "删除附件",
    "confirm": "确认等级",
    "acknowledge": "签收",
    "settle": "核对一致性",
    "unsettle": "撤回核对",
    "reveal": "查看受保护信息",
    "rules": "启用规则",
    "reckoned": "重算等级和期限",
    "export": "导出",
    "print": "打印",
    "fill_form": "填上级报表",
    "keep_form": "记住上级报表",
    "answer_form": "对照上级报表",
    "forget_form": "忘记上级报表",
    "send_form": "报送上级报表",
    "share_view": "共享视图",
    "make_bulletin": "制作通报",
    "fill_bulletin": "填写通报",
    "issue_bulletin": "签发通报",
    "areas": "载入区域",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出",
    "user": "用户管理",
    "option": "系统设置",
    "session": "会话管理",
    "keys": "更换密钥",
    "reseal": "以新密钥重新加密",
    "erase": "到期清除受保护信息",
    "reset_asked": "申请重置密码",
}


def append(
    connection: Connection, actor: Actor, items: Sequence[Change], *, batch: str | None = None
) -> int:
    """Write the changes at the end of the chain, in the caller's transaction.

    Returns the id of the last entry of the log. The head row is locked first, so that two writers
    of a PostgreSQL database cannot continue from the same entry.
    """
    last_id, last_hash = _lock_head(connection)
    at = clock.now().isoformat()
    rows = []
    for item in items:
        last_id += 1
        row = {
            "id": last_id,
            "at": at,
            "actor": actor.name,
            "action": item.action,
            "ledger": item.ledger,
            "record_id": item.record_id,
            "number": item.number,
            "version": item.version,
            "batch": batch,
            "reason": item.reason,
            "before": canonical(item.before),
            "after": canonical(item.after),
            "previous_hash": last_hash,
        }
        last_hash = row["hash"] = link_hash(row, last_hash)
        rows.append(row)
    if rows:
        insert_rows(connection, changes, _KEPT, map(itemgetter(*_KEPT), rows))
        connection.execute(_MOVE_HEAD, {"b_id": last_id, "b_hash": last_hash})
    return last_id


def link_hash(row: Mapping[str, Any], previous: str) -> str:
    """SHA-256 of an entry's content and the hash before it, as hexadecimal text."""
    content = _as_json([row[key] for key in _HASHED])
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


def rewrite(
    connection: Connection, actor: Actor, rewritten: Sequence[Mapping[str, Any]], entry: Change
) -> None:
    """Replace ``before`` and ``after`` of entries and append ``entry``, which records it.

    ``rewritten`` are whole rows of ``changes`` with their new content (canonical JSON texts).
    ``entry`` has an action of `REWRITING`; the digests are added to its ``after``.

    Raises
    ------
    ValueError
        If the action of ``entry`` is not one of `REWRITING`.
    """
    if entry.action not in REWRITING:
        raise ValueError(f"{entry.action} is no action of REWRITING")
    if rewritten:
        connection.execute(
            update(changes)
            .where(changes.c.id == bindparam("b_id"))
            .values(before=bindparam("b_before"), after=bindparam("b_after")),
            [{"b_id": r["id"], "b_before": r["before"], "b_after": r["after"]} for r in rewritten],
        )
    digests = {str(row["id"]): content_digest(row) for row in rewritten}
    append(connection, actor, [replace(entry, after={**(entry.after or {}), "digests": digests})])


def content_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 of an entry's content alone, as hexadecimal text."""
    content = _as_json([row[key] for key in _HASHED])
    return hashlib.sha256(content.encode()).hexdigest()


def history(connection: Connection, ledger: str, record_id: int) -> list[Entry]:
    """Every change of one record, newest first."""
    query = (
        select(changes)
        .where(changes.c.ledger == ledger, changes.c.record_id == record_id)
        .order_by(changes.c.id.desc())
    )
    return [_entry(row) for row in connection.execute(query)]


def entries(connection: Connection, ids: Sequence[int]) -> dict[int, Entry]:
    """The existing entries of these ids, by id; read in portions of `_AT_ONCE`."""
    found: dict[int, Entry] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(changes).where(changes.c.id.in_(ids[start : start + _AT_ONCE]))
        found |= {row.id: _entry(row) for row in connection.execute(query)}
    return found


# Every save executes these: they are built once.
_NEWEST = select(chain_head.c.last_id)
_HEAD = select(chain_head.c.last_id, chain_head.c.hash).with_for_update()
_MOVE_HEAD = update(chain_head).values(last_id=bindparam("b_id"), hash=bindparam("b_hash"))
_KEPT = (*_HASHED, "previous_hash", "hash")


def revision(connection: Connection) -> int:
    """The id of the newest entry of the log, 0 if it is empty; caches use it as a key."""
    return connection.execute(_NEWEST).scalar() or 0


def _lock_head(connection: Connection) -> tuple[int, str]:
    head = connection.execute(_HEAD).one_or_none()
    if head is None:
        connection.execute(insert(chain_head).values(id=1, last_id=0, hash=GENESIS))
        return 0, GENESIS
    return head.last_id, head.hash


def canonical(values: Mapping[str, Any] | None) -> str | None:
    """The values as the log stores them: JSON with sorted keys; None stays None."""
    if values is None:
        return None
    return _canonical(values)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the audit log")


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=_plain).encode


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        at=datetime.fromisoformat(row.at),
        actor=row.actor,
        action=row.action,
        ledger=row.ledger,
        record_id=row.record_id,
        number=row.number,
        version=row.version,
        batch=row.batch,
        reason=row.reason,
        before=json.loads(row.before) if row.before else {},
        after=json.loads(row.after) if row.after else {},
    )


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The keys whose values differ, in the order of ``after``."""
    get = before.get
    # Most values of a record that is saved are the very ones that were read.
    return [key for key, value in after.items() if (old := get(key)) is not value and old != value]
