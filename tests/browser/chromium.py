"""The browser of the tests: Chromium that reaches this machine only, and a watch over each page."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

# The resolver rule keeps every request, WebSocket and prefetch on this machine. It is used instead
# of Playwright's routes because those switch off the browser's cache, which we test as well.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page lives for seconds: optimised code of its scripts does not pay (a fifth of the time).
    "--js-flags=--no-opt --no-maglev",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
# Told by every page and frame whose policy forbade something (`Watch` hears it).
POLICY_WORD = "securitypolicyviolation"
TELL_BREACHES = f"""addEventListener("{POLICY_WORD}", breach => console.error(
    "{POLICY_WORD}", breach.violatedDirective, breach.blockedURI, breach.sample));"""
# Nothing moves by itself: without a graphics card each frame of an animation is drawn by the
# processor, and a button that slides is clicked where it was. Events of the end of one still come.
STAND_STILL = """if (window.CSSStyleSheet && document.adoptedStyleSheets) {
    const still = new CSSStyleSheet();
    still.replaceSync(`*, *::before, *::after {
        animation-delay: 0s !important; animation-duration: 1ms !important;
        animation-iteration-count: 1 !important; scroll-behavior: auto !important;
        transition-delay: 0s !important; transition-duration: 1ms !important; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
}"""
# Schemes that leave no page.
LOCAL_SCHEMES = {"data", "blob", "about"}


def find_chromium() -> str | None:
    """Path of the browser: ``CHROMIUM`` from the environment, or one on the path; None if none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    names = ("chromium", "chromium-browser", "google-chrome", "msedge")
    return next((path for name in names if (path := shutil.which(name))), None)


def is_foreign(address: str) -> bool:
    """Whether the address leads away from this machine."""
    parts = urlsplit(address)
    if parts.scheme in LOCAL_SCHEMES:
        return False
    return parts.hostname not in LOCAL_HOSTS


@dataclass
class Watch:
    """What happened in a browser context that nobody may have asked for."""

    foreign: list[str] = field(default_factory=list)
    """Addresses of requests and WebSockets to other hosts (they were refused)."""
    errors: list[str] = field(default_factory=list)
    """Errors in the console and uncaught exceptions of scripts."""

    def forget(self) -> None:
        """Begin anew."""
        self.foreign.clear()
        self.errors.clear()

    def breaches(self) -> list[str]:
        """What the policy of a page or frame forbade it to load or run."""
        return [text for text in self.errors if text.startswith(POLICY_WORD)]

    def over(self, context: BrowserContext) -> None:
        """Begin to watch every page of the context, those opened later included.

        Other hosts are not found (`FLAGS`), so every request to one fails. To hear of all requests
        instead, a hundred a page, took a tenth of the time.
        """
        context.add_init_script(TELL_BREACHES)
        context.add_init_script(STAND_STILL)
        context.on("requestfailed", lambda request: self._note_address(request.url))
        context.on("page", self._over_page)
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _over_page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._note_address(socket.url))

    def _note_address(self, address: str) -> None:
        if is_foreign(address):
            self.foreign.append(address)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")
