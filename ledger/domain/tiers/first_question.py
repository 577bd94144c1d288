"""What to ask first: the unknown fact whose answer settles most of a record's tier.

Of every unknown fact each answer leaves some tiers possible, all other unknown facts staying
unknown. The fact with the fewest tiers left, on average over the answers that differ in what they
leave, is asked first; of equal ones the one that the rules of higher tiers name earlier.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ledger.domain.tiers.one_record import OneRecord, Option
from ledger.domain.tiers.settings import Settings

Left = frozenset[int | str]


@dataclass(frozen=True)
class Question:
    """An unknown fact, and per answer what it leaves possible.

    ``mean`` is how many tiers (a contradiction counts as one) are left on average.
    """

    name: str
    answers: tuple[tuple[Option, Left], ...]
    mean: float


def first_question(
    settings: Settings,
    facts: Mapping[str, object],
    unasked: Collection[str] = (),
    least: int | None = None,
) -> Question | None:
    """The unknown fact to ask first; None where no answer could change what is possible."""
    found = questions(settings, facts, unasked, least)
    return found[0] if found else None


def questions(
    settings: Settings,
    facts: Mapping[str, object],
    unasked: Collection[str] = (),
    least: int | None = None,
) -> tuple[Question, ...]:
    """Every unknown fact whose answer could settle something, the one that settles most first.

    Parameters
    ----------
    settings : Settings
        Of the rules in force.
    facts : mapping
        The record's facts, as :func:`~ledger.domain.tiers.judge` takes them.
    unasked : collection of str
        Unknown facts that are not asked about.
    least : int, optional
        A tier that the record has for sure, by facts that are not among ``facts``.
    """
    record = OneRecord(settings, facts)
    now = _at_least(record.tiers(), least)
    if len(now) == 1:
        return ()
    asked = [_asked(record, name, least) for name in record.unknown if name not in unasked]
    telling = [one for one in asked if any(left != now for _, left in one.answers)]
    return tuple(sorted(telling, key=lambda one: one.mean))


def _asked(record: OneRecord, name: str, least: int | None) -> Question:
    at = record.settings.of[name]
    seen: dict[frozenset[int], Left] = {}
    answers = []
    for option in record.options(at, frozenset({name})):
        if option.possible not in seen:
            seen[option.possible] = _at_least(record.tiers({at: option.possible}), least)
        answers.append((option, seen[option.possible]))
    kinds = {left for _, left in answers}
    return Question(name, tuple(answers), sum(map(len, kinds)) / len(kinds))


def _at_least(left: Left, least: int | None) -> Left:
    """What is left when the record has that tier for sure."""
    if least is None:
        return left
    return frozenset(one for one in left if isinstance(one, int) and one >= least)
