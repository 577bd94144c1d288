"""Ratings for papers: small counts are hidden (`ledger.domain.small_counts`)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from ledger.domain.small_counts import GUARDED, HIDDEN, KEPT_BACK, LEAST, is_small
from ledger.reporting.rating.model import Part, Scored, VillageRating
from ledger.reporting.rating.rules import Line, RatingRules

# Rows that a line of a rating is imagined to have had, when its points are not told.
_IMAGINED = 60


def paper_village(
    village: VillageRating, rules: RatingRules
) -> list[tuple[int | str, float | None]]:
    """Number and points of every line of a village as a paper tells them.

    Lines with hidden rows tell neither. The points of the village, which are what a rating is for,
    are told: while they leave a hidden line only one number of rows, another line is kept back,
    first the one that moved the points least.
    """
    lines = village.lines
    hidden = {at for at, one in enumerate(lines) if any(map(_is_hidden, one.parts))}
    spare = sorted(
        set(range(len(lines))) - hidden,
        key=lambda at: (not lines[at].points, abs(lines[at].points)),
    )
    while hidden and spare and _told_by_points(village, rules, hidden):
        hidden.add(spare.pop(0))
    return [
        (_words(one), None) if at in hidden else (one.count, float(one.points))
        for at, one in enumerate(lines)
    ]


def _is_hidden(part: Part) -> bool:
    return part.ledger in GUARDED and is_small(part.count)


def _words(scored: Scored) -> str:
    """ "<3" where all rows of the line are hidden ones, 不显示 where others are among them."""
    return HIDDEN if all(map(_is_hidden, scored.parts)) and len(scored.parts) == 1 else KEPT_BACK


def _told_by_points(village: VillageRating, rules: RatingRules, hidden: set[int]) -> bool:
    """Whether the points of a village leave some hidden line only one possible worth."""
    told = rules.start + sum(
        (one.points for at, one in enumerate(village.lines) if at not in hidden), Decimal(0)
    )
    lines = [village.lines[at] for at in sorted(hidden)]
    possible = tuple(_possible_points(one) for one in lines)
    small = tuple(any(map(_is_hidden, one.parts)) for one in lines)
    return _leaves_one(rules.lowest, rules.highest, told, village.points, possible, small)


@lru_cache(maxsize=4096)
def _leaves_one(
    lowest: Decimal,
    highest: Decimal,
    told: Decimal,
    points: Decimal,
    possible: tuple[frozenset[Decimal], ...],
    small: tuple[bool, ...],
) -> bool:
    for at, own in enumerate(possible):
        if not small[at]:
            continue
        sums = {told}
        for other in (*possible[:at], *possible[at + 1 :]):
            sums = {one + more for one in sums for more in other}
        left = sum(
            any(max(lowest, min(highest, one + worth)) == points for one in sums) for worth in own
        )
        if left < min(len(own), 2):
            return True
    return False


def _possible_points(scored: Scored) -> frozenset[Decimal]:
    """What a line may be worth to a reader who knows the rules: hidden rows are fewer than three,
    of the others there may be any number."""
    numbers = tuple((one.each, LEAST if _is_hidden(one) else _IMAGINED) for one in scored.parts)
    return _sums(scored.line, numbers)


@lru_cache(maxsize=1024)
def _sums(line: Line, numbers: tuple[tuple[Decimal, int], ...]) -> frozenset[Decimal]:
    sums = {Decimal(0)}
    for each, most in numbers:
        sums = {line.capped(one + each * n) for one in sums for n in range(most)}
    return frozenset(sums | {line.none})
