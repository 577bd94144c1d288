"""What offices call columns, and what they write for values: words are data (``data/words``).

A file of each ledger, and ``any.toml`` for all of them, hold the words that came up; an office adds
its own (:mod:`ledger.exchange.reading.own_words`). A column's declared label, key and synonyms come
first. ``data/words/any.toml`` explains how the files are written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ledger.domain.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.domain.settings import PROJECT
from ledger.domain.values import fold
from ledger.exchange.reading.understanding import Understood, shown

FOLDER = PROJECT / "data" / "words"
_DOUBTFUL = "?"
_QUANTITIES = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.MONEY)


@dataclass(frozen=True)
class Meant:
    """What a word in a cell stands for, as the column would be given it; or only probably."""

    text: str
    sure: bool = True


@dataclass(frozen=True)
class Words:
    """The words of one ledger: per column what it is called; per column, by what a cell says
    (folded), what is meant."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Meant]] = field(default_factory=dict)


@cache
def shipped_words(ledger_key: str) -> Words:
    """The words that come with the program for a ledger; none for one without a file."""
    content = _content(ledger_key)
    columns = {key: tuple(said) for key, said in content.get("columns", {}).items()}
    return Words(columns, {key: _meant(one) for key, one in content.get("values", {}).items()})


def meant_by(ledger: Ledger, column: Column, raw: object) -> Any:
    """What a cell means by the words of the ledger or of the column's type; None for no word."""
    said = fold(str(raw)).strip("。.!！;；,，")
    for words in (shipped_words(ledger.key).values.get(column.key, {}), _by_type(column.type)):
        if said in words:
            return _understood(column, raw, words[said])
    return None


def _understood(column: Column, raw: object, meant: Meant) -> Understood | None:
    try:
        value = column.parse(meant.text)
    except ValueRefused:
        return None
    check = "" if meant.sure else "，请核对"
    label = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else ""
    how = f"写法：“{shown(raw)}”按“{label or column.format(value)}”理解{check}"
    return Understood(value, how, meant.sure)


@cache
def _by_type(kind: ColumnType) -> Mapping[str, Meant]:
    name = "tri" if kind is ColumnType.TRI else "number" if kind in _QUANTITIES else ""
    return _meant(_content("any").get(name, {}))


def _meant(table: Mapping[str, list[str]]) -> dict[str, Meant]:
    return {
        fold(said): Meant(text.removesuffix(_DOUBTFUL), not text.endswith(_DOUBTFUL))
        for text, listed in table.items()
        for said in listed
    }


def _content(name: str) -> dict[str, Any]:
    path = FOLDER / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
