"""Two properties of fair rules, decided over all settings of the facts.

Total: where every fact is known and none contradict each other, some rule holds.
Monotone: a setting that is worse than another, or as bad, in every fact never has the milder tier.
Settings without a tier (facts contradict each other) are compared with none.

Which side of a fact is worse is declared (:mod:`ledger.domain.tiers.worse`). Of a yes/no fact or a
number of which nothing is declared it is the side towards which the tier never falls; rules under
which it falls both ways are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from ledger.domain.tiers.diagram import ANY
from ledger.domain.tiers.regions import Group
from ledger.domain.tiers.settings import CLASH, UNCOVERED, Dimension, Settings
from ledger.domain.tiers.worse import direction, steps
from ledger.domain.tiers.worse_numbers import Facts, lead_of, worse_numbers

Sides = Mapping[str, int | None]
Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Gap:
    """A setting that no rule covers."""

    facts: Facts


@dataclass(frozen=True)
class Fall:
    """Two settings, the second worse in ``changed`` and equal else, with the milder tier.

    ``undeclared`` is set where the worse side of the fact is not declared and the tier falls both
    ways.
    """

    before: Facts
    after: Facts
    tier_before: int
    tier_after: int
    changed: tuple[str, ...]
    undeclared: bool = False


class Fairness:
    """The two properties of the rules behind ``settings``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.diagram = settings.diagram
        self._tiers: dict[int, tuple[int, int]] = {}
        self._harms: dict[int, tuple[int, int]] = {}

    @cached_property
    def counts(self) -> dict[int | str, int]:
        """How many settings have each tier, `CLASH` and `UNCOVERED`."""
        return self.diagram.counts(self.settings.root)

    def gap(self) -> Gap | None:
        """A setting that no rule covers; None where the rules are total."""
        path = self.diagram.path_to(self.settings.root, UNCOVERED)
        return None if path is None else Gap(self._facts(path))

    def fall(self) -> Fall | None:
        """A worse setting of a milder tier; None where the rules are monotone."""
        sides = dict(self.sides)
        for name, side in sides.items():
            if side is None:
                up = self._fall({name: 1})
                if up is None:
                    sides[name] = 1
                    continue
                if self._fall({name: -1}) is not None:
                    return Fall(**{**vars(up), "undeclared": True})
                sides[name] = -1
        return self._fall(sides, with_choices=True)

    @cached_property
    def sides(self) -> Sides:
        """The worse side of each number and yes/no fact, as declared."""
        found: dict[str, int | None] = {}
        for one in self.settings.dimensions:
            if one.group is not None or isinstance(one.values[0], bool):
                for name in one.names:
                    found[name] = direction(self.settings.facts.get(name))
        return found

    @cached_property
    def safe_numbers(self) -> frozenset[str]:
        """Numbers that get better without harm: neither a higher tier nor a contradiction."""
        numbers = {
            name: side
            for one in self.settings.dimensions
            if one.group is not None
            for name in one.names
            if (side := self.sides[name])
        }
        if self._harmless(numbers):
            return frozenset(numbers)
        return frozenset(n for n, side in numbers.items() if self._harmless({n: side}))

    def _harmless(self, sides: Sides) -> bool:
        pairs = [self._pairs(one, sides, False) for one in self.settings.dimensions]
        roots = (self.settings.root, self.settings.clash)
        return all(self._search(pairs, self.harm, root) is None for root in roots)

    def harm(self, node: int) -> tuple[int, int]:
        """The lowest and the highest answer below a node, no tier being worse than any tier."""
        if node not in self._harms:
            if self.diagram.dimension[node] == ANY:
                tier = self.diagram.answers[node]  # of a clash yes or no: one is more than none
                self._harms[node] = (tier, tier) if isinstance(tier, int) else (9, 9)
            else:
                below = [self.harm(child) for child in self.diagram.children[node]]
                self._harms[node] = min(low for low, _ in below), max(high for _, high in below)
        return self._harms[node]

    def _fall(self, sides: Sides, *, with_choices: bool = False) -> Fall | None:
        """A fall among settings that differ in these facts only."""
        pairs = [self._pairs(one, sides, with_choices) for one in self.settings.dimensions]
        path = self._search(pairs)
        if path is None:
            return None
        before, after = self._witnesses(path, sides)
        return self._single_step(before, after)

    # -- pairs of values, the second as bad or worse -------------------------------------------

    def _pairs(self, one: Dimension, sides: Sides, with_choices: bool) -> Pairs:
        numbers = range(len(one.values))
        same = [(n, n) for n in numbers]
        if one.group is not None:
            return self._region_pairs(one.group, sides)
        side = sides.get(one.names[0]) or 0
        if isinstance(one.values[0], bool):
            falls = [(a, b) for a in numbers for b in numbers if one.values[a] is not one.values[b]]
            return (*same, *(p for p in falls if side and one.values[p[1]] is (side == 1)))
        order = steps(self.settings.facts.get(one.names[0])) if with_choices else {}
        step = [order.get(str(value)) for value in one.values]
        worse = [
            (a, b)
            for a, low in enumerate(step)
            for b, high in enumerate(step)
            if low is not None and high is not None and low < high
        ]
        return (*same, *worse)

    def _region_pairs(self, group: Group, sides: Sides) -> Pairs:
        moving = {name: side for name in group.names if (side := sides.get(name))}
        numbers = range(len(group.regions))
        if not moving:
            return tuple((n, n) for n in numbers)
        leads = [lead_of(dict(form.terms), moving) for form in group.forms]
        return tuple(
            (a, b)
            for a in numbers
            for b in numbers
            if a == b or worse_numbers(group, a, b, moving, leads) is not None
        )

    # -- the search ------------------------------------------------------------------------

    def _search(
        self,
        pairs: Sequence[Pairs],
        ranged: Callable[[int], tuple[int, int]] | None = None,
        root: int | None = None,
    ) -> dict[int, tuple[int, int]] | None:
        """Dimension to a pair of values, on the way to a higher tier and a lower one."""
        diagram, fine = self.diagram, set[tuple[int, int]]()
        span = ranged or self._range

        def down(one: int, two: int) -> dict[int, tuple[int, int]] | None:
            if (one, two) in fine or span(one)[1] <= span(two)[0]:
                return None
            first = min(diagram.dimension[one], diagram.dimension[two])
            if first == ANY:
                return {}
            for a, b in pairs[first]:
                rest = down(diagram.child(one, first, a), diagram.child(two, first, b))
                if rest is not None:
                    return {first: (a, b), **rest}
            fine.add((one, two))
            return None

        start = self.settings.root if root is None else root
        return down(start, start)

    def _range(self, node: int) -> tuple[int, int]:
        """The lowest and the highest tier below a node; (9, 0) where there is none."""
        found = self._tiers.get(node)
        if found is None:
            if self.diagram.dimension[node] == ANY:
                tier = self.diagram.answers[node]
                found = (9, 0) if tier in (CLASH, UNCOVERED) else (tier, tier)
            else:
                below = [self._range(child) for child in self.diagram.children[node]]
                found = (min(low for low, _ in below), max(high for _, high in below))
            self._tiers[node] = found
        return found

    # -- settings as people read them ------------------------------------------------------

    def _facts(self, path: Mapping[int, int]) -> Facts:
        found: Facts = {}
        for number, one in enumerate(self.settings.dimensions):
            found |= one.facts(path.get(number, 0))
        return found

    def _witnesses(self, path: Mapping[int, tuple[int, int]], sides: Sides) -> tuple[Facts, Facts]:
        before: Facts = {}
        after: Facts = {}
        for number, one in enumerate(self.settings.dimensions):
            a, b = path.get(number, (0, 0))
            if one.group is None or a == b:
                before |= one.facts(a)
                after |= one.facts(b)
                continue
            moving = {name: side for name in one.names if (side := sides.get(name))}
            both = worse_numbers(one.group, a, b, moving, [])
            if both is None:
                raise ValueError("regions that the search did not pair")
            before |= both[0]
            after |= both[1]
        return before, after

    def _single_step(self, before: Facts, after: Facts) -> Fall:
        """The same fall by one fact alone where the way between both settings has such a step."""
        here, tier = before, self.tier(before)
        changed = tuple(name for name in before if before[name] != after[name])
        for name in changed:
            there = {**here, name: after[name]}
            now = self.tier(there)
            if isinstance(tier, int) and isinstance(now, int) and now < tier:
                return Fall(here, there, tier, now, (name,))
            here, tier = there, now
        return Fall(before, after, int(self.tier(before)), int(self.tier(after)), changed)

    def tier(self, facts: Mapping[str, object]) -> int | str:
        """The tier of a setting; `CLASH` or `UNCOVERED` where it has none."""
        node = self.settings.root
        while self.diagram.dimension[node] != ANY:
            one = self.settings.dimensions[self.diagram.dimension[node]]
            node = self.diagram.children[node][_value_of(one, facts)]
        found: int | str = self.diagram.answers[node]
        return found


def _value_of(one: Dimension, facts: Mapping[str, object]) -> int:
    if one.group is not None:
        numbers = {name: Fraction(str(facts[name])) for name in one.names}
        return one.group.region_of(numbers)
    return one.values.index(facts[one.names[0]])
