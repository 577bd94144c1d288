"""The way down: the smallest sets of facts whose change lowers the tier for sure.

What an order to rectify may ask for. A set counts if its facts can get better, or be found to be,
so that the tier is lower whatever the unknown facts beside it turn out to be. Found over all
settings at once (:mod:`ledger.domain.tiers.settings`), so none is missed and none is too large.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from ledger.domain.tiers.diagram import ANY
from ledger.domain.tiers.fairness import Fairness
from ledger.domain.tiers.one_record import Names, OneRecord, Option
from ledger.domain.tiers.settings import Settings
from ledger.domain.tiers.worse import NEITHER, direction

MOST_FACTS = 12  # sets larger than this are no advice
NEVER = 1 << 20
BEYOND = Fraction(10**80)  # further than any sum of what rules and records can write


@dataclass(frozen=True)
class Way:
    """Facts to change: the options of each dimension that lower the tier, and the tier then.

    ``tier`` is the highest still possible after the best of these changes.
    """

    names: Names
    options: tuple[tuple[Option, ...], ...]
    tier: int


def way_down(
    settings: Settings,
    facts: Mapping[str, object],
    tier: int,
    kept: Collection[str] = (),
) -> tuple[Way, ...]:
    """The smallest sets of facts that lower a record's tier.

    Parameters
    ----------
    settings : Settings
        Of the rules in force.
    facts : mapping
        The record's facts, as :func:`~ledger.domain.tiers.judge` takes them.
    tier : int
        The record's tier, 2 to 4.
    kept : collection of str
        Facts that no way changes; an unknown one stays unknown.

    Returns
    -------
    tuple of Way
        All sets of the smallest size, in the order of the rules; empty where no change of up to
        `MOST_FACTS` facts lowers the tier. Facts that have no worse side are not changed.
    """
    search = _Search(settings, OneRecord(settings, facts), tier, frozenset(kept))
    for size in range(search.least(search.lower), MOST_FACTS + 1):
        found = search.sets(search.lower, size)
        if found:
            return tuple(search.way(names, plans) for names, plans in found.items())
    return ()


_Plan = tuple[tuple[int, Option], ...]
_Plans = dict[Names, dict[_Plan, None]]


@lru_cache(maxsize=8)
def _safe_numbers(settings: Settings) -> Mapping[str, Fraction]:
    """Numbers that can go to their best end without harm, with that end."""
    found: dict[str, Fraction] = {}
    fairness = Fairness(settings)
    for name in fairness.safe_numbers:
        fact = settings.facts[name]
        if direction(fact) == 1:
            found[name] = -BEYOND if fact.minimum is None else Fraction(fact.minimum)
        else:
            found[name] = BEYOND if fact.maximum is None else Fraction(fact.maximum)
    return found


class _Search:
    def __init__(self, settings: Settings, record: OneRecord, tier: int, kept: Names) -> None:
        self.settings = settings
        self.diagram = settings.diagram
        self.record = record
        self.tier = tier
        self._kept = kept
        self.lower = _below(settings, tier)
        self._safe = _safe_numbers(settings)
        self._found: dict[tuple[int, int], _Plans] = {}
        self._least: dict[int, int] = {}

    def sets(self, node: int, size: int) -> _Plans:
        """Sets of exactly ``size`` facts that make ``node`` say yes, each with how."""
        if self.least(node) > size:
            return {}
        key = (node, size)
        if key not in self._found:
            self._found[key] = self._search(node, size)
        return self._found[key]

    def _search(self, node: int, size: int) -> _Plans:
        at = self.diagram.dimension[node]
        if at == ANY:
            return {frozenset(): {(): None}} if not size else {}
        found: _Plans = {}
        names = self._changeable(at)
        nearest = min(map(self.least, self.diagram.children[node]))
        for count in range(min(size - nearest, len(names)) + 1):
            for some in combinations(names, count):
                changed = frozenset(some)
                for option in self._options(at, changed):
                    child = self._sure(node, option.possible)
                    for others, plans in self.sets(child, size - count).items():
                        kept = found.setdefault(changed | others, {})
                        step = ((at, option),) if changed else ()
                        kept.update(dict.fromkeys((*step, *plan) for plan in plans))
        return found

    def least(self, node: int) -> int:
        """No fewer facts than these make a node say yes: each dimension taken for itself, its
        changes reaching any value at once."""
        if node not in self._least:
            self._least[node] = self._count_least(node)
        return self._least[node]

    def _count_least(self, node: int) -> int:
        at = self.diagram.dimension[node]
        if at == ANY:
            return 0 if self.diagram.answers[node] else NEVER
        children = self.diagram.children[node]
        (stay,) = self.record.options(at)
        unchanged = max(self.least(children[value]) for value in stay.possible)
        names = self._changeable(at)
        if not names:
            return unchanged
        if self.settings.dimensions[at].group is not None:
            return min(unchanged, 1 + min(map(self.least, children)))
        reached = [v for o in self._options(at, frozenset(names)) for v in o.possible]
        return min([unchanged, *(1 + self.least(children[value]) for value in reached)])

    def _options(self, at: int, changed: Names) -> tuple[Option, ...]:
        """What changed facts may be set to. Numbers that can go to their best end without harm
        need no other value."""
        is_group = self.settings.dimensions[at].group is not None
        if is_group and changed and changed <= self._safe.keys():
            return (self.record.put(at, {name: self._safe[name] for name in sorted(changed)}),)
        return self.record.options(at, changed, better=True)

    def _sure(self, node: int, possible: Iterable[int]) -> int:
        """What holds below a node whichever of these values its dimension has."""
        children = dict.fromkeys(self.diagram.children[node][value] for value in possible)
        return self.diagram.all_of(children)

    def _changeable(self, at: int) -> list[str]:
        """The facts of a dimension that can get better, or are unknown."""
        names = self.settings.dimensions[at].names
        facts, known = self.settings.facts, self.record.known
        return [
            name
            for name in names
            if name not in self._kept
            and not (name in facts and facts[name].worse == NEITHER)
            and not (name in known and known[name] == self._safe.get(name))
        ]

    def way(self, names: Names, plans: Mapping[_Plan, None]) -> Way:
        """One set, its plans sorted: by dimension, only what leads to the lowest tier."""
        best: list[_Plan] = []
        lowest = self.tier
        for plan in plans:
            chosen = {at: option.possible for at, option in plan}
            highest = max(tier for tier in self.record.tiers(chosen) if isinstance(tier, int))
            if highest < lowest:
                best, lowest = [], highest
            if highest == lowest:
                best.append(plan)
        by_dimension: dict[int, dict[Option, None]] = {}
        for plan in best:
            for at, option in plan:
                kept = dict.fromkeys(self._as_wide(at, option, plan, lowest))
                by_dimension.setdefault(at, {}).update(kept)
        return Way(names, tuple(tuple(by_dimension[at]) for at in sorted(by_dimension)), lowest)

    def _as_wide(self, at: int, option: Option, plan: _Plan, most: int) -> Iterator[Option]:
        """All stretches of a single number that do as well as its best end."""
        names = frozenset(name for name, _ in option.facts)
        if self.settings.dimensions[at].group is None or len(names) > 1:
            yield option
            return
        others = {other: one.possible for other, one in plan}
        for one in self.record.options(at, names, better=True):
            chosen = {**others, at: one.possible}
            left = self.record.tiers(chosen)
            lower = self.record.tiers(chosen, self.lower)
            if lower == {True} and all(isinstance(tier, int) and tier <= most for tier in left):
                yield one


def _below(settings: Settings, tier: int) -> int:
    """Where the tier is a lower one and no facts contradict each other."""
    diagram = settings.diagram
    lower = diagram.combined(
        "below",
        lambda found, most: isinstance(found, int) and found < most,
        settings.root,
        diagram.answer(tier),
    )
    return diagram.all_of([lower, diagram.opposite(settings.clash)])
