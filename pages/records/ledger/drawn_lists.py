"""The table and the list beside a record, as they were drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ledger.records.typed import Pendings


@dataclass(frozen=True)
class Sheet:
    """The table exactly as it is shown: edits are counted by its row positions.

    ``keys`` are its columns, ``asked`` those that the visitor wants by now: they may have drawn
    columns elsewhere in their browser, which shows them so already.
    """

    key: str
    signature: tuple[Any, ...]
    rows: Sequence[dict[str, Any]]
    keys: tuple[str, ...]
    asked: tuple[str, ...]
    widths: Mapping[str, int]
    frame: pd.DataFrame
    base: Pendings
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Entry:
    """One line of the list beside an opened record."""

    id: int
    number: str
    name: str
    state: str


@dataclass(frozen=True)
class Beside:
    """The list beside an opened record: its order stays while records are opened and saved."""

    signature: tuple[Any, ...]
    entries: tuple[Entry, ...]
    first: int
    total: int
    pages: int
