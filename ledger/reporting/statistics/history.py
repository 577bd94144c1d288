"""The last twelve periods of a question: counts, classes, and what they amount to by area.

All periods are counted for the areas of the newest one, so that their classes can be compared;
cases of areas that were others then are mapped to them (`ledger.reporting.statistics.regions`). A
period before the ledger's first record is no period without cases: it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from geo.hotspot_classes import HotspotClass
from geo.trends import PERIODS, Pattern, patterns
from ledger.domain.access import Actor
from ledger.domain.timing.periods import Period
from ledger.reporting.statistics.answers import Question, whole
from ledger.reporting.statistics.hotspots import (
    answer_of,
    asked,
    began_on,
    count_periods,
    statistics_of,
    surroundings,
)
from ledger.reporting.statistics.requests import Request
from ledger.storage import Store


@dataclass(frozen=True, eq=False)
class History:
    """Counts and classes of the last periods, oldest first, by area.

    ``counts`` (``Int64``) and ``classes`` have areas as rows and periods as columns
    0…n-1; ``patterns`` is the `geo.trends.Pattern` of each area. A period from before the first
    record is not among ``periods``.
    """

    periods: tuple[Period, ...]
    counts: pd.DataFrame
    classes: pd.DataFrame
    patterns: pd.Series[Any]

    def of(self, code: str) -> list[tuple[Period, int, HotspotClass]]:
        """One area's periods with count and class, oldest first.

        Raises `KeyError` for a code that is not among the areas.
        """
        row = self.counts.index.get_indexer(pd.Index([code]))[0]
        if row < 0:
            raise KeyError(code)
        counts, classes = self.counts.to_numpy()[row], self.classes.to_numpy()[row]
        return [
            (period, int(counts[at]), HotspotClass(str(classes[at])))
            for at, period in enumerate(self.periods)
        ]


def history(store: Store, actor: Actor, request: Request, periods: int = PERIODS) -> History:
    """The last ``periods`` periods up to the request's; raises as `hotspots`."""
    _, question = asked(store, actor, request)
    return _history(store, question, periods)


@lru_cache(maxsize=64)
def _history(store: Store, question: Question, periods: int) -> History:
    request = question.request
    regions, neighbours = surroundings(store, question)
    with store.reading() as connection:
        first = began_on(connection, store, question)
    among = [
        period
        for period in request.period.last(periods)
        if period == request.period or (first is not None and period.end >= first)
    ]
    counted = count_periods(store, question, among, regions)
    newest = answer_of(store, question).statistics.table
    found = [
        newest
        if each == request.period
        else statistics_of(counted.of(each), regions, neighbours, request).table
        for each in among
    ]
    counts = pd.DataFrame({at: whole(one["count"]) for at, one in enumerate(found)})
    classes = pd.DataFrame({at: one["gi_class"] for at, one in enumerate(found)})
    said = patterns(classes.to_numpy(dtype=object), periods)
    return History(tuple(among), counts, classes, pd.Series(said, index=classes.index))


PATTERN_WORDS = {
    Pattern.EMERGING: "新出现的热点",
    Pattern.PERSISTENT: "持续的热点",
    Pattern.FADING: "正在消退的热点",
    Pattern.SPORADIC: "偶尔成为热点",
}


def pattern_words(history_: History, code: str) -> str:
    """What the periods of one area amount to, in one sentence."""
    pattern = Pattern(history_.patterns[code])
    hot = sum(1 for _, _, kind in history_.of(code) if kind is HotspotClass.HOT)
    number = len(history_.periods)
    if not hot:
        return f"近{number}期都不是热点。"
    return f"近{number}期中有{hot}期是热点：{PATTERN_WORDS[pattern]}。"
