"""Parents and paths of areas below a level that was loaded."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from geo.codes import parents_of, path_of
from geo.levels import LEVELS
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.records.places.areas import in_force
from ledger.storage.tables import areas as table

_AT_ONCE = 500


def rebuild(connection: Connection, actor: Actor, level: str, scheme: str, day: date) -> None:
    """Give areas without a parent one of the loaded level, and the paths that change with it.

    Only areas below the loaded level can change: the loaded ones have their paths already. In the
    tree of a later ``day``, an area that changes gets a version from that day on.
    """
    below = LEVELS[LEVELS.index(level) + 1 :]
    deeper = select(table.c.id).where(in_force(day), table.c.level.in_(below)).limit(1)
    if connection.execute(deeper).first() is None:
        return
    keys = ("id", "code", "level", "parent_code", "path", "valid_from")
    query = select(*(table.c[key] for key in keys)).where(in_force(day))
    rows = [dict(row) for row in connection.execute(query).mappings()]
    _adopt(rows, level, scheme)
    paths = _paths(rows)
    changed = [
        row for row in rows if row.pop("adopted", False) or paths[row["code"]] != row["path"]
    ]
    for row in changed:
        row["path"] = paths[row["code"]]
    if day > clock.today():
        changed = _with_versions(connection, actor, changed, day)
    if changed:
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(parent_code=bindparam("b_parent"), path=bindparam("b_path")),
            [
                {"b_id": row["id"], "b_parent": row["parent_code"], "b_path": row["path"]}
                for row in changed
            ],
        )


def _paths(rows: list[dict[str, Any]]) -> dict[str, str]:
    parent = {row["code"]: row["parent_code"] for row in rows}
    paths: dict[str, str] = {}

    def path(code: str) -> str:
        if code not in paths:
            above = parent.get(code)
            paths[code] = path_of(
                path(above) if above is not None and above in parent else None, code
            )
        return paths[code]

    return {code: path(code) for code in parent}


def _with_versions(
    connection: Connection, actor: Actor, changed: list[dict[str, Any]], day: date
) -> list[dict[str, Any]]:
    """End those that stand before ``day`` on that day and go on with a version of their own;
    returns the others, which begin on it."""
    split = {row["id"]: row for row in changed if row["valid_from"] != day}
    stamp = {"version": 1, "updated_at": clock.now(), "updated_by": actor.name}
    ids = sorted(split)
    for start in range(0, len(ids), _AT_ONCE):
        some = table.c.id.in_(ids[start : start + _AT_ONCE])
        whole = [dict(row) for row in connection.execute(select(table).where(some)).mappings()]
        connection.execute(update(table).where(some).values(valid_to=day))
        for row in whole:
            own = split[row.pop("id")]
            row |= {"parent_code": own["parent_code"], "path": own["path"], "valid_from": day}
            row |= stamp
        connection.execute(insert(table), whole)
    return [row for row in changed if row["valid_from"] == day]


def _adopt(rows: list[dict[str, Any]], level: str, scheme: str) -> None:
    """Give a parent to areas one level below the loaded one that have none."""
    position = LEVELS.index(level)
    if position + 1 == len(LEVELS):
        return
    below = LEVELS[position + 1]
    orphans = [row for row in rows if row["level"] == below and row["parent_code"] is None]
    if not orphans:
        return
    above = [row["code"] for row in rows if row["level"] == level]
    found = parents_of([row["code"] for row in orphans], below, scheme, above)
    for row, parent in zip(orphans, found, strict=True):
        if parent is not None:
            row["parent_code"], row["adopted"] = parent, True
