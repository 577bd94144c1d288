"""What a search compares: texts in one way of writing, and the grams that an index keeps of them.

A word is found where it stands, written alike, within one field of a record (`contains`). An index
finds it by grams, one for each sign of a text: a sign of ASCII with the three behind it, any other
with the one behind it. ``张三丰XF-0001`` is kept as ``张三 三丰 丰x xf-0 f-00 -000 0001 001␃ 01␃
1␃``, and a word is asked for as the same grams in a row, of which the last may only be begun. Pairs
alone would not do: each number of a ledger begins with the same, and ten pairs of digits that stand
in a third of a million records each took 186 ms, where grams of four take less than one.

Signs of ASCII are kept as their full-width forms, which no text written alike has: so a gram holds
nothing that an index takes for a separator or a sign of its language.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.initials import initials
from ledger.domain.masks import hash_of, is_sealed
from ledger.domain.values import fold

# Raise this number with every change of what this module makes of the same record.
READING = 2
# Between the fields of a record: `fold` leaves none in a text.
BETWEEN = "\n"
_JOINED = "\x00"
_CONTROLS = re.compile("[\x01-\x1f\x7f-\x9f]")
_WIDE = {sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}
# Stands behind the last sign of a field; no text has it (a code point that stands for nothing).
_END = "\ufdef"
_GRAMS = re.compile(
    f"(?=([\uff01-\uff5e]{{4}}|[\uff01-\uff5e]{{1,3}}{_END}?|[^\uff01-\uff5e{_END}].?))", re.DOTALL
)


@dataclass(frozen=True)
class SearchedText:
    """What is searched of a record: number, title and the initials of a short title in pinyin, its
    other texts, and marks of the record.

    ``keys`` are words of ASCII: the areas that it lies in, and keyed hashes of protected phones.
    """

    title: str
    rest: str
    keys: str


def written_alike(text: str) -> str:
    """``text`` as it is compared: see `ledger.domain.values.fold`; without control characters."""
    return _CONTROLS.sub("", fold(text))


def searched_text(ledger: Ledger, record: Mapping[Any, Any]) -> SearchedText:
    """What is searched of a record, of which the columns `columns_searched` are given."""
    keys = ledger.searched
    titles = 2 if ledger.title in keys[:2] else 1
    marks = [place_key(code) for code in (record["area_path"] or "").split("/") if code]
    for key in ledger.searched_phones:
        if is_sealed(record[key]) and (kept := hash_of(record[key])):
            marks.append(phone_key(kept))
    title, rest = _fields(record, keys[:titles]), _fields(record, keys[titles:])
    named = record[ledger.title] if titles == 2 else None
    if named and ledger.by_key[ledger.title].type is ColumnType.TEXT:
        title = BETWEEN.join(filter(None, (title, initials(named))))
    return SearchedText(title, rest, " ".join(dict.fromkeys(marks)))


def columns_searched(ledger: Ledger) -> tuple[str, ...]:
    """The columns on which the `searched_text` of a record rests."""
    return (*ledger.searched, *ledger.searched_phones, "area_path")


def grams(fields: str) -> list[str]:
    """The grams of texts written alike, with `BETWEEN` between them."""
    return _GRAMS.findall(fields.translate(_WIDE).replace(BETWEEN, _END) + _END) if fields else []


def grams_asked(word: str) -> tuple[list[str], bool]:
    """The grams in a row by which a word, written alike and not empty, is found, and whether the
    last is only the beginning of one."""
    asked: list[str] = []
    for at, gram in enumerate(_GRAMS.findall(word.translate(_WIDE))):
        whole = (
            len(gram) == 4 or at + len(gram) < len(word) or (not _is_wide(gram) and len(gram) == 2)
        )
        asked.append(gram)
        if not whole:
            return asked, True
        if at + len(gram) == len(word):
            break
    return asked, False


@lru_cache(maxsize=10_000)
def place_key(code: str) -> str:
    """The mark of the records that lie in an area or below it."""
    return "p" + hashlib.blake2b(code.encode(), digest_size=6).hexdigest()


def phone_key(fingerprint: str) -> str:
    """The mark of the records with a protected phone of this keyed hash."""
    return "h" + fingerprint


def contains(searched: SearchedText, word: str) -> bool:
    """Whether a word is found in a record: what an index must answer."""
    asked = written_alike(word)
    return asked in searched.title or asked in searched.rest


# Signs that stay what they are beside any other, when a text is written alike.
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff"
_PLAIN = re.compile(f"[ -~\u3001\u3002\uff08\uff09\uff0c\uff1a\uff1b{_IDEOGRAPHS}]*")
_ALONE = re.compile(f"[0-9{_IDEOGRAPHS}]")
_SHORTEST_SURE, _LONGEST_SURE = 2, 24


def surely_within(part: str) -> str:
    """A word, written alike, that is in every text that holds ``part``; empty where none is sure.

    Writing alike joins a sign with marks behind it (e and an accent), so the last sign of a part
    need not be found in a text that goes on with one.
    """
    if not _PLAIN.fullmatch(part):
        return ""
    sure = part if _ALONE.match(part[-1:]) else part[:-1]
    word = written_alike(sure)[:_LONGEST_SURE]
    return word if len(word) >= _SHORTEST_SURE else ""


def _is_wide(gram: str) -> bool:
    return "\uff01" <= gram[0] <= "\uff5e"


def _fields(record: Mapping[Any, Any], keys: Sequence[str]) -> str:
    texts = [str(record[key]) for key in keys if record[key]]
    return _CONTROLS.sub("", fold(_JOINED.join(texts))).replace(_JOINED, BETWEEN)
