"""The ledgers as an export hands them out, for counting once more in pandas."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO

import pandas as pd

from ledger.domain.access import SYSTEM
from ledger.exchange.writing.exports import export
from ledger.records.query import Selection
from ledger.storage import Store


def exported(store: Store) -> Callable[[str], pd.DataFrame]:
    """A function that gives the table of a ledger, all texts, with its Chinese headers."""

    @cache
    def read(key: str) -> pd.DataFrame:
        content = export(store, SYSTEM, key, Selection(), "csv").content
        return pd.read_csv(BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")

    return read
