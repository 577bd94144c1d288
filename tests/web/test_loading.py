"""Before the first visitor: pieces of all pages are loaded; no run pays for a collection."""

from __future__ import annotations

import asyncio
import gc
import sys

from streamlit import config

from pages._ui import theme
from pages.navigation import ENTRIES, PAGES


def test_no_run_of_a_page_pays_for_a_full_collection() -> None:
    """It was 200 to 300 ms after every run, while everybody else waited."""
    assert config.get_option("runner.postScriptGC") is False


def test_the_start_loads_the_pieces_of_pages_and_sets_them_aside(database_url: str) -> None:
    from app import app, lifespan

    async def start() -> int:
        async with lifespan(app):
            running = {task.get_coro().__name__ for task in asyncio.all_tasks()}
            assert "collect_at_rest" in running
            return gc.get_freeze_count()

    assert database_url
    try:
        assert asyncio.run(start()) > 100_000
    finally:
        gc.unfreeze()
    scripts = {PAGES / "shell.py", *(PAGES / entry.file for entry in ENTRIES if entry.file)}
    files = set(PAGES.rglob("*.py")) - scripts - set(PAGES.rglob("__init__.py"))
    pieces = {".".join(("pages", *path.relative_to(PAGES).with_suffix("").parts)) for path in files}
    assert theme.__name__ in pieces
    assert pieces - set(sys.modules) == set()
