"""Small counts: "<3" in papers, which are made to be passed on (DESIGN, DOMAIN §6), only.

Users who may open the rows see the number: pages hide nothing. A paper leaves the office, so in it
counts below `LEAST` of ledgers about people's own matters (`GUARDED`) are hidden, no matter who
makes it. Papers are bulletins, and the downloaded tables of figures, hotspots and ratings. The
command line without ``--as`` writes the office's own tables, which hide nothing.

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

from ledger.domain.ledgers import LEDGERS

Number = int | float

LEAST = 3
HIDDEN = f"<{LEAST}"
# What is not small itself, but would give away what is.
KEPT_BACK = "不显示"
# Ledgers that tell of people: what they protect is not to be guessed from a count either.
GUARDED = frozenset(key for key, ledger in LEDGERS.items() if ledger.protected)
VILLAGES = ("village", "grid")
# What a page with such a download says beside it.
BESIDE_DOWNLOADS = f"下载的表用于报送：信访、线索少于{LEAST}件的写“{HIDDEN}”；页面上照实显示。"


def is_small(count: Number) -> bool:
    """Whether a paper hides this count."""
    return count < LEAST


def with_others(words: Sequence[str], numbers: Sequence[tuple[Number, ...]]) -> list[str]:
    """What stands instead of each number (empty: nothing does), with more of them kept back while
    their sums, taken to be known, would tell what is hidden. Each number may be several counts."""
    kept = list(words)
    spare = sorted((at for at, word in enumerate(kept) if not word), key=numbers.__getitem__)
    while spare and told_by_sums([numbers[at] for at, word in enumerate(kept) if word]):
        kept[spare.pop(0)] = KEPT_BACK
    return kept


def told_by_sums(hidden: Sequence[tuple[Number, ...]]) -> bool:
    """Whether the sums of hidden numbers, each several counts, tell one of them."""
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
