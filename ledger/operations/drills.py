"""When a restore was last rehearsed: a file beside the backups; the database is left alone."""

from __future__ import annotations

import json
from datetime import datetime

from ledger.domain.settings import settings
from ledger.domain.timing import clock

_FILE = "last-drill.json"


def note_drill() -> None:
    """Remember that a drill has succeeded now; where there is no folder of backups, nothing."""
    folder = settings().backup_folder
    if folder.is_dir():
        text = json.dumps({"at": clock.now().isoformat()})
        try:
            (folder / _FILE).write_text(text, encoding="utf-8")
        except OSError:
            return  # a folder that is only read is no reason for a drill to fail


def last_drill() -> datetime | None:
    """When the last drill succeeded; None if none is remembered."""
    try:
        found = json.loads((settings().backup_folder / _FILE).read_text(encoding="utf-8"))
        return datetime.fromisoformat(found["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
