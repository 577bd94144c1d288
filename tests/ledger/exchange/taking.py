"""Take a file over into the institutions, and see what stands there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from ledger.domain.access import SYSTEM, Actor
from ledger.exchange.importing.imports import ImportReport, import_file
from ledger.storage import Store
from ledger.storage.tables import institutions


def take(store: Store, path: Path, who: Actor = SYSTEM, **options: Any) -> ImportReport:
    """Import into the institutions."""
    return import_file(store, who, "institutions", path, **options)


def stored(store: Store) -> dict[str, dict[str, Any]]:
    """Every institution by number, in the bin too."""
    with store.reading() as connection:
        rows = connection.execute(select(institutions)).mappings()
        return {row["number"]: dict(row) for row in rows}
