"""What a visit costs, beside a page of twelve widgets and a table of 50 rows in bare Streamlit.

    python -m tests.bench.visits [pages] [people] [sign-ins] [memory] [hotspots] [layers] [costs]

Starts a demo server and the floor on free ports of this machine, measures the parts named (all by
default, about 40 minutes; ``pages hotspots`` take three), prints each figure beside what issue 10
asks for, and ends with 1 where one is missed. ``--seconds`` shortens the parts of many people.
``layers`` switches through the layers of both maps (`tests.bench.layers`); ``--against FOLDER``
names another checkout of the project, whose server is pressed in turns with ours. ``costs`` asks
for every page of every role here and there (`tests.bench.page_costs`).

Times are what a person waits. ``processor`` is what the server worked for a visit: it tells ours
from the floor also on a machine that others use at the same time.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ledger.people.accounts import DEMO_PASSWORD
from tests.bench import layers, page_costs
from tests.bench.hotspots_of_a_city import measure as measure_hotspots
from tests.bench.visiting import Tab, Visit, sign_in
from tests.browser.serving import Server, running_server
from tests.conftest import PROJECT_ROOT
from tests.sample import demo_of_today, run_ledger

FLOOR = Path(__file__).with_name("floor_app") / "page.py"
STAFF = (
    *("map", "hotspots", "figures", "coverage", "bulletins", "rating", "institutions"),
    *("inspections", "leads", "dispositions", "petitions", "outreach", "measures", "todo"),
    *("entities", "exchange", "account"),
)
# Everybody of the sample with the pages of their role.
PAGES = {
    "jingban": (*STAFF, "institutions?record=3", "institutions?record=3&tab=facts"),
    "lingdao": STAFF,
    "xianling": STAFF,
    "cunzhuan": ("todo", "institutions", "petitions", "rating", "map"),
    "wangge": ("my-grid", "inspect", "institutions", "map"),
    "shenji": ("log", "figures", "map"),
    "guanli": ("users", "area-admin", "rules", "settings", "status"),
}
CLERKS = ("jingban", "lingdao", "xianling")
ROUNDS = 12
# `disconnectedSessionTTL` of .streamlit/config.toml, and time to collect what is left over.
KEPT_SECONDS = 75.0
PARTS = ("pages", "people", "sign-ins", "memory", "hotspots", "layers", "costs")


@dataclass
class Report:
    """Prints figures as they come, and remembers which miss what is asked for."""

    missed: list[str] = field(default_factory=list)

    def say(self, what: str, value: float, most: float | None = None, unit: str = "ms") -> None:
        """One figure, with the most it may be."""
        well = most is None or value <= most
        asked = "" if most is None else f"   at most {most:.1f}{'' if well else '   MISSED'}"
        print(f"{what:58} {value:9.1f} {unit}{asked}", flush=True)
        if not well:
            self.missed.append(what)


@dataclass(frozen=True)
class Running:
    """A server and its process."""

    url: str
    process: int

    def worked(self) -> float:
        """Processor time so far, in seconds."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1]
        ticks = fields.split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Memory in use (resident)."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextlib.contextmanager
def started(
    folder: Path, url: str, script: Path | None = None, *, cwd: Path | None = None
) -> Iterator[Running]:
    """A server, ours or that of a script, with the settings of the project or of ``cwd``."""
    folder.mkdir()
    more: dict[str, object] = {"script": script, "health": "/_stcore/health"} if script else {}
    more |= {"cwd": cwd, "health": "/healthz"} if cwd else {}
    with running_server(folder, url, **more) as server:  # type: ignore[arg-type]
        yield Running(server.url, _process_of(server))


def _process_of(server: Server) -> int:
    """The process that listens on the server's port, found among our own children."""
    port = server.url.rpartition(":")[2]
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if port.encode() in words and b"streamlit" in words:
                return int(entry.name)
    raise AssertionError(f"no process serves {server.url}")


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def ms(visits: Sequence[Visit]) -> list[float]:
    """Milliseconds of each visit."""
    return [one.seconds * 1000 for one in visits]


async def rounds_of(server: Running, cookie: str, pages: Sequence[str]) -> dict[str, list[Visit]]:
    """Each page `ROUNDS` times by one person, in turns; the first round is not counted."""
    tab = Tab(server.url, cookie)
    found: dict[str, list[Visit]] = {page: [] for page in pages}
    for turn in range(ROUNDS + 1):
        for page in pages:
            visit = await tab.visit(page)
            if turn:
                found[page].append(visit)
    await tab.close()
    return found


async def work_of(server: Running, cookie: str, page: str) -> float:
    """Processor milliseconds of the server for one visit of a page that it has seen."""
    tab = Tab(server.url, cookie)
    await tab.visit(page)
    before = server.worked()
    for _ in range(ROUNDS):
        await tab.visit(page)
    spent = server.worked() - before
    await tab.close()
    return spent * 1000 / ROUNDS


async def measure_pages(report: Report, ours: Running, floor: Running) -> None:
    """Every page of every role against the floor, in turns."""
    base: list[Visit] = []
    found: dict[str, list[Visit]] = {}
    work = {"the floor": await work_of(floor, "", "/")}
    for user, pages in PAGES.items():
        cookie = sign_in(ours.url, user, DEMO_PASSWORD)
        base += (await rounds_of(floor, "", ["/"]))["/"]
        visits = await rounds_of(ours, cookie, [f"/{page}" for page in pages])
        found |= {f"{user} {page}": of_page for page, of_page in visits.items()}
        for page in pages:
            work[f"{user} /{page}"] = await work_of(ours, cookie, f"/{page}")
    bare, spent = statistics.median(ms(base)), work.pop("the floor")
    report.say("the floor: median", bare)
    report.say("the floor: processor", spent)
    for name, seen in found.items():
        report.say(f"{name}: median", statistics.median(ms(seen)), 4 * bare)
        report.say(f"{name}: processor", work[name])
        _tell_errors(report, seen)


def _tell_errors(report: Report, visits: Sequence[Visit]) -> None:
    errors = [error for one in visits for error in one.errors]
    if errors:
        report.say(f"errors, such as {errors[0][:40]}", len(errors), 0, "")


async def crowd(
    server: Running, cookies: Sequence[str], people: int, seconds: float
) -> list[Visit]:
    """So many people who each look at one page after another, every 5 seconds on average."""
    until = time.monotonic() + seconds
    found: list[Visit] = []

    async def one(number: int) -> None:
        chance = random.Random(number)
        tab = Tab(server.url, cookies[number % len(cookies)])
        pages = itertools.cycle(STAFF[number % len(STAFF) :] + STAFF[: number % len(STAFF)])
        await asyncio.sleep(chance.uniform(0, 5))
        while time.monotonic() < until:
            try:
                found.append(await tab.visit(f"/{next(pages)}"))
            except Exception as failed:
                found.append(Visit("", 0, 0, (repr(failed),)))
                tab.socket = None
            await asyncio.sleep(chance.expovariate(1 / 5))
        await tab.close()

    await asyncio.gather(*(one(number) for number in range(people)))
    return found


async def measure_people(report: Report, ours: Running, seconds: float) -> None:
    """One person, 50 and 100."""
    cookies = [sign_in(ours.url, user, DEMO_PASSWORD) for user in CLERKS]
    await rounds_of(ours, cookies[0], [f"/{page}" for page in STAFF])
    alone: list[Visit] = []
    for cookie in cookies:
        tab = Tab(ours.url, cookie)
        for page in STAFF * 4:
            alone.append(await tab.visit(f"/{page}"))
            await asyncio.sleep(0.05)
        await tab.close()
    single = p95(ms(alone))
    report.say("1 person: p95", single)
    for people, most in ((50, 3 * single), (100, 1500.0)):
        visits = await crowd(ours, cookies, people, seconds)
        report.say(f"{people} people: visits", len(visits), unit="")
        report.say(f"{people} people: median", statistics.median(ms(visits)))
        report.say(f"{people} people: p95", p95(ms(visits)), most)
        report.say(f"{people} people: errors", sum(bool(one.errors) for one in visits), 0, "")


async def measure_sign_ins(report: Report, ours: Running) -> None:
    """150 people within a minute on a server that has answered nobody yet."""

    async def one(number: int) -> float | None:
        await asyncio.sleep(number * 60 / 150)
        started_at = time.perf_counter()
        try:
            loop = asyncio.get_running_loop()
            user = CLERKS[number % len(CLERKS)]
            cookie = await loop.run_in_executor(pool, sign_in, ours.url, user, DEMO_PASSWORD)
            tab = Tab(ours.url, cookie)
            visit = await tab.visit("/map" if user == "lingdao" else "/todo")
        except Exception as failed:
            print(f"not let in: {failed!r}")
            return None
        tabs.append(tab)
        return None if visit.errors else (time.perf_counter() - started_at) * 1000

    tabs: list[Tab] = []
    with ThreadPoolExecutor(150) as pool:
        waits = await asyncio.gather(*(one(number) for number in range(150)))
    came = [wait for wait in waits if wait is not None]
    report.say("150 first sign-ins: left outside", 150 - len(came), 0, "")
    report.say("150 first sign-ins: median wait until the first page", statistics.median(came))
    report.say("150 first sign-ins: worst wait", max(came))
    report.say("150 first sign-ins: memory", ours.megabytes(), unit="MB")
    for tab in tabs:
        await tab.close()


async def measure_memory(report: Report, ours: Running) -> None:
    """Memory after 1,000 visits and after 10,000, in 500 tabs one after another.

    Both times once what Streamlit keeps of closed tabs is gone: nobody comes for that long.
    """
    cookies = [sign_in(ours.url, user, DEMO_PASSWORD) for user in CLERKS]
    pages = itertools.cycle(f"/{page}" for page in STAFF)
    visits, early = 0, 0.0
    for session in range(500):
        tab = Tab(ours.url, cookies[session % len(cookies)])
        for _ in range(20):
            await tab.visit(next(pages))
        visits += 20
        await tab.close()
        if visits == 1_000:
            report.say("memory with 50 closed tabs", ours.megabytes(), unit="MB")
            await asyncio.sleep(KEPT_SECONDS)
            early = ours.megabytes()
            report.say("memory after 1,000 visits of 50 sessions", early, unit="MB")
    report.say("memory with those closed last", ours.megabytes(), unit="MB")
    await asyncio.sleep(KEPT_SECONDS)
    report.say(
        f"memory after {visits:,} visits of 500 sessions", ours.megabytes(), 1.1 * early, "MB"
    )


@contextlib.contextmanager
def both(folder: Path, against: Path | None) -> Iterator[list[tuple[str, int]]]:
    """Our server and that of another checkout, over the same records: address and process."""
    sample, ours = folder / "other.db", folder / "layers.db"
    code = f"import pathlib, tests.sample as s; s.demo_of_today(pathlib.Path({str(sample)!r}))"
    where = against or PROJECT_ROOT
    subprocess.run([sys.executable, "-c", code], cwd=where, check=True)
    for suffix in (".db", ".key"):
        shutil.copyfile(sample.with_suffix(suffix), ours.with_suffix(suffix))
    url = f"sqlite:///{ours.as_posix()}"
    run_ledger("init", "--demo", database_url=url)
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(started(folder / "layers", url))]
        if against is not None:
            other = started(
                folder / "other", f"sqlite:///{sample.as_posix()}", against / "app.py", cwd=against
            )
            servers.append(stack.enter_context(other))
        yield [(one.url, one.process) for one in servers]


def measure_costs(report: Report, folder: Path, against: Path) -> None:
    """Every page of every role against that of another checkout."""
    with both(folder, against) as servers:
        for person, pages in PAGES.items():
            found = asyncio.run(page_costs.visit_all(servers, person, pages))
            for what, value, ratio in page_costs.ratios(person, found):
                report.say(f"{what}: processor", value)
                report.say(f"{what}: against before", ratio, page_costs.MOST, "x")


def measure_layers(report: Report, folder: Path, against: Path | None) -> None:
    """The layers of both maps, ours against those of another checkout, over the same records."""
    with both(folder, against) as pressed:
        for person, page in itertools.product(layers.PEOPLE, layers.PAGES):
            benches = asyncio.run(layers.press_all(pressed, person, page))
            for what, value, most, unit in layers.lines(benches):
                report.say(what, value, most, unit)


def main() -> int:
    """Run the parts asked for; 1 if a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--seconds", type=float, default=120, help="of each crowd")
    parser.add_argument("--against", type=Path, help="another checkout, for layers and costs")
    asked = parser.parse_args()
    parts = asked.parts or PARTS
    report = Report()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        url = f"sqlite:///{(folder / 'ledger.db').as_posix()}"
        if set(parts) - {"hotspots", "layers", "costs"}:
            demo_of_today(folder / "ledger.db")
        if "sign-ins" in parts:
            with started(folder / "cold", url) as cold:
                asyncio.run(measure_sign_ins(report, cold))
        if {"pages", "people"} & set(parts):
            ours = stack.enter_context(started(folder / "ours", url))
            if "pages" in parts:
                floor = stack.enter_context(started(folder / "floor", "sqlite://", FLOOR))
                asyncio.run(measure_pages(report, ours, floor))
            if "people" in parts:
                asyncio.run(measure_people(report, ours, asked.seconds))
        if "layers" in parts:
            measure_layers(report, folder, asked.against)
        if "costs" in parts and asked.against is not None:
            (folder / "costs").mkdir()
            measure_costs(report, folder / "costs", asked.against)
        if "memory" in parts:
            with started(folder / "memory", url) as fresh:
                asyncio.run(measure_memory(report, fresh))
        if "hotspots" in parts:
            for what, value, most in measure_hotspots(folder / "city.db"):
                report.say(what, value * 1000, most * 1000)
    print(f"missed: {len(report.missed)}", *report.missed, sep="\n  ")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
