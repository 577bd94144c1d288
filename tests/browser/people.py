"""Browsers of the people in the tests, kept from one test to the next.

A new page costs two seconds of computing before it shows anything: the browser starts a process
and compiles Streamlit's scripts. So a page is emptied and handed on: cookies, storage, size and
connection are as new, the compiled scripts stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.chromium import Watch

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
# A rerun on two busy cores may take its time; a test that never ends helps nobody.
PATIENCE_MS = 30_000
_EMPTY = "() => { localStorage.clear(); sessionStorage.clear(); }"


@dataclass
class _Person:
    """One browser window with cookies of its own."""

    options: dict[str, object]
    context: BrowserContext
    page: Page


@dataclass
class Browsers:
    """Windows of one Chromium; ``watch`` is told of everything that they do."""

    chromium: Browser
    watch: Watch = field(default_factory=Watch)
    _free: list[_Person] = field(default_factory=list)
    _taken: list[_Person] = field(default_factory=list)

    def begin(self) -> Watch:
        """A test begins: whatever is noted from now on is its own."""
        self.watch.forget()
        return self.watch

    def page(self, base_url: str, **options: object) -> Page:
        """The window of somebody who is not signed in; ``options`` as of ``new_context``."""
        wanted = {"base_url": base_url, "viewport": DESKTOP, **options}
        for person in self._free:
            if person.options == wanted:
                self._free.remove(person)
                break
        else:
            person = self._new(wanted)
        self._taken.append(person)
        return person.page

    def in_use(self) -> list[Page]:
        """The windows of this test that are still open."""
        return [page for person in self._taken for page in person.context.pages]

    def give_back(self) -> None:
        """The test is over: its windows are emptied, those of other servers closed."""
        for person in self._taken:
            if person.page.is_closed():
                person.context.close()
            else:
                _empty(person)
                self._free.append(person)
        servers = {person.options["base_url"] for person in self._taken}
        self._taken.clear()
        for person in [one for one in self._free if servers - {one.options["base_url"]}]:
            self._free.remove(person)
            person.context.close()

    def _new(self, options: dict[str, object]) -> _Person:
        context = self.chromium.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE_MS)
        self.watch.over(context)
        return _Person(options, context, context.new_page())


def _empty(person: _Person) -> None:
    context, page = person.context, person.page
    for other in context.pages:
        if other != page:
            other.close()
    context.set_offline(False)
    if page.url.startswith("http"):
        page.evaluate(_EMPTY)
    page.goto("about:blank")
    context.clear_cookies()
    page.set_viewport_size(person.options["viewport"])  # type: ignore[arg-type]
