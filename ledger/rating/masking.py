"""A rating as those outside the handling office may see it (DOMAIN §6).

Petitions and leads are about people's own matters; who is outside, and what is small, says
`ledger.statistics.small_counts`. Outside

- rows of these ledgers fewer than three are told neither by number nor by points;
- nor is the number of their line, which is that of its other rows and them; its points are at
  least those of its other rows, which is all where these reach the cap;
- a single hidden line could be worked out from the points of the village: the line that moved
  them least is kept back with it.

The points of a village, its rank and what is suggested are what a rating is for, and are told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from geo.atlas import Atlas
from ledger.access import Actor
from ledger.ledgers import ledger_named
from ledger.rating.counts import COUNTS
from ledger.rating.model import Scored, VillageRating
from ledger.rating.rules import RatingRules
from ledger.statistics.small_counts import is_small, sees_small_counts


def hidden_from(actor: Actor, atlas: Atlas, rules: RatingRules) -> frozenset[str]:
    """The ledgers of a rating whose small counts the actor may not see."""
    ledgers = {COUNTS[key].ledger for line in rules.lines for key in line.counts}
    return frozenset(
        key for key in ledgers if not sees_small_counts(actor, atlas, ledger_named(key))
    )


def seen(village: VillageRating, hidden: Collection[str]) -> VillageRating:
    """The village without the small counts of these ledgers."""
    lines = [_line(one, hidden) for one in village.lines]
    told = [at for at, one in enumerate(lines) if not one.is_hidden]
    if len(told) == len(lines) - 1 and told:
        least = min(told, key=lambda at: (not lines[at].points, abs(lines[at].points)))
        lines[least] = replace(lines[least], parts=(), points=Decimal(0), is_hidden=True)
    return replace(village, lines=tuple(lines))


def _line(scored: Scored, hidden: Collection[str]) -> Scored:
    parts = tuple(
        replace(part, count=0, is_hidden=True)
        if part.ledger in hidden and is_small(part.count)
        else part
        for part in scored.parts
    )
    if not any(part.is_hidden for part in parts):
        return scored
    points = scored.line.capped(sum((part.points for part in parts), Decimal(0)))
    return replace(scored, parts=parts, points=points, is_hidden=True)
