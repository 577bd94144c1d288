"""The walk over numbers: whatever a page says and links to has to be what the link lists.

For each person it opens every page, and from there every view that a link of a page leads to, a few
of each kind. It collects the links that say how many rows they stand for (``data-rows``), and
the key numbers of every ledger under each filter seen, and compares them with the rows that the
address lists. Ledger addresses are read and counted as a ledger's page does it; one address of each
ledger and set of operators is also opened as a page, whose total is read.

    python -m tests.pages.numbers DATABASE      walk over a sample's database and print the counts
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from geo.atlas import Atlas
from ledger.casework.keynumbers import key_numbers, without_counted
from ledger.casework.map_overview import top_of
from ledger.domain.access import Actor
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Kind, period_of
from ledger.people import sessions
from ledger.people.users import as_actor, find_user
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.storage import Store, open_store
from pages._ui import guard
from pages._views.address import View, read_address, write_address
from pages.navigation import ENTRIES, entries_for
from tests.menu import app_test, entry_of
from tests.pages.components import found_once

PEOPLE = ("xianling", "jingban", "lingdao", "cunzhuan", "wangge", "shenji")
# How many views of one kind are opened: a kind is a page, the names in its address and its choices.
MOST_OF_A_KIND = 2
# Parameters that make a kind of their own by what they say, not only by being there.
CHOICES = ("layer", "by", "level", "ledger")
# Institutions about which most is known: the worst first.
_BUSY = Selection(sort=(("tier", True),))
_DIGITS = re.compile(r"\d[\d,]*")
_TOTAL = re.compile(r"共 \*\*([\d,]+)\*\* 条")


@dataclass(frozen=True)
class Number:
    """A number that is a link: who saw it where, its text, how many rows it says, and where to."""

    person: str
    page: str
    text: str
    rows: int
    address: str


@dataclass
class Walked:
    """What a walk compared, and what did not agree."""

    views: Counter[str] = field(default_factory=Counter)
    links: int = 0
    key_numbers: int = 0
    opened: int = 0
    differences: list[str] = field(default_factory=list)

    def summary(self) -> str:
        return (
            f"{sum(self.views.values())} views of {len(self.views)} people's pages, "
            f"{self.links} numbers followed, {self.key_numbers} key numbers, "
            f"{self.opened} lists opened as pages, {len(self.differences)} differences"
        )


class _Links(HTMLParser):
    """Links of a piece of HTML with their text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str], str]] = []
        self._open: tuple[dict[str, str], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = ({key: value or "" for key, value in attrs}, [])

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.found.append((self._open[0], "".join(self._open[1])))
            self._open = None


def links_of(page: AppTest) -> Iterator[tuple[dict[str, str], str]]:
    """Every link on a page: its attributes and its text."""
    for body in _bodies(page):
        if "<a " in body:
            parser = _Links()
            parser.feed(body)
            yield from parser.found


def _bodies(page: AppTest) -> Iterator[str]:
    """Every piece of HTML on a page."""
    for element in page:
        body = getattr(getattr(element, "proto", None), "body", None)
        if isinstance(body, str):
            yield body


class Walk:
    """One walk over a database, in the name of one person after the other."""

    def __init__(self, store: Store, patch: pytest.MonkeyPatch, most: int = MOST_OF_A_KIND) -> None:
        self.store, self.patch, self.most = store, patch, most
        self.atlas: Atlas = current_atlas(store)
        self.done = Walked()
        patch.setattr(guard, "store", lambda: store)
        patch.setattr(manifest_scanner, "scan_component_manifests", found_once)

    def walk(self, person: str) -> None:
        """Every page of a person, and what is linked from there."""
        user = find_user(self.store, person)
        actor = as_actor(user)
        token = sessions.open_session(self.store, user)
        self.patch.setattr(guard, "session_token", lambda: token)
        seen: Counter[str] = Counter()
        counted: set[str] = set()
        kinds: set[str] = set()
        allowed = {entry.url_path for entry in entries_for(actor)}
        first = [one for one in (*allowed, *self._views(actor)) if _parts(one)[0] in allowed]
        waiting, visited = deque(first), set[str]()
        while waiting:
            address = waiting.popleft()
            seen[kind_of(address)] += 1
            if address in visited or (address not in first and seen[kind_of(address)] > self.most):
                continue
            visited.add(address)
            for attributes, text in links_of(self._open(person, address)):
                href = attributes.get("href", "").lstrip("/")
                if not _is_page(href):
                    continue
                if "data-rows" in attributes:
                    text += attributes.get("data-unit", "")  # which a table says elsewhere
                    number = Number(person, address, text, int(attributes["data-rows"]), href)
                    if f"{number.rows} {href}" not in counted:
                        counted.add(f"{number.rows} {href}")
                        self._follow(actor, number, kinds)
                elif _DIGITS.search(text) and _lists_rows(href):
                    self._differ(f"{person} {address}: “{text}” → {href} says no data-rows")
                if not _lists_rows(href):
                    waiting.append(href)

    def _views(self, actor: Actor) -> Iterator[str]:
        """Views that no link leads to: they are reached by controls and by clicks on the map."""
        top = top_of(actor)
        below = [area.code for area in self.atlas.children(top)][:2]
        areas = [code for code in (top, *below) if code is not None]
        today = clock.today()
        kinds: tuple[Kind, ...] = ("week", "month", "quarter", "year")
        for kind in kinds:
            period = period_of(kind, today)
            before = period_of(kind, period.start - timedelta(days=1))
            yield from (f"figures?period={one.text}" for one in (period, before))
            yield f"rating?period={before.text}"
            yield from (f"hotspots?period={period.text}&area={code}" for code in areas)
        for ledger in ("leads", "petitions", "inspections"):
            yield from (f"hotspots?ledger={ledger}&area={code}" for code in areas)
        month = period_of("month", today).previous().text
        for layer in ("leads", "dispositions", "outreach", "changes"):
            yield f"map?layer={layer}&table=1"
            for code in areas:
                yield from (f"map?layer={layer}&{key}={code}" for key in ("under", "area"))
        yield from (f"map?layer={layer}&period={month}&table=1" for layer in ("leads", "outreach"))
        yield from (f"map?{choice}&table=1" for choice in (f"period={month}", "layer=petitions"))
        yield f"map?layer=changes&since={today - timedelta(days=90)}&table=1"
        yield "hotspots?table=1"
        yield from (f"map?under={code}&table=1" for code in areas)
        yield from (f"figures?area={code}&by=period" for code in areas)
        yield "coverage?level=grid&area=all"
        rows = records.search(self.store, actor, "institutions", _BUSY, size=2).rows
        yield from (f"institutions?record={row['id']}" for row in rows)

    def _open(self, person: str, address: str) -> AppTest:
        path, query = _parts(address)
        page = app_test(entry_of(path), timeout=120)
        for key, values in parse_qs(query, keep_blank_values=True).items():
            page.query_params[key] = values
        page.run()
        self.done.views[f"{person} {path}"] += 1
        if page.exception:
            self._differ(f"{person} {address}: {page.exception[0].value}")
        if any("&lt;style" in body for body in _bodies(page)):
            # A plain text added to `Markup` is taken for something to be made inert.
            self._differ(f"{person} {address}: shows the page's own HTML as text")
        return page

    def _follow(self, actor: Actor, number: Number, kinds: set[str]) -> None:
        self.done.links += 1
        said = _DIGITS.findall(number.text)
        whole = said and number.text.strip("+件条家项场次 ") == said[0]
        if whole and int(said[0].replace(",", "")) != number.rows:
            self._differ(f"{number}: text and data-rows differ")
        path, query = _parts(number.address)
        if path not in LEDGERS:
            listed = self._total_of_list(number)
            if listed != number.rows:
                self._differ(f"{number} lists {listed}")
            return
        params = parse_qs(query, keep_blank_values=True)
        view, problems = read_address(LEDGERS[path], self.atlas, actor, params)
        total = records.search(self.store, actor, path, view.selection, size=1).total
        if problems or total != number.rows:
            self._differ(f"{number} lists {total} {problems}")
            return
        kind = f"{path} {sorted({one.operator for one in view.selection.conditions})}"
        if kind not in kinds:
            kinds.add(kind)
            self._read_page(actor, number, view)

    def _read_page(self, actor: Actor, number: Number, view: View) -> None:
        """The ledger's page at an address, its total, and the key numbers above its table."""
        self.done.opened += 1
        page = self._open(number.person, number.address)
        totals = [_TOTAL.search(str(one.value)) for one in page.markdown]
        found = [int(one[1].replace(",", "")) for one in totals if one]
        if found != ([number.rows] if number.rows else []):
            self._differ(f"{number}: the page says {found}")
        ledger = LEDGERS[_parts(number.address)[0]]
        base = without_counted(view.selection)
        for one in key_numbers(self.store, actor, ledger.key, view.selection):
            self.done.key_numbers += 1
            params = write_address(View(base.also(*one.conditions)))
            read, problems = read_address(ledger, self.atlas, actor, params)
            total = records.search(self.store, actor, ledger.key, read.selection, size=1).total
            if problems or total != one.count:
                self._differ(f"{number.address}: {one} lists {total} {problems}")

    def _total_of_list(self, number: Number) -> int | None:
        """How many records a list on a page that is no ledger's says it has."""
        self.done.opened += 1
        page = self._open(number.person, number.address)
        said = [getattr(getattr(one, "proto", None), "body", "") for one in page]
        found = [re.search(r'data-total="(\d+)"', str(text)) for text in said]
        return next((int(one[1]) for one in found if one), None)

    def _differ(self, words: str) -> None:
        self.done.differences.append(words)


def kind_of(address: str) -> str:
    """What sort of view an address is: its page, what it says of it, and its choices."""
    path, query = _parts(address)
    names = [
        f"{key}={value}" if key in CHOICES or ("." in key and not value.isascii()) else key
        for key, value in parse_qsl(query, keep_blank_values=True)
    ]
    return f"{path}?{'&'.join(sorted(set(names)))}"


def _parts(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.path.strip("/"), parts.query


def _is_page(href: str) -> bool:
    return _parts(href)[0] in {entry.url_path for entry in ENTRIES}


def _lists_rows(href: str) -> bool:
    """The address of a ledger's rows, rather than of one record."""
    path, query = _parts(href)
    return path in LEDGERS and not {"record", "id"} & parse_qs(query).keys()


def walk_all(
    store: Store, patch: pytest.MonkeyPatch, people: Mapping[str, int] | None = None
) -> Walked:
    """The walk of everybody; ``people`` → how many views of a kind each opens."""
    done = None
    for person, most in (people or dict.fromkeys(PEOPLE, MOST_OF_A_KIND)).items():
        walk = Walk(store, patch, most)
        walk.done = done or walk.done
        walk.walk(person)
        done = walk.done
    assert done is not None
    return done


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as context:
        result = walk_all(open_store(f"sqlite:///{sys.argv[1]}"), context)
    for line in result.differences:
        print(line)  # noqa: T201
    print(f"{result.summary()}, {time.process_time():.0f} s of CPU")  # noqa: T201
    sys.exit(bool(result.differences))
