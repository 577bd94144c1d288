"""Cells that are read as the words that they are: of ``data/words``, and of the state of a case."""

from __future__ import annotations

from typing import Any

from ledger.domain.columns import Column, ValueRefused
from ledger.exchange.reading.loose_values import Reader
from ledger.exchange.reading.loose_words import read_choice
from ledger.exchange.reading.understanding import BLANK, Understood, shown


def worded_reader(reader: Reader, meant: Reader) -> Reader:
    """The reader; what it refuses is read as the word that it is by ``meant`` (None: no word)."""

    def read(raw: Any) -> Any:
        try:
            return reader(raw)
        except ValueRefused:
            found = meant(raw)
            if found is None:
                raise
            return found

    return read


def state_reader(column: Column, meant: Reader) -> Reader:
    """How the state of a case is read: what cannot be told is left to the days of the case."""
    plainly = worded_reader(column.parse, meant)
    loose = worded_reader(plainly, lambda raw: read_choice(column, str(raw)))

    def read(raw: Any) -> Any:
        try:
            return loose(raw)
        except ValueRefused:
            how = f"看不懂的{column.label}：“{shown(raw)}”，按各项日期判断，请核对"
            return Understood(BLANK, how, sure=False)

    return read
