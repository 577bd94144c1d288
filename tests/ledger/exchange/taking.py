"""Take a file over into the institutions, and see what stands there."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from ledger.domain.access import SYSTEM, Actor
from ledger.exchange.importing import imports
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Choices, Comparison, TakenOver
from ledger.exchange.importing.imports import ImportReport, check, import_file
from ledger.storage import Store
from ledger.storage.tables import institutions


def take(store: Store, path: Path, who: Actor = SYSTEM, **options: Any) -> ImportReport:
    """Import into the institutions."""
    return import_file(store, who, "institutions", path, **options)


def compared(checked: Checked) -> Comparison:
    """How a workbook that came back stands against the ledger."""
    assert checked.comparison is not None
    return checked.comparison


def came_back(
    store: Store, path: Path, who: Actor = SYSTEM, ledger: str = "institutions"
) -> Comparison:
    """Check a workbook that came back."""
    return compared(check(store, who, ledger, path))


def take_over(
    store: Store, checked: Checked, choices: Choices | None = None, **options: Any
) -> TakenOver:
    """Write what was checked and chosen of a workbook that came back; it is not read again."""
    given = {"batch": uuid4().hex, **options}
    return imports.take(
        store, SYSTEM, checked, Path(checked.filename), choices or Choices(), **given
    )


def stored(store: Store) -> dict[str, dict[str, Any]]:
    """Every institution by number, in the bin too."""
    with store.reading() as connection:
        rows = connection.execute(select(institutions)).mappings()
        return {row["number"]: dict(row) for row in rows}
