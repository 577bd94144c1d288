"""The settings of numbers that rules can tell apart.

Forms that share facts make one group. Its numbers can be infinitely many, but the conditions see no
more of them than the sign of each form; a region is one combination of signs that some numbers
have. Which do is decided exactly (:mod:`ledger.domain.tiers.linear`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.facts import Fact
from ledger.domain.tiers.forms import Form, Question, sign_of
from ledger.domain.tiers.linear import Inequality, solve

MOST_REGIONS = 400
Cell = frozenset[int]
_CELLS: dict[frozenset[str], tuple[tuple[int, ...], ...]] = {
    frozenset(): ((-1, 0, 1),),
    frozenset({"+"}): ((-1, 0), (1,)),
    frozenset({"-"}): ((-1,), (0, 1)),
    frozenset({"+", "-"}): ((-1,), (0,), (1,)),
}


class Region(NamedTuple):
    """One combination of signs: a cell per form, and numbers that lie in it."""

    cells: tuple[Cell, ...]
    witness: Mapping[str, Fraction]


@dataclass(frozen=True)
class Group:
    """Facts whose numbers are compared with each other, and the regions that conditions see.

    ``bounds`` are the inequalities that hold of every number by its declaration.
    """

    names: tuple[str, ...]
    forms: tuple[Form, ...]
    bounds: tuple[Inequality, ...]
    regions: tuple[Region, ...]

    def says(self, question: Question) -> tuple[bool, ...]:
        """The answer to a question about one of its forms, per region."""
        at = self.forms.index(question.form)
        return tuple(region.cells[at] <= question.signs for region in self.regions)

    def system(self, region: Region) -> list[Inequality]:
        """The inequalities that numbers of a region satisfy, over ``names``."""
        return [*self.bounds, *_signed(self.forms, region.cells, self.names)]

    def region_of(self, values: Mapping[str, Fraction]) -> int:
        """The number of the region in which these numbers lie."""
        signs = [sign_of(form, values) for form in self.forms]
        for number, region in enumerate(self.regions):
            if all(sign in cell for sign, cell in zip(signs, region.cells, strict=True)):
                return number
        raise ValueError("numbers outside their declared bounds")


def groups(asked: Iterable[Question], facts: Mapping[str, Fact]) -> list[Group]:
    """The groups of all forms that questions ask about.

    Raises
    ------
    RuleError
        Where conditions tell so many settings apart that they cannot be gone through.
    """
    cuts: dict[Form, set[str]] = {}
    for question in asked:
        if question.form.terms:
            cuts.setdefault(question.form, set()).update(_cuts(question.signs))
    return [_group(names, forms, facts, cuts) for names, forms in _together(list(cuts))]


def within(form: Form, cell: Cell, names: Sequence[str]) -> Iterator[Inequality]:
    """The inequalities over ``names`` that hold where the sign of a form lies in a cell."""
    terms = dict(form.terms)
    up = tuple(terms.get(name, Fraction(0)) for name in names)
    down = tuple(-factor for factor in up)
    if -1 not in cell:
        yield Inequality(up, form.constant, strict=0 not in cell)
    if 1 not in cell:
        yield Inequality(down, -form.constant, strict=0 not in cell)


def bound(name: str, fact: Fact | None, names: Sequence[str]) -> Iterator[Inequality]:
    """The inequalities that a fact's declaration makes, over ``names``."""
    if fact is None:
        return
    unit = tuple(Fraction(int(other == name)) for other in names)
    if fact.minimum is not None:
        yield Inequality(unit, -Fraction(fact.minimum))
    if fact.maximum is not None:
        yield Inequality(tuple(-factor for factor in unit), Fraction(fact.maximum))


def _cuts(signs: frozenset[int]) -> Iterator[str]:
    """Between which signs a question tells apart: below and at nothing, at and above it."""
    if (-1 in signs) != (0 in signs):
        yield "-"
    if (0 in signs) != (1 in signs):
        yield "+"


def _together(forms: list[Form]) -> list[tuple[tuple[str, ...], list[Form]]]:
    """Forms in groups that share no fact, in the order of the rules."""
    found: list[tuple[list[str], list[Form]]] = []
    for form in forms:
        touching = [one for one in found if set(one[0]) & set(form.names)]
        names = list(dict.fromkeys([n for one in touching for n in one[0]] + list(form.names)))
        joined = (names, [f for one in touching for f in one[1]] + [form])
        kept = [one for one in found if one not in touching]
        at = min((found.index(one) for one in touching), default=len(kept))
        found = [*kept[:at], joined, *kept[at:]]
    return [(tuple(names), forms) for names, forms in found]


def _group(
    names: tuple[str, ...],
    forms: list[Form],
    facts: Mapping[str, Fact],
    cuts: Mapping[Form, set[str]],
) -> Group:
    bounds = tuple(one for name in names for one in bound(name, facts.get(name), names))
    # Of one whole number a stretch counts only if a whole number lies in it; `solve` takes one.
    single = len(names) == 1 and names[0] in facts and facts[names[0]].whole
    found: list[Region] = [Region((), {})]
    for n, form in enumerate(forms):
        cells = [frozenset(cell) for cell in _CELLS[frozenset(cuts[form])]]
        tried = [(*region.cells, cell) for region in found for cell in cells]
        found = []
        for cells_of in tried:
            system = [*bounds, *_signed(forms[: n + 1], cells_of, names)]
            point = solve(system, len(names))
            if point is not None and not (single and point[0].denominator != 1):
                found.append(Region(cells_of, dict(zip(names, point, strict=True))))
        if len(found) > MOST_REGIONS:
            shown = "、".join(names)
            message = (
                f"{shown} 之间的比较太多，无法逐一核对是否公平，"
                f"请减少比较（最多可分 {MOST_REGIONS} 种情形）"
            )
            raise RuleError(message, where="规则文件")
    return Group(names, tuple(forms), bounds, tuple(found))


def _signed(
    forms: Sequence[Form], cells: Sequence[Cell], names: Sequence[str]
) -> Iterator[Inequality]:
    for form, cell in zip(forms, cells, strict=True):
        yield from within(form, cell, names)
