"""Figures as those outside the handling office may see them (DOMAIN §6).

Who is outside, and what is small, says `ledger.statistics.small_counts`. A county's own figures are
told: the rule is about its townships and villages. There and below

- a figure whose numerator or denominator is small is not told; in a village neither is a share
  all but a few of whose records were counted, since the rest would be those few;
- what adds up with others to a number that is told (areas, lead officials, parts of a composition)
  is kept back too, the smallest first, while the hidden ones could be worked out by subtraction;
- comparisons with a hidden number are not told. What is hidden carries no number at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geo.atlas import Area, Atlas
from ledger.access import Actor
from ledger.figures.model import FigureValue, Line, Number
from ledger.ledgers import ledger_named
from ledger.statistics.small_counts import (
    HIDDEN,
    KEPT_BACK,
    LEAST,
    OFFICES,
    VILLAGES,
    is_small,
    sees_small_counts,
)


def hides(actor: Actor, atlas: Atlas, ledger_key: str) -> bool:
    """Whether the actor stands outside the office that handles the records of a ledger."""
    return not sees_small_counts(actor, atlas, ledger_named(ledger_key))


def seen_values(
    values: Sequence[FigureValue], actor: Actor, atlas: Atlas, area: Area | None
) -> list[FigureValue]:
    """The figures of one area as the actor may see them, in the same order."""
    if area is None or shows_whole(area):
        return list(values)
    ledgers = {value.rows.ledger for value in values}
    outside = {key for key in ledgers if hides(actor, atlas, key)}
    found = {value.key: value for value in values}
    guarded = [value for value in values if value.rows.ledger in outside]
    for name in dict.fromkeys(value.key.partition(".")[0] for value in guarded):
        parts = [value for value in guarded if value.key.partition(".")[0] == name]
        words = [_instead(value, area) for value in parts]
        if parts[0].part is not None and not is_small(int(parts[0].denominator)):
            words = _with_others(words, [(value.numerator,) for value in parts])
        found |= {one.key: _kept(one, said) for one, said in zip(parts, words, strict=True)}
    return list(found.values())


def seen_lines(lines: Sequence[Line], area: Area | None, *, adding_up: bool) -> list[Line]:
    """The lines of a breakdown of ``area`` as somebody outside may see them.

    ``adding_up``: to the number of the whole area, as areas and officials do and periods do not.
    """
    words = [_instead(line.value, line.area or area) for line in lines]
    if adding_up:
        words = _with_others(
            words, [(line.value.numerator, line.value.denominator) for line in lines]
        )
    pairs = zip(lines, words, strict=True)
    return [replace(line, value=_kept(line.value, said)) for line, said in pairs]


def shows_whole(area: Area | None) -> bool:
    """Whether an area is so large that its own figures are told to everybody."""
    return area is None or area.level not in OFFICES


def _instead(value: FigureValue, area: Area | None) -> str:
    """What stands instead of a number that would tell a count below three; empty if none would."""
    if is_small(int(value.numerator)) or is_small(int(value.denominator)):
        return HIDDEN
    share = value.unit == "%" and value.part is None
    in_village = area is not None and area.level in VILLAGES
    rest = int(value.denominator - value.numerator)
    return KEPT_BACK if share and in_village and is_small(rest) else ""


def _with_others(words: list[str], numbers: Sequence[tuple[Number, ...]]) -> list[str]:
    """Keep back more, the smallest first, while the sums would tell what is hidden."""
    kept = list(words)
    spare = sorted((at for at, word in enumerate(kept) if not word), key=numbers.__getitem__)
    while spare and _told_by_sums([numbers[at] for at, word in enumerate(kept) if word]):
        kept[spare.pop(0)] = KEPT_BACK
    return kept


def _told_by_sums(hidden: Sequence[tuple[Number, ...]]) -> bool:
    return any(_told_by_sum(column) for column in zip(*hidden, strict=True))


def _told_by_sum(numbers: Sequence[Number]) -> bool:
    """Whether the sum of hidden counts leaves only one possibility for the small ones."""
    small = [one for one in numbers if is_small(int(one))]
    larger = [one for one in numbers if not is_small(int(one))]
    if not small:
        return False
    if larger:  # each of which is known to be three at least
        return sum(numbers) - LEAST * len(larger) < 1
    return len(small) == 1 or sum(small) in (0, (LEAST - 1) * len(small))


def _kept(value: FigureValue, words: str) -> FigureValue:
    if not words:
        return value
    return replace(value, value=None, numerator=0, denominator=0, hidden=words)
