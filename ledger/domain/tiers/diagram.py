"""Decision diagrams: a function of facts with few values each, as a graph without repetition.

A node asks one dimension and has one child per value of it; equal nodes are one node, and a node
whose children are all the same is that child. So a function over many millions of settings is a
few hundred nodes, and a question about all settings is one walk over them.

Source: T. Kam et al., Multi-valued decision diagrams, Multiple-Valued Logic 4 (1998).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import reduce
from math import prod
from typing import Any

ANY = 1 << 30  # the dimension of an answer: below all others


class Diagram:
    """Nodes over dimensions of given ``sizes``; nodes are numbers, answers are any values."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)
        self.dimension: list[int] = []
        self.children: list[tuple[int, ...]] = []
        self.answers: list[Any] = []
        self._known: dict[Hashable, int] = {}
        self._applied: dict[tuple[Hashable, int, int], int] = {}

    def answer(self, value: Hashable) -> int:
        """The node that answers ``value`` whatever the facts."""
        return self._node((ANY, type(value), value), ANY, (), value)

    def node(self, dimension: int, children: Sequence[int]) -> int:
        """The node that asks a dimension, one child per value."""
        if all(child == children[0] for child in children):
            return children[0]
        parts = tuple(children)
        return self._node((dimension, parts), dimension, parts, None)

    def literal(self, dimension: int, truths: Iterable[bool]) -> int:
        """Yes or no by one dimension alone."""
        return self.node(dimension, [self.answer(bool(truth)) for truth in truths])

    def combined(
        self, name: Hashable, answer: Callable[[Any, Any], Any], one: int, two: int
    ) -> int:
        """The function that gives ``answer(one's, two's)``; ``name`` tells operations apart."""
        key = (name, one, two)
        found = self._applied.get(key)
        if found is not None:
            return found
        first = min(self.dimension[one], self.dimension[two])
        if first == ANY:
            found = self.answer(answer(self.answers[one], self.answers[two]))
        else:
            parts = [
                self.combined(name, answer, self.child(one, first, n), self.child(two, first, n))
                for n in range(self.sizes[first])
            ]
            found = self.node(first, parts)
        self._applied[key] = found
        return found

    def all_of(self, nodes: Iterable[int]) -> int:
        """Yes where every node says yes."""
        every = self.answer(True)
        return reduce(lambda a, b: self.combined("and", lambda x, y: x and y, a, b), nodes, every)

    def any_of(self, nodes: Iterable[int]) -> int:
        """Yes where some node says yes."""
        none = self.answer(False)
        return reduce(lambda a, b: self.combined("or", lambda x, y: x or y, a, b), nodes, none)

    def opposite(self, node: int) -> int:
        """Yes where the node says no."""
        return self.combined("not", lambda x, y: not x, node, self.answer(True))

    def where(self, condition: int, value: Hashable, otherwise: int) -> int:
        """``value`` where the condition holds, else what ``otherwise`` says."""
        name = ("where", value)
        return self.combined(name, lambda x, y: value if x else y, condition, otherwise)

    def child(self, node: int, dimension: int, value: int) -> int:
        """What is left of a node when the dimension has that value."""
        asked = self.dimension[node] == dimension
        return self.children[node][value] if asked else node

    def counts(self, root: int) -> dict[Any, int]:
        """How many settings of all dimensions give each answer."""
        found: dict[int, dict[Any, int]] = {}

        def below(node: int) -> dict[Any, int]:
            if node in found:
                return found[node]
            if self.dimension[node] == ANY:
                total = {self.answers[node]: 1}
            else:
                total = {}
                for child in self.children[node]:
                    wide = self._between(self.dimension[node] + 1, child)
                    for answer, count in below(child).items():
                        total[answer] = total.get(answer, 0) + count * wide
            found[node] = total
            return total

        wide = self._between(0, root)
        return {answer: count * wide for answer, count in below(root).items()}

    def path_to(self, root: int, wanted: Hashable) -> dict[int, int] | None:
        """Dimension to value on the way to an answer, first values preferred; None if never."""
        dead: set[int] = set()

        def down(node: int) -> dict[int, int] | None:
            if self.dimension[node] == ANY:
                return {} if self.answers[node] == wanted else None
            if node in dead:
                return None
            for value, child in enumerate(self.children[node]):
                rest = down(child)
                if rest is not None:
                    return {self.dimension[node]: value, **rest}
            dead.add(node)
            return None

        return down(root)

    def _between(self, first: int, node: int) -> int:
        last = min(self.dimension[node], len(self.sizes))
        return prod(self.sizes[first:last])

    def _node(self, key: Hashable, dimension: int, children: tuple[int, ...], value: Any) -> int:
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.dimension)
            self.dimension.append(dimension)
            self.children.append(children)
            self.answers.append(value)
        return found
