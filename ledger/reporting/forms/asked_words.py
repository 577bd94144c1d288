"""What the words of a form can turn out to mean, and what holds around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ledger.domain.ledgers import ledger_named
from ledger.reporting.forms.senses import Count, Filter, FormWords, Sense


@dataclass(frozen=True)
class Meaning:
    """What is counted: ``filters`` narrow it, ``span`` is its time (empty: the form's own).

    ``summed`` replaces the count's own sum (集体访 | 人次); ``share``: the part of the whole table.
    ``implied``: no word named the count itself.
    The number is divided by ``factor``; ``percent``: a share is written as 96.5, not as 0.965.
    """

    count: Count
    filters: tuple[Filter, ...] = ()
    span: str = ""
    summed: tuple[str, ...] = ()
    share: bool = False
    implied: bool = False
    factor: float = 1.0
    percent: bool = False

    @property
    def words(self) -> str:
        """In Chinese, without its time."""
        ledger = ledger_named(self.count.ledger)
        sums = [f"{ledger.label_of(key)}之和" for key in self.summed]
        said = "，".join([self.count.label, *sums, *(one.words for one in self.filters)])
        return f"{said}，占比" if self.share else said


@dataclass(frozen=True)
class Unsure:
    """Why a header is not understood, and what it may mean (keys of counts, their labels).

    ``text`` is the word that an answer would be about."""

    message: str
    proposals: tuple[tuple[str, str], ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Context:
    """What holds for a whole table: the words, the ledgers that its title speaks of, the form's own
    legend, the units named around it, filters of the title, and words that somebody explained."""

    words: FormWords
    subjects: tuple[str, ...] = ()
    legend: Mapping[str, str] | None = None
    units: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    choices: Mapping[str, Sense] | None = None

    @cached_property
    def parted(self) -> dict[str, list[tuple[str, ...]]]:
        """What `known_words.segment` found of a text: the cells of a row ask for the same one."""
        return {}

    @cached_property
    def counted(self) -> dict[str, list[tuple[frozenset[str], str]]]:
        """For each sign the words of counts of these ledgers that it is in: their signs, the key
        of the count."""
        found: dict[str, list[tuple[frozenset[str], str]]] = {}
        for word, senses in self.words.senses.items():
            for sense in senses:
                if isinstance(sense, Count) and self.speaks_of(sense.ledger):
                    for sign in set(word):
                        found.setdefault(sign, []).append((frozenset(word), sense.key))
        return found

    def speaks_of(self, ledger: str) -> bool:
        """Whether the title leaves room for a ledger."""
        return not self.subjects or ledger in self.subjects
