"""Pages as the menu knows them, opened without a browser."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from pages.navigation import ENTRIES, PAGES, Entry


def entry_of(url_path: str) -> Entry:
    """The menu item with that address."""
    return next(one for one in ENTRIES if one.url_path == url_path)


def app_test(entry: Entry, timeout: float = 60) -> AppTest:
    """The page of a menu item, not yet run: its script, or the page of its ledger.

    Who looks at which database is said by ``guard.session_token`` and ``guard.store``.
    """
    if entry.file:
        return AppTest.from_file(str(PAGES / entry.file), default_timeout=timeout)
    return AppTest.from_function(
        _ledger_page, kwargs={"key": entry.url_path}, default_timeout=timeout
    )


def _ledger_page(key: str) -> None:
    from pages.records.ledger.page import ledger_page

    ledger_page(key)
