"""What a visit of each page costs against another checkout of the project, in turns.

    python -m tests.bench.visits costs --against FOLDER

One page after another is asked for, `ROUNDS` times each, on both servers right after each other and
over the same records: the ratio of the medians of processor time holds also on a machine that
others use. A page that one of the two does not have is left out.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator, Mapping, Sequence

from ledger.people.accounts import DEMO_PASSWORD
from tests.bench.layers import worked
from tests.bench.visiting import Tab, sign_in

ROUNDS = 12
MOST = 1.1
# Seconds after which the server has put away what a run leaves behind.
_REST = 0.01

Costs = Mapping[str, list[float]]


async def visit_all(
    servers: Sequence[tuple[str, int]], person: str, pages: Sequence[str]
) -> list[dict[str, list[float]]]:
    """Milliseconds of processor of each server (address, process) for each visit of each page; the
    first visit of a page is not counted."""
    tabs = [Tab(url, sign_in(url, person, DEMO_PASSWORD)) for url, _ in servers]
    found: list[dict[str, list[float]]] = [{} for _ in servers]
    for turn in range(ROUNDS + 1):
        for page in pages:
            for tab, costs, (_, process) in zip(tabs, found, servers, strict=True):
                before = worked(process)
                visit = await tab.visit(f"/{page}")
                await asyncio.sleep(_REST)
                if turn and not visit.errors:
                    costs.setdefault(page, []).append(worked(process) - before)
    for tab in tabs:
        await tab.close()
    return found


def ratios(person: str, found: Sequence[Costs]) -> Iterator[tuple[str, float, float]]:
    """(what, milliseconds, how many times as much as there) of each page that both have."""
    ours, there = found
    for page, costs in ours.items():
        if page in there:
            now, before = statistics.median(costs), statistics.median(there[page])
            yield f"{person} /{page}", now, now / before
