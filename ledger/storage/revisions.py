"""The revisions of the schema: those this program knows, and the one a database has.

They are read from the first lines of the migrations. Alembic reads them too, but importing it takes
a third of a second, and every command and every server asks.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

MIGRATIONS = Path(__file__).with_name("migrations")
_OWN = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_BEFORE = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)
_TABLE = "alembic_version"


def newest_revision() -> str | None:
    """The newest revision of this program's schema: the one that no other follows."""
    return _read()[0]


def known_revisions() -> frozenset[str]:
    """All revisions that this program knows."""
    return _read()[1]


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None if it has none."""
    if not inspect(connection).has_table(_TABLE):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


@cache
def _read() -> tuple[str | None, frozenset[str]]:
    texts = [file.read_text("utf-8") for file in MIGRATIONS.glob("versions/*.py")]
    known = frozenset(own for one in texts for own in _OWN.findall(one))
    followed = {before for one in texts for before in _BEFORE.findall(one)}
    return max(known - followed, default=None), known
