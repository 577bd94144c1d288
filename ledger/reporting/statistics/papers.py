"""Hotspots for papers: small counts are hidden (`ledger.domain.small_counts`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ledger.domain.small_counts import (
    GUARDED,
    HIDDEN,
    KEPT_BACK,
    LEAST,
    is_small,
    told_by_sums,
    with_others,
)
from ledger.reporting.statistics.answers import COUNTS, Answer
from ledger.reporting.statistics.wording import step_of

_SOLVABLE = ("gi_z", "moran_i", "near_count", "near_expected", "eb_rate")


def paper_answer(answer: Answer) -> Answer:
    """The answer for a paper: in its columns of counts, words replace small numbers."""
    if answer.request.ledger not in GUARDED:
        return answer
    table = _paper_table(answer.table)
    few = sum(cell == HIDDEN for cell in table["count"])
    more = sum(cell == KEPT_BACK for cell in table["count"])
    remark = f"有{few}个区域的件数少于{LEAST}，写作“{HIDDEN}”" if few else ""
    remark += f"；另有{more}个区域的件数能推算出这样的数，写作“{KEPT_BACK}”" if more else ""
    return replace(
        answer,
        table=table,
        remark=remark,
        unplaced=_beside(answer.unplaced),
        shared=_beside(answer.shared),
        later=_beside(answer.later),
    )


def _beside(number: int | str) -> int | str:
    return HIDDEN if number in range(1, LEAST) else number


def _paper_table(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.copy()
    # Expected cases tell the sum of the areas with people apart from that of all.
    peopled = (table["population"] > 0).to_numpy()
    groups = [np.flatnonzero(peopled), np.flatnonzero(~peopled)]
    words: dict[str, list[str]] = {}
    for column in COUNTS:
        if table[column].isna().any():  # days before the ledger began
            continue
        counts = [int(one) for one in table[column]]
        words[column] = _hidden_in(counts, groups)
        cells = [word or count for word, count in zip(words[column], counts, strict=True)]
        shown[column] = pd.Series(cells, index=table.index, dtype=object)
    if not any(words["count"]):
        return shown
    shown["rate"] = table["rate"].where(np.array([not word for word in words["count"]]))
    counts = [int(one) for one in table["count"]]
    hidden = [[(counts[at],) for at in group if words["count"][at]] for group in groups]
    is_sum_telling = any(map(told_by_sums, hidden))
    for column in (*_SOLVABLE, *(["expected"] if is_sum_telling else [])):
        shown[column] = np.nan
    for column in ("gi_p", "moran_p", "own_p", "zone_p"):
        shown[column] = table[column].astype(float).map(step_of)
    return shown


def _hidden_in(counts: Sequence[int], groups: Sequence[np.ndarray]) -> list[str]:
    """What stands instead of each count, so that neither the sum of a group nor that of all tells
    a small one."""
    words = [HIDDEN if is_small(count) else "" for count in counts]
    for group in (*groups, np.arange(len(counts))):
        kept = with_others([words[at] for at in group], [(counts[at],) for at in group])
        for at, word in zip(group, kept, strict=True):
            words[at] = word
    return words
