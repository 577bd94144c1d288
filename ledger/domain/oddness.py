"""Is a typed number odd: beside the record's last value, or beside its peers? Said, never refused.

The rules, for numbers above 0 (0 and blank are never odd):

1. `TIMES` times the last value or more, or a `TIMES`-th of it or less.
2. An order of magnitude or more away from the median of its peers, and outside of their spread:
   the modified z-score of the logarithms is above `MOST_Z`. Fewer than `FEWEST_PEERS` peers tell
   nothing, and what repeats the last value was asked about before.

The logarithm is taken because fees and sizes differ by factors. Median and MAD are not moved by the
few values that are wrong themselves.

Source: B. Iglewicz, D. Hoaglin (1993): How to Detect and Handle Outliers, section 3: the modified
z-score 0.6745 (x - median) / MAD, called an outlier above 3.5.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from ledger.domain.columns import Column

TIMES = 10
FEWEST_PEERS = 8
MOST_Z = 3.5
_TO_SIGMA = 0.6745
# Peers that are all alike have no spread: a tenth of an order of magnitude stands in.
_LEAST_SPREAD = 0.1


def oddities(
    column: Column, value: object, last: object, peers: Iterable[object], called: str = "同类"
) -> tuple[str, ...]:
    """What is odd about a typed number, in Chinese sentences without a full stop.

    Parameters
    ----------
    column : Column
        Its label and unit are used.
    value, last : number or None
        What was typed, and what stands in the record; both in the column's unit.
    peers : iterable
        The values of other records of its kind; blanks and zeros are left out.
    called : str
        What the peers are called (``同类机构``).
    """
    number, before = _positive(value), _positive(last)
    if number is None or number == before:
        return ()
    found = []
    if before is not None and (said := _beside_last(column, number, before)):
        found.append(said)
    if said := _beside_peers(column, number, peers, called):
        found.append(said)
    return tuple(found)


def modified_z(value: float, peers: Iterable[float]) -> float:
    """The modified z-score of the logarithm of ``value`` among those of its ``peers``, all above 0;
    negative below their median. Raises `statistics.StatisticsError` without any peer."""
    logs = [math.log10(one) for one in peers]
    middle = statistics.median(logs)
    mad = statistics.median(abs(one - middle) for one in logs)
    return _TO_SIGMA * (math.log10(value) - middle) / max(mad, _TO_SIGMA * _LEAST_SPREAD)


def _beside_last(column: Column, number: float, before: float) -> str:
    stood = f"（上次{_words(column, before)}）"
    if number >= TIMES * before:
        return f"{column.label}是上次的{_times(number / before)}倍{stood}"
    if before >= TIMES * number:
        return f"{column.label}只有上次的{_times(before / number)}分之一{stood}"
    return ""


def _beside_peers(column: Column, number: float, peers: Iterable[object], called: str) -> str:
    known = [one for peer in peers if (one := _positive(peer)) is not None]
    if len(known) < FEWEST_PEERS:
        return ""
    middle = statistics.median(known)
    ratio = number / middle
    orders = math.floor(math.log10(max(ratio, 1 / ratio)) + 1e-9)
    if orders < 1 or abs(modified_z(number, known)) <= MOST_Z:
        return ""
    side = "高" if ratio > 1 else "低"
    far = {1: "一", 2: "两", 3: "三"}.get(orders, "三个以上")
    far = far if orders > 3 else f"{far}个"
    return (
        f"{column.label}比{called}{side}{far}数量级"
        f"（{len(known):,}条的中位数{_words(column, middle)}）"
    )


def _positive(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    number = float(value)
    return number if math.isfinite(number) and number > 0 else None


def _words(column: Column, number: float) -> str:
    return f"{round(number, 2):,.2f}".removesuffix(".00") + column.unit


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= TIMES else f"{ratio:,.1f}"
