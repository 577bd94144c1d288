"""What a typed search asks of the index: words written alike, phones by their hash, an area."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.domain.searched_text import phone_key, place_key, surely_within, written_alike
from ledger.storage.keys.secrets import Sealer
from ledger.storage.tables import SEARCHED_TABLES

# NUL, and single surrogates, which no encoding can write.
_UNSEARCHABLE = re.compile("[\x00\ud800-\udfff]")
_MOST_WORDS = 20
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 40
# No phone holds one: a 编号 such as XF-0500000 is looked for as it stands, not also as a phone.
_LATIN = re.compile("[A-Za-z]")


def searched_words(
    actor: Actor, ledger: Ledger, text: str, sealer: Sealer | None
) -> list[tuple[str, str | None]]:
    """The words of a search as `ledger.storage.search_question.found` takes them.

    With ``sealer``, a word that is a whole phone number also stands for the records with that
    protected number, by its keyed hash; not for actors who may not reveal phones.

    Raises
    ------
    Invalid
        For a text that cannot be searched for.
    """
    given = [(written_alike(word), word) for word in _searchable(text).split()]
    if given and not any(word for word, _ in given):
        raise Invalid("搜索内容里只有看不见的符号，请重新输入")
    return [(word, _phone(actor, ledger, raw, sealer)) for word, raw in given if word]


class Wanted(Protocol):
    """A condition on a column (`ledger.records.query.Condition`)."""

    @property
    def key(self) -> str: ...
    @property
    def operator(self) -> str: ...
    @property
    def value(self) -> Any: ...


def sure_words(ledger: Ledger, conditions: Iterable[Wanted]) -> list[str]:
    """Words that the index holds of every record whose columns contain what they are to contain.

    None of a column or part of which that is not sure: the index only spares reading records.
    """
    if ledger.key not in SEARCHED_TABLES:
        return []
    words = (
        surely_within(str(one.value))
        for one in conditions
        if one.operator == "contains" and one.key in ledger.searched
    )
    return [word for word in words if word]


def narrowest_place(actor: Actor, area_path: str | None) -> str | None:
    """The key of the smallest area in which a search looks; None for the whole tree."""
    path = area_path if area_path is not None else actor.scope_path
    code = path.strip("/").rpartition("/")[2]
    return place_key(code) if code else None


def _searchable(text: str) -> str:
    """The text, if a database can search for it; NUL would end the pattern and match everything."""
    if _UNSEARCHABLE.search(text):
        raise Invalid("搜索内容含有无法识别的字符，请重新输入")
    if len(text.split()) > _MOST_WORDS:
        raise Invalid(f"一次最多搜索{_MOST_WORDS}个词(以空格分开)，请减少")
    return text


def _phone(actor: Actor, ledger: Ledger, word: str, sealer: Sealer | None) -> str | None:
    """The key of the records with this protected phone number; None where the word is none, or
    the actor may not reveal phones."""
    digits = sum(character.isdigit() for character in word)
    if sealer is None or not _SHORTEST_PHONE <= digits <= len(word) <= _LONGEST_PHONE:
        return None
    if _LATIN.search(word):
        return None
    if not ledger.searched_phones or not actor.may(Action.REVEAL, ledger.key):
        return None
    return phone_key(sealer.fingerprint(word))
