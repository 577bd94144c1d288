"""What a database holds, counted: no text of a record, no name of a person or an area."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.operations.retention import months_kept
from ledger.operations.status import database_bytes
from ledger.people.office import BASEMAP, OFFICE
from ledger.people.sessions import count_open
from ledger.records import rulebook
from ledger.records.history import audit
from ledger.records.places.areas import in_force
from ledger.records.surroundings import calendar_in_force
from ledger.storage import Store, options
from ledger.storage.own_tables import attachments, drafts, users
from ledger.storage.purpose import purpose_of
from ledger.storage.revisions import revision_of
from ledger.storage.tables import LEDGER_TABLES, areas


def stock(store: Store) -> dict[str, Any]:
    """Schema, sizes, rows of every ledger, areas, accounts, settings that are still open.

    Raises whatever the database raises where it cannot be read.
    """
    months, sessions = months_kept(store), count_open(store)
    with store.reading() as connection:
        basemap = options.read(connection, BASEMAP) or {}
        return {
            "schema": revision_of(connection),
            "purpose": purpose_of(connection),
            "bytes": database_bytes(store, connection),
            "log_entries": audit.revision(connection),
            "sessions": sessions,
            "retention_months": months,
            "office_named": bool(options.read(connection, OFFICE)),
            "basemap": basemap.get("kind", "none"),
            "holidays_missing": _holidays_missing(connection),
            "records": {
                key: _count(connection, LEDGER_TABLES[key], LEDGER_TABLES[key].c.deleted.is_(False))
                for key in LEDGERS
                if key != "areas"
            },
            "areas": _areas(connection),
            "users": _users(connection),
            "attachments": _attachments(connection),
            "drafts": _count(connection, drafts),
            "rules": [_rule(connection, kind) for kind in rulebook.KINDS],
        }


def _count(connection: Connection, table: Any, *where: Any) -> int:
    query = select(func.count()).select_from(table).where(*where)
    return int(connection.execute(query).scalar_one())


def _areas(connection: Connection) -> dict[str, Any]:
    levels = select(areas.c.level, func.count()).where(in_force()).group_by(areas.c.level)
    shaped = select(func.count()).where(in_force(), func.length(areas.c.geometry) > _EMPTY)
    counted = select(func.count()).where(in_force(), areas.c.population.is_not(None))
    return {
        "levels": {str(level): int(many) for level, many in connection.execute(levels)},
        "with_boundary": int(connection.execute(shaped).scalar_one()),
        "with_population": int(connection.execute(counted).scalar_one()),
    }


# An empty polygon in WKB has 9 bytes; the smallest area has a ring of four points.
_EMPTY = 20


def _users(connection: Connection) -> dict[str, Any]:
    roles = (
        select(users.c.role, func.count()).where(users.c.disabled.is_(False)).group_by(users.c.role)
    )
    return {
        "roles": {str(role): int(many) for role, many in connection.execute(roles)},
        "disabled": _count(connection, users, users.c.disabled),
        "first_password": _count(
            connection, users, users.c.must_change, users.c.disabled.is_(False)
        ),
    }


def _attachments(connection: Connection) -> dict[str, int]:
    query = select(func.count(), func.coalesce(func.sum(attachments.c.size), 0)).where(
        attachments.c.deleted.is_(False)
    )
    many, size = connection.execute(query).one()
    return {"files": int(many), "bytes": int(size)}


def _holidays_missing(connection: Connection) -> list[int]:
    """This year and, from December on, the next, where no arrangement is known."""
    today = clock.today()
    wanted = [today.year] + ([today.year + 1] if today.month == 12 else [])
    known = calendar_in_force(connection).years
    return [year for year in wanted if year not in known]


def _rule(connection: Connection, kind: str) -> dict[str, Any]:
    text = rulebook.text_in_force(connection, kind)
    try:
        on_disk = rulebook.fingerprint(rulebook.shipped(kind).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        on_disk = None
    now = rulebook.fingerprint(text)
    return {"kind": kind, "fingerprint": now, "waiting": on_disk is not None and on_disk != now}
