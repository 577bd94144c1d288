"""Which column of a ledger a header names: by label, key, synonym or a word of ``data/words``,
with or without a unit in brackets, a number before, or words such as 是否."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ledger.domain.columns import Ledger
from ledger.exchange.reading.area_names import LEVEL_WORDS
from ledger.exchange.reading.header_rows import Label, fold
from ledger.exchange.reading.words import shipped_words

_UNIT = re.compile(r"\([^()]*\)$|[/、](?:[千百]?万?元|人|张|个?月)$")
_NUMBERING = re.compile(
    r"^(?:\(?\d{1,2}[).、．]|[①-⑳]|\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、)"
)
_ASKING = re.compile(r"^(?:是否存在|是否有|是否|有无|有没有)|(?:\?|情况)$")
# Names that say nothing without the group above them.
_GENERIC = frozenset(["金额", "数额", "数量", "情况", "是否", "有无", "内容", "名称", "小计"])
_GENERIC |= {"元", "万元", "(元)", "(万元)"}
BOTH = frozenset(["经纬度", "坐标", "经纬度坐标", "位置坐标", "gps坐标", "地理坐标", "经度纬度"])
BOTH |= {"坐标(经纬度)", "经纬度(经度,纬度)"}
BY_GROUP = 20
# The rank of a word of ``data/words``; labels, keys and synonyms come before.
WORD = 3


def column_words(ledger: Ledger) -> Mapping[str, str]:
    """What columns of the ledger are called, folded as headers are → the column's key."""
    return {text: key for text, (_, key) in known_texts(ledger).items()}


def recognised(label: Label, ledger: Ledger) -> str | None:
    """The key of the column that a label names by its words; ``area_0`` to ``area_2`` for a part
    of the area (township, village, grid); None for none."""
    return key_in(label, known_texts(ledger), ledger)


@lru_cache(maxsize=16)
def _texts_of(ledger_key: str, declared: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Any:
    known: dict[str, tuple[int, str]] = {}
    for key, label, synonyms in declared:
        for rank, text in [(0, label), (1, key), *((2, word) for word in synonyms)]:
            folded = fold(text)
            if folded not in known or rank < known[folded][0]:
                known[folded] = (rank, key)
    keys = {key for key, _, _ in declared}
    for key, words in shipped_words(ledger_key).columns.items():
        for word in words if key in keys else ():
            known.setdefault(fold(word), (WORD, key))
    return known


def known_texts(ledger: Ledger) -> Mapping[str, tuple[int, str]]:
    """Folded text → (rank, key); labels before keys before synonyms before words of data."""
    declared = tuple((column.key, column.label, column.synonyms) for column in ledger.incoming)
    found: Mapping[str, tuple[int, str]] = _texts_of(ledger.key, declared)
    return found


def _matched(text: str, texts: Mapping[str, tuple[int, str]]) -> tuple[int, str] | None:
    """(rank, key) of a header text: as it stands, without its unit, without words around it."""
    folded = fold(text)
    tried = [folded, _UNIT.sub("", folded)]
    tried.append(_ASKING.sub("", _NUMBERING.sub("", tried[1])))
    tried.append(_ASKING.sub("", tried[2]))
    for worse, candidate in enumerate(tried):
        if candidate in texts:
            rank, key = texts[candidate]
            return rank + (WORD + 1) * worse, key
    return None


def name_match(label: Label, texts: Mapping[str, tuple[int, str]]) -> tuple[int, str] | None:
    """All that stands above a column first, then its own name, then its group's."""
    if not label.parts:
        return None
    found = _matched("".join(label.parts), texts) or _matched(label.leaf, texts)
    if found is None and len(label.parts) > 1 and fold(label.leaf) in _GENERIC:
        group = _matched(label.parts[-2], texts)
        found = None if group is None else (group[0] + BY_GROUP, group[1])
    return found


def key_in(label: Label, texts: Mapping[str, tuple[int, str]], ledger: Ledger) -> str | None:
    """The key that a label names among these texts; see `recognised`."""
    match = name_match(label, texts)
    if match is not None:
        return match[1]
    word = fold(label.leaf)
    if "lon" in ledger.by_key and word in BOTH:
        return "lon"
    level = next((at for at, words in enumerate(LEVEL_WORDS) if word in words), None)
    return None if level is None or "area_code" not in ledger.by_key else f"area_{level}"
