"""Monte-Carlo p-values of many statistics at once, with as many draws as each of them needs.

Most areas are not extreme, which a few dozen draws show. Besag and Clifford (1991,
"Sequential Monte Carlo p-values", *Biometrika* 78(2), 301-304) stop a statistic as soon as ``h``
draws were at least as extreme as what was observed, in the l-th draw: h/l is a valid p-value. What
is never stopped has (c + 1)/(L + 1) after L draws, c of them as extreme.

Both tails are counted. Ties count in both, so a map without any differences gives p = 1. (esda
2.9 leaves them out of the lower tail, where equal values then look extreme.)
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.intp]

# draw(alive, size) → size x len(alive) values of the statistics at the positions ``alive``.
Draw = Callable[[Integers, int], Array]

# Twenty exceedances: a p-value known to about a fifth of itself.
EXCEEDANCES = 20
_FIRST_BATCH = 64
# Values held at once; bounds the memory of a batch.
_MOST_VALUES = 2_000_000
# Sums of the same numbers in another order differ by rounding, not in fact.
_SAME = 1e-9


@dataclass(frozen=True)
class Tails:
    """One-sided p-values: how often a draw is at least as high (``high``) or low (``low``).

    ``draws`` is the number of draws that each statistic was compared with.
    """

    high: Array
    low: Array
    draws: Integers

    @property
    def folded(self) -> Array:
        """The smaller of both tails, one-sided, as esda reports it."""
        return np.minimum(self.high, self.low)


@dataclass(frozen=True)
class Plan:
    """How long to draw.

    ``exactly`` makes so many draws for every statistic. Otherwise drawing ends when every
    statistic was stopped, when those left are certain to pass the Benjamini-Hochberg step at
    ``level`` (one-sided) among ``family`` tests, or after ``most`` draws.
    """

    level: float
    family: int
    most: int
    exactly: int | None = None

    def enough(self, draws: int, alive: int) -> bool:
        """Whether drawing may end after ``draws`` with ``alive`` statistics not yet stopped."""
        if self.exactly is not None:
            return draws >= self.exactly
        if alive == 0 or draws >= self.most:
            return True
        # Each of them has p < EXCEEDANCES / (draws + 1); together they are the smallest.
        return EXCEEDANCES * self.family <= alive * self.level * (draws + 1)

    def batch(self, draws: int, alive: int) -> int:
        """How many draws to make next: as many as were made, within memory."""
        last = self.exactly if self.exactly is not None else self.most
        size = min(max(draws, _FIRST_BATCH), last - draws, max(_MOST_VALUES // alive, 1))
        if self.exactly is None:
            certain = math.ceil(EXCEEDANCES * self.family / (alive * self.level))
            size = min(size, max(certain - draws, 1))
        return size


def sequential_p(observed: Array, draw: Draw, plan: Plan) -> Tails:
    """One-sided p-values of ``observed`` (n statistics) against draws under the null.

    A statistic stops when *both* tails hold `EXCEEDANCES` draws; the smaller tail, reached last,
    decides the p-value that matters.
    """
    n = len(observed)
    above, below = np.zeros(n), np.zeros(n)
    high, low = np.ones(n), np.ones(n)
    made = np.zeros(n, dtype=np.intp)
    alive = np.arange(n)
    slack = _SAME * np.maximum(np.abs(observed), 1.0)
    draws = 0
    while not plan.enough(draws, len(alive)) and len(alive):
        size = plan.batch(draws, len(alive))
        values = draw(alive, size)
        over = np.cumsum(values >= (observed - slack)[alive], axis=0) + above[alive]
        under = np.cumsum(values <= (observed + slack)[alive], axis=0) + below[alive]
        above[alive], below[alive] = over[-1], under[-1]
        high[alive] = (over[-1] + 1.0) / (draws + size + 1.0)
        low[alive] = (under[-1] + 1.0) / (draws + size + 1.0)
        made[alive] = draws + size
        if plan.exactly is None:
            slower = np.minimum(over, under)
            stopped = np.flatnonzero(slower[-1] >= EXCEEDANCES)
            at = np.argmax(slower[:, stopped] >= EXCEEDANCES, axis=0)
            where, count = alive[stopped], draws + at + 1.0
            high[where] = over[at, stopped] / count
            low[where] = under[at, stopped] / count
            made[where] = count
            alive = np.delete(alive, stopped)
        draws += size
    return Tails(high, low, made)
