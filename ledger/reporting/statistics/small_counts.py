"""Small counts: "<3" in what is made to be passed on (DESIGN, DOMAIN §6), and nowhere else.

Who may open the rows sees the number: pages hide nothing. A paper leaves the office, so whoever
makes it, the counts below `LEAST` of ledgers about people's own matters (`GUARDED`) are hidden in
it. Papers are bulletins, and the downloaded tables of figures, hotspots and ratings. The command
line without ``--as`` writes the office's own tables, which hide nothing.

In a paper

- a count below three of a village or a grid is not told (zero neither: else "<3" would mean one or
  two), nor a rate, a share or a comparison made of it; in a table of areas of any level neither;
- in a village neither is a share all but a few of whose records were counted;
- what adds up with others to a known sum (areas, officials, parts of a composition, the points of
  a village) is kept back too while the sum would tell a hidden count;
- hotspots: test statistics and smoothed rates could be solved for a hidden count and are left out,
  probabilities are told in steps. Expected cases rest on the sum alone, classes are the answer:
  both are those of the true counts.

Every number that is told is the true one, as it stands on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import numpy as np
import pandas as pd

from geo.atlas import Area
from ledger.domain.ledgers import LEDGERS
from ledger.reporting.figures.model import Breakdown, Figures, FigureValue, Number
from ledger.reporting.rating.model import Part, Scored, VillageRating
from ledger.reporting.rating.rules import Line, RatingRules
from ledger.reporting.statistics.hotspots import COUNTS, Answer
from ledger.reporting.statistics.wording import step_of

LEAST = 3
HIDDEN = f"<{LEAST}"
# What is not small itself, but would give away what is.
KEPT_BACK = "不显示"
# Ledgers that tell of people: what they protect is not to be guessed from a count either.
GUARDED = frozenset(key for key, ledger in LEDGERS.items() if ledger.protected)
VILLAGES = ("village", "grid")
# What a page with such a download says beside it.
BESIDE_DOWNLOADS = f"下载的表用于报送：信访、线索少于{LEAST}件的写“{HIDDEN}”；页面上照实显示。"
_SOLVABLE = ("gi_z", "moran_i", "near_count", "near_expected", "eb_rate")
# Rows that a line of a rating is imagined to have had, when its points are not told.
_IMAGINED = 60


def is_small(count: Number) -> bool:
    """Whether a count is one that a paper does not tell."""
    return count < LEAST


# ---- figures ------------------------------------------------------------------------------------


def paper_figures(found: Figures) -> Figures:
    """The figures of a period as a paper tells them."""
    values, previous, year_before = (
        _paper_values(list(numbers), found.area)
        for numbers in (found.values, found.previous.values(), found.year_before.values())
    )
    return replace(
        found,
        values=tuple(values),
        previous={value.key: value for value in previous},
        year_before={value.key: value for value in year_before},
    )


def _paper_values(values: Sequence[FigureValue], area: Area | None) -> list[FigureValue]:
    if area is None or area.level not in VILLAGES:
        return list(values)
    found = {value.key: value for value in values}
    guarded = [value for value in values if value.rows.ledger in GUARDED]
    for name in dict.fromkeys(value.key.partition(".")[0] for value in guarded):
        parts = [value for value in guarded if value.key.partition(".")[0] == name]
        words = [_instead(value, area) for value in parts]
        if parts[0].part is not None and not is_small(parts[0].denominator):
            words = with_others(words, [(value.numerator,) for value in parts])
        found |= {one.key: _kept(one, said) for one, said in zip(parts, words, strict=True)}
    return list(found.values())


def paper_breakdown(found: Breakdown) -> Breakdown:
    """A figure taken apart as a paper tells it.

    Areas and officials add up to the number of the whole area, periods do not: the lines of these
    are hidden in a village only, those of areas at every level.
    """
    in_village = found.area is not None and found.area.level in VILLAGES
    if found.figure.ledger not in GUARDED or not (in_village or found.by == "area"):
        return found
    values = [line.value for line in found.lines]
    words = [_instead(line.value, line.area or found.area) for line in found.lines]
    if found.by != "period":
        words = with_others(words, [(value.numerator, value.denominator) for value in values])
    pairs = zip(found.lines, words, strict=True)
    lines = tuple(replace(line, value=_kept(line.value, said)) for line, said in pairs)
    return replace(found, lines=lines)


def _instead(value: FigureValue, area: Area | None) -> str:
    """What stands instead of a number that would tell a count below three; empty if none would."""
    if is_small(value.numerator) or is_small(value.denominator):
        return HIDDEN
    share = value.unit == "%" and value.part is None
    in_village = area is not None and area.level in VILLAGES
    rest = value.denominator - value.numerator
    return KEPT_BACK if share and in_village and is_small(rest) else ""


def _kept(value: FigureValue, words: str) -> FigureValue:
    if not words:
        return value
    return replace(value, value=None, numerator=0, denominator=0, counted=0, hidden=words)


# ---- numbers that add up ------------------------------------------------------------------------


def with_others(words: Sequence[str], numbers: Sequence[tuple[Number, ...]]) -> list[str]:
    """What stands instead of each number (empty: nothing does), with more of them kept back while
    their sums, taken to be known, would tell what is hidden. Each number may be several counts."""
    kept = list(words)
    spare = sorted((at for at, word in enumerate(kept) if not word), key=numbers.__getitem__)
    while spare and _told_by_sums([numbers[at] for at, word in enumerate(kept) if word]):
        kept[spare.pop(0)] = KEPT_BACK
    return kept


def _told_by_sums(hidden: Sequence[tuple[Number, ...]]) -> bool:
    return any(_told_by_sum(column) for column in zip(*hidden, strict=True))


def _told_by_sum(numbers: Sequence[Number]) -> bool:
    """Whether the sum of hidden counts leaves only one possibility for the small ones."""
    small = [one for one in numbers if is_small(one)]
    larger = [one for one in numbers if not is_small(one)]
    if not small:
        return False
    if larger:  # each of which is known to be three at least
        return sum(numbers) - LEAST * len(larger) < 1
    return len(small) == 1 or sum(small) in (0, (LEAST - 1) * len(small))


# ---- ratings ------------------------------------------------------------------------------------


def paper_village(
    village: VillageRating, rules: RatingRules
) -> list[tuple[int | str, float | None]]:
    """Number and points of every line of a village as a paper tells them.

    Lines with hidden rows tell neither. The points of the village, which are what a rating is for,
    are told: while they leave a hidden line only one number of rows, another line is kept back,
    first the one that moved the points least.
    """
    lines = village.lines
    hidden = {at for at, one in enumerate(lines) if any(map(_is_hidden, one.parts))}
    spare = sorted(
        set(range(len(lines))) - hidden,
        key=lambda at: (not lines[at].points, abs(lines[at].points)),
    )
    while hidden and spare and _told_by_points(village, rules, hidden):
        hidden.add(spare.pop(0))
    return [
        (_words(one), None) if at in hidden else (one.count, float(one.points))
        for at, one in enumerate(lines)
    ]


def _is_hidden(part: Part) -> bool:
    return part.ledger in GUARDED and is_small(part.count)


def _words(scored: Scored) -> str:
    """ "<3" where all rows of the line are hidden ones, 不显示 where others are among them."""
    return HIDDEN if all(map(_is_hidden, scored.parts)) and len(scored.parts) == 1 else KEPT_BACK


def _told_by_points(village: VillageRating, rules: RatingRules, hidden: set[int]) -> bool:
    """Whether the points of a village leave some hidden line only one possible worth."""
    told = rules.start + sum(
        (one.points for at, one in enumerate(village.lines) if at not in hidden), Decimal(0)
    )
    lines = [village.lines[at] for at in sorted(hidden)]
    possible = tuple(_possible_points(one) for one in lines)
    small = tuple(any(map(_is_hidden, one.parts)) for one in lines)
    return _leaves_one(rules.lowest, rules.highest, told, village.points, possible, small)


@lru_cache(maxsize=4096)
def _leaves_one(
    lowest: Decimal,
    highest: Decimal,
    told: Decimal,
    points: Decimal,
    possible: tuple[frozenset[Decimal], ...],
    small: tuple[bool, ...],
) -> bool:
    for at, own in enumerate(possible):
        if not small[at]:
            continue
        sums = {told}
        for other in (*possible[:at], *possible[at + 1 :]):
            sums = {one + more for one in sums for more in other}
        left = sum(
            any(max(lowest, min(highest, one + worth)) == points for one in sums) for worth in own
        )
        if left < min(len(own), 2):
            return True
    return False


def _possible_points(scored: Scored) -> frozenset[Decimal]:
    """What a line may be worth to a reader who knows the rules: hidden rows are fewer than three,
    of the others there may be any number."""
    numbers = tuple((one.each, LEAST if _is_hidden(one) else _IMAGINED) for one in scored.parts)
    return _sums(scored.line, numbers)


@lru_cache(maxsize=1024)
def _sums(line: Line, numbers: tuple[tuple[Decimal, int], ...]) -> frozenset[Decimal]:
    sums = {Decimal(0)}
    for each, most in numbers:
        sums = {line.capped(one + each * n) for one in sums for n in range(most)}
    return frozenset(sums | {line.none})


# ---- hotspots -----------------------------------------------------------------------------------


def paper_answer(answer: Answer) -> Answer:
    """The answer as a paper tells it: in its columns of counts words stand instead of numbers."""
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
    is_sum_telling = any(map(_told_by_sums, hidden))
    for column in (*_SOLVABLE, *(["expected"] if is_sum_telling else [])):
        shown[column] = np.nan
    for column in ("gi_p", "moran_p"):
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
