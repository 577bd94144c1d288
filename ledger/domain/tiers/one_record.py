"""One record among all settings: what its known facts leave open, and what changes would open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from ledger.domain.tiers.cells import points_of_cells
from ledger.domain.tiers.diagram import ANY
from ledger.domain.tiers.evaluation import is_known
from ledger.domain.tiers.linear import Inequality, eliminate, feasible, holds, solve
from ledger.domain.tiers.regions import Cell, Group, within
from ledger.domain.tiers.settings import OTHER, Settings
from ledger.domain.tiers.worse import direction, steps

Names = frozenset[str]


class Span(NamedTuple):
    """Numbers from ``low`` to ``high``; None is without end, ``open`` ends are not included."""

    low: Fraction | None
    high: Fraction | None
    open_low: bool = True
    open_high: bool = True


class Option(NamedTuple):
    """What some facts of a dimension may be set to, and the values of it that are then possible.

    ``facts`` are names and plain values to set; of a single number ``span`` holds all values that
    do the same.
    """

    facts: tuple[tuple[str, object], ...]
    possible: frozenset[int]
    span: Span | None = None


class OneRecord:
    """A record's facts, read as the rules read them.

    Attributes
    ----------
    known : mapping
        Exact values of the facts that are known.
    unknown : tuple of str
        The facts that are not, in the order of the dimensions.
    """

    def __init__(self, settings: Settings, facts: Mapping[str, object]) -> None:
        self.settings = settings
        self.known: dict[str, object] = {}
        for name, read in settings.rules.readers:
            value = read(facts.get(name))
            if name in settings.of and is_known(value):
                self.known[name] = _exact(value)
        every = [name for one in settings.dimensions for name in one.names]
        for name in every:
            values = settings.dimensions[settings.of[name]].values
            if isinstance(self.known.get(name), str) and self.known[name] not in values:
                if OTHER in values:
                    self.known[name] = OTHER
                else:
                    del self.known[name]
        self.unknown = tuple(name for name in every if name not in self.known)
        self._options: dict[tuple[int, Names, bool], tuple[Option, ...]] = {}
        self._put: dict[tuple[int, tuple[tuple[str, Fraction], ...]], Option] = {}
        self._tiers: dict[
            tuple[int, frozenset[tuple[int, frozenset[int]]]], frozenset[int | str]
        ] = {}

    def options(
        self, dimension: int, changed: Names = frozenset(), *, better: bool = False
    ) -> tuple[Option, ...]:
        """What the facts ``changed`` of a dimension may be set to; all others stay as they are.

        Nothing changed has one option: the values that the known facts leave possible. With
        ``better`` a known fact is set to another value that is no worse, an unknown one to anything
        but the worst.
        """
        key = (dimension, changed, better)
        if key not in self._options:
            self._options[key] = tuple(self._found(dimension, changed, better))
        return self._options[key]

    def put(self, dimension: int, values: Mapping[str, Fraction]) -> Option:
        """The option that some numbers of a dimension are given values; all others stay."""
        key = (dimension, tuple(values.items()))
        if key not in self._put:
            group = self.settings.dimensions[dimension].group
            if group is None:
                raise ValueError("not a group of numbers")
            (option,) = _of_numbers(group, {**self.known, **values}, frozenset(), {})
            self._put[key] = Option(key[1], option.possible)
        return self._put[key]

    def tiers(
        self, chosen: Mapping[int, frozenset[int]] | None = None, root: int | None = None
    ) -> frozenset[int | str]:
        """The tiers (and `CLASH`, `UNCOVERED`) that are possible, some dimensions chosen; of
        another ``root`` its answers."""
        given = chosen or {}
        start = self.settings.root if root is None else root
        key = (start, frozenset(given.items()))
        if key not in self._tiers:
            self._tiers[key] = self._below(start, given, {})
        return self._tiers[key]

    def _below(
        self,
        node: int,
        given: Mapping[int, frozenset[int]],
        found: dict[int, frozenset[int | str]],
    ) -> frozenset[int | str]:
        """The answers below a node, kept in ``found``."""
        if node not in found:
            diagram = self.settings.diagram
            at = diagram.dimension[node]
            if at == ANY:
                found[node] = frozenset({diagram.answers[node]})
            else:
                values = given.get(at) or self.options(at)[0].possible
                children = {diagram.children[node][value] for value in values}
                below = [self._below(child, given, found) for child in children]
                found[node] = frozenset().union(*below)
        return found[node]

    def _found(self, dimension: int, changed: Names, better: bool) -> Iterator[Option]:
        one = self.settings.dimensions[dimension]
        if one.group is not None:
            worst = self._worst(changed) if better else {}
            yield from _of_numbers(one.group, self.known, changed, worst)
            return
        (name,) = one.names
        if changed:
            for number, value in enumerate(one.values):
                if value != OTHER and not (better and self._is_no_better(name, value)):
                    yield Option(((name, value),), frozenset({number}))
        elif name in self.known:
            yield Option((), frozenset({one.values.index(self.known[name])}))
        else:
            yield Option((), frozenset(range(len(one.values))))

    def _worst(self, changed: Names) -> dict[str, tuple[int, Fraction]]:
        """Side and present value of the known numbers, beyond which they would be worse."""
        return {
            name: (side, value)
            for name in changed
            if isinstance(value := self.known.get(name), Fraction)
            and (side := direction(self.settings.facts.get(name)))
        }

    def _is_no_better(self, name: str, value: object) -> bool:
        """Whether a value is worse than the present one, or it; of an unknown fact the worst."""
        now, fact = self.known.get(name), self.settings.facts.get(name)
        if value == now:
            return True
        if isinstance(value, bool):
            return value is (direction(fact) == 1) and bool(direction(fact))
        order = steps(fact)
        if now is None:
            return bool(order) and order.get(str(value), 0) == max(order.values())
        return order.get(str(value), 0) > order.get(str(now), 0)


def _exact(value: object) -> object:
    return Fraction(str(value[0])) if isinstance(value, tuple) else value


def _of_numbers(
    group: Group,
    known: Mapping[str, object],
    changed: Names,
    worst: Mapping[str, tuple[int, Fraction]],
) -> Iterator[Option]:
    """Options of a group: the regions met by what is known, what changes, what stays unknown."""
    free = [name for name in group.names if name in changed]
    open_ = [name for name in group.names if name not in known and name not in changed]
    names = [*free, *open_]
    if not names:
        values = {name: value for name, value in known.items() if isinstance(value, Fraction)}
        yield Option((), frozenset({group.region_of(values)}))
        return
    kept = [_no_worse(name, *worst[name], names) for name in free if name in worst]
    systems = _filled(group, known, names, kept)
    size = len(free) + len(open_)
    if len(free) == 1:
        yield from _along(free[0], [eliminate(system, size, 1) for system in systems])
    elif not free:
        met = (number for number, system in enumerate(systems) if feasible(system, size))
        yield Option((), frozenset(met))
    elif not open_:
        for number, system in enumerate(systems):
            point = solve(system, size)
            if point is None:
                continue
            yield Option(tuple(zip(free, point, strict=True)), frozenset({number}))
    else:
        left = [eliminate(system, size, len(free)) for system in systems]
        for point in points_of_cells(left, len(free)):
            met_there = _met(left, point)
            if met_there:  # else it lies outside the bounds
                yield Option(tuple(zip(free, point, strict=True)), met_there)


def _filled(
    group: Group, known: Mapping[str, object], names: Sequence[str], kept: Sequence[Inequality]
) -> list[list[Inequality]]:
    """Per region its inequalities over ``names``, the known facts filled in, and ``kept``."""
    place = {name: at for at, name in enumerate(group.names)}
    at = [place[name] for name in names]
    fixed = {place[n]: v for n, v in known.items() if n in place and isinstance(v, Fraction)}
    fixed = {n: value for n, value in fixed.items() if n not in at}

    def filled(one: Inequality) -> Inequality:
        factors = one.coefficients
        total = sum((factors[n] * v for n, v in fixed.items() if factors[n]), one.constant)
        return Inequality(tuple(factors[n] for n in at), total, one.strict)

    bounds = [*map(filled, group.bounds), *kept]
    seen: dict[tuple[int, Cell], list[Inequality]] = {}
    found = []
    for region in group.regions:
        system = list(bounds)
        for number, cell in enumerate(region.cells):
            if (number, cell) not in seen:
                told = within(group.forms[number], cell, group.names)
                seen[number, cell] = [filled(one) for one in told]
            system += seen[number, cell]
        found.append(system)
    return found


def _no_worse(name: str, side: int, now: Fraction, names: Sequence[str]) -> Inequality:
    return Inequality(tuple(Fraction(-side * (one == name)) for one in names), side * now)


def _met(systems: Sequence[list[Inequality] | None], point: Sequence[Fraction]) -> frozenset[int]:
    return frozenset(
        number
        for number, system in enumerate(systems)
        if system is not None and all(holds(one, point) for one in system)
    )


def _along(name: str, systems: Sequence[list[Inequality] | None]) -> Iterator[Option]:
    """The stretches of one number on which the same regions are met."""
    ends = sorted(
        {
            -one.constant / one.coefficients[0]
            for system in systems
            for one in system or ()
            if one.coefficients[0]
        }
    )
    pieces: list[tuple[Fraction, Span]] = []
    for low, high in zip([None, *ends], [*ends, None], strict=True):
        if low is not None:
            pieces.append((low, Span(low, low, False, False)))
        pieces.append((_inside(low, high), Span(low, high)))
    joined: list[tuple[frozenset[int], Span, Fraction]] = []
    for point, span in pieces:
        met = _met(systems, (point,))
        if joined and joined[-1][0] == met:
            before = joined.pop()
            span = Span(before[1].low, span.high, before[1].open_low, span.open_high)
            point = before[2]
        joined.append((met, span, point))
    for met, span, point in joined:
        if met:
            yield Option(((name, point),), met, span)


def _inside(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is None:
        return Fraction(0) if high is None else high - 1
    return low + 1 if high is None else (low + high) / 2
