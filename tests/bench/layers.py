"""What switching a layer costs on both maps: bytes to the browser, and work of the server.

    python -m tests.bench.visits layers [--against FOLDER]

Each layer's button is pressed `ROUNDS` times by each person, on a demo server, after the page has
been seen once. With ``--against`` a second server runs from another checkout of the project (a
folder), and both are pressed in turns, button by button, so that what else the machine does meets
both alike: a layer of ours may cost `MOST` times what it cost there,
one that is new here `MOST` times the dearest layer of that page there.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field

from ledger.people.accounts import DEMO_PASSWORD
from tests.bench.visiting import Tab, Visit, sign_in

ROUNDS = 15
MOST = 1.1
PEOPLE = ("lingdao", "jingban", "xianling")
# page → the beginnings of the keys of its layers' buttons
PAGES = {"map": ("map-layer-", "map-by-"), "hotspots": ("hot-layer-", "hot-homes")}
# Milliseconds after which the server has put away what a run leaves behind.
_REST = 0.01


@dataclass
class Cost:
    """Switches to one layer: bytes and processor milliseconds, of each."""

    sizes: list[int] = field(default_factory=list)
    work: list[float] = field(default_factory=list)

    @property
    def bytes(self) -> float:
        return statistics.median(self.sizes)

    @property
    def ms(self) -> float:
        return statistics.median(self.work)


Costs = dict[str, Cost]


def worked(process: int) -> float:
    """The processor time of a process so far, in milliseconds: its own clock (Linux)."""
    return time.clock_gettime(~process << 3 | 2) * 1000


@dataclass
class Bench:
    """One server, one person, one page."""

    url: str
    process: int
    person: str
    page: str
    tab: Tab = field(init=False)
    costs: Costs = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """Sign in and see the page."""
        self.tab = Tab(self.url, sign_in(self.url, self.person, DEMO_PASSWORD))
        await self.tab.visit(f"/{self.page}")

    def keys(self) -> list[str]:
        """The buttons of layers that the page shows now."""
        return [key for key in self.tab.buttons if key.startswith(PAGES[self.page])]

    async def round(self, *, counts: bool) -> AsyncIterator[str]:
        """Each layer once, and the measures that only show while a layer is on; the key of each."""
        layers = self.keys()
        for key in layers:
            await self._press(key, counts=counts)
            yield key
            if key == "hot-homes":  # what it shows goes again, and does not count for the others
                await self._press(key, counts=False)
            for further in [one for one in self.keys() if one not in layers]:
                await self._press(further, counts=counts)
                yield further

    async def _press(self, key: str, *, counts: bool) -> None:
        before = worked(self.process)
        gone = [one for one in self.tab.buttons if one.startswith("map-by-")]
        if key.startswith("map-layer-"):
            for one in gone:
                del self.tab.buttons[one]
        visit: Visit = await self.tab.press(key)
        await asyncio.sleep(_REST)
        self.errors += visit.errors
        if counts:
            cost = self.costs.setdefault(key, Cost())
            cost.sizes.append(visit.size)
            cost.work.append(worked(self.process) - before)


async def press_all(servers: Sequence[tuple[str, int]], person: str, page: str) -> list[Bench]:
    """The layers of one page by one person, on all servers in turns."""
    benches = [Bench(url, process, person, page) for url, process in servers]
    for bench in benches:
        await bench.open()
    for turn in range(ROUNDS + 1):
        going = [bench.round(counts=turn > 0) for bench in benches]
        while going:
            going = [one for one in going if await anext(one, None) is not None]
    for bench in benches:
        await bench.tab.close()
    return benches


def lines(benches: Sequence[Bench]) -> Iterator[tuple[str, float, float | None, str]]:
    """(what, value, the most it may be, unit) of ours, held to the other server's if there is."""
    ours, *others = benches
    base = others[0].costs if others else {}
    for key, cost in ours.costs.items():
        usual = base.get(key) or _dearest(base)
        known = "" if key in base or not base else " (new)"
        what = f"{ours.person} {ours.page} {key}{known}"
        yield what, cost.bytes, None if usual is None else MOST * usual.bytes, "bytes"
        yield what, cost.ms, None if usual is None else MOST * usual.ms, "ms"
    for errors in (bench.errors for bench in benches if bench.errors):
        yield f"{ours.person} {ours.page}: errors, such as {errors[0][:40]}", len(errors), 0, ""


def _dearest(costs: Costs) -> Cost | None:
    """Of all layers together the most bytes and the most work."""
    if not costs:
        return None
    all_of = costs.values()
    return Cost([max(int(one.bytes) for one in all_of)], [max(one.ms for one in all_of)])
