"""Numbers of one region and worse ones of another: whether there are any, and which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from ledger.domain.tiers.linear import Inequality, solve
from ledger.domain.tiers.regions import Group, Region

Facts = dict[str, object]


def lead_of(terms: Mapping[str, Fraction], moving: Mapping[str, int]) -> int:
    """Whether a form can only rise (1) or only fall (-1) towards the worse; 0 if either."""
    kept = {name: factor for name, factor in terms.items() if name in moving}
    ways = {moving[name] * (1 if factor > 0 else -1) for name, factor in kept.items()}
    return ways.pop() if len(ways) == 1 else 0


def worse_numbers(
    group: Group, a: int, b: int, moving: Mapping[str, int], leads: Iterable[int]
) -> tuple[Facts, Facts] | None:
    """Numbers of region ``a`` and worse ones of region ``b``; None if there are none."""
    one, two = group.regions[a], group.regions[b]
    for first, second, lead in zip(one.cells, two.cells, leads, strict=False):
        if lead and max(lead * s for s in second) < min(lead * s for s in first):
            return None
    if all(_as_bad(one, two, name, moving.get(name, 0)) for name in group.names):
        return dict(one.witness), dict(two.witness)
    names = [*group.names, *(f"{name}'" for name in moving)]
    primed = [f"{name}'" if name in moving else name for name in group.names]
    system = [*_over(group, one, group.names, names), *_over(group, two, primed, names)]
    for name, side in moving.items():
        parts = {name: Fraction(-side), f"{name}'": Fraction(side)}
        system.append(Inequality(tuple(parts.get(n, Fraction(0)) for n in names), Fraction(0)))
    point = solve(system, len(names))
    if point is None:
        return None
    found = dict(zip(names, point, strict=True))
    return (
        {name: found[name] for name in group.names},
        {name: found[other] for name, other in zip(group.names, primed, strict=True)},
    )


def _as_bad(one: Region, two: Region, name: str, side: int) -> bool:
    before, after = one.witness[name], two.witness[name]
    return before == after if not side else side * after >= side * before


def _over(
    group: Group, region: Region, called: Sequence[str], names: Sequence[str]
) -> Iterable[Inequality]:
    """The inequalities of a region with its facts called otherwise."""
    at = [names.index(name) for name in called]
    for one in group.system(region):
        parts = [Fraction(0)] * len(names)
        for place, factor in zip(at, one.coefficients, strict=True):
            parts[place] = factor
        yield Inequality(tuple(parts), one.constant, one.strict)
