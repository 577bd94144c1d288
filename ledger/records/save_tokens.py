"""A save is made only once: a second call with the same token returns the first result."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.storage.own_tables import saves


@dataclass(frozen=True)
class Saved:
    """What one save did: the ids of changed records, and of those that had these values already."""

    changed: tuple[int, ...]
    unchanged: tuple[int, ...]


def saved_before(
    connection: Connection, actor: Actor, token: str | None
) -> Mapping[str, Any] | None:
    """The result of a save that the actor already made with this token."""
    if token is None:
        return None
    same = saves.c.token == _own(actor, token)
    row = connection.execute(select(saves.c.result).where(same)).one_or_none()
    return None if row is None else row.result


def keep_result(connection: Connection, actor: Actor, token: str | None, saved: Saved) -> None:
    """Keep what a save did under its token; without one nothing is kept."""
    if token is not None:
        result = {"changed": list(saved.changed), "unchanged": list(saved.unchanged)}
        key = _own(actor, token)
        connection.execute(insert(saves).values(token=key, at=clock.now(), result=result))


def _own(actor: Actor, token: str) -> str:
    """The key under which a token is stored; it differs for different people."""
    return hashlib.sha256(f"{actor.name}\n{token}".encode()).hexdigest()
