"""What stands beside the map waits for the areas: once, for its own browser, and never for long."""

from __future__ import annotations

import time
from threading import Timer
from types import SimpleNamespace

import pytest

from pages import _map_opening as map_opening

LONG = 20.0


def visit(
    monkeypatch: pytest.MonkeyPatch, token: str | None, most: float, agent: str = "Mozilla/5.0"
) -> None:
    """A browser with this session opens its first page."""
    context = SimpleNamespace(headers={"User-Agent": agent})
    stand_in = SimpleNamespace(context=context, session_state={}, token=token)
    monkeypatch.setattr(map_opening, "st", stand_in)
    monkeypatch.setattr(map_opening, "MOST_SECONDS", most)


def seconds_waited() -> float:
    started = time.perf_counter()
    map_opening.wait_for_areas(map_opening.st.token)
    return time.perf_counter() - started


def test_it_goes_on_once_the_areas_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, "mine", LONG)
    drawn = Timer(0.05, map_opening.areas_drawn, ["mine"])
    drawn.start()
    assert seconds_waited() < LONG / 2
    drawn.join()


def test_another_browsers_map_is_no_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, "mine", 0.2)
    other = Timer(0.02, map_opening.areas_drawn, ["other"])
    other.start()
    assert seconds_waited() >= 0.2
    other.join()


def test_only_the_first_map_of_a_page_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, "mine", 0.01)
    seconds_waited()
    monkeypatch.setattr(map_opening, "MOST_SECONDS", LONG)
    assert seconds_waited() < LONG / 2


def test_what_is_no_browser_draws_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, "mine", LONG, agent="Python/3.11 websockets/16.0")
    assert seconds_waited() < LONG / 2


def test_without_a_browser_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(monkeypatch, None, LONG)
    assert seconds_waited() < LONG / 2
    map_opening.areas_drawn(None)
    map_opening.areas_drawn("nobody waits for this one")
