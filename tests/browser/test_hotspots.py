"""The hotspot page in a real browser: drawn, switched, clicked and panned without starting anew."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Frame, Page, expect

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.records.bulk import create_many
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.forks import Forks
from tests.browser.serving import Server, running_server
from tests.pages.builders import (
    EAST_NORTH,
    EAST_SOUTH,
    PEOPLE,
    WEST_VILLAGE,
    Office,
    build_office,
)

PATIENCE_S = 60
PAINTED = "Boolean(window.__areas_painted)"
IN_WEST = (29.05, 127.03)  # latitude, longitude


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("hotspot_office")
    built = build_office(f"sqlite:///{(folder / 'ledger.db').as_posix()}")
    day = clock.today() - timedelta(days=10)
    counts = {WEST_VILLAGE: 40, EAST_SOUTH: 10, EAST_NORTH: 2}
    rows = [
        {"registered_on": day, "matter": "退费", "area_code": code}
        for code, number in counts.items()
        for _ in range(number)
    ]
    create_many(built.store, SYSTEM, "petitions", rows)
    yield built
    built.close()


@pytest.fixture(scope="module")
def server(
    office: Office, tmp_path_factory: pytest.TempPathFactory, forks: Forks
) -> Iterator[Server]:
    """The application on that office, in place of the demo."""
    folder = tmp_path_factory.mktemp("hotspot_server")
    with running_server(folder, office.url, forks=forks) as running:
        yield running


def painted(page: Page) -> Frame:
    """The map's frame, once its areas are drawn and the page stands still."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for frame in page.frames:
            if "streamlit_folium" in frame.url and frame.evaluate(PAINTED):
                wait_until_idle(page)
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"no map in {[frame.url for frame in page.frames]}")


def view_of(frame: Frame) -> list[float]:
    return frame.evaluate("[map.getZoom(), map.getCenter().lat, map.getCenter().lng]")


def on_page(page: Page, at: tuple[float, float]) -> tuple[float, float]:
    """A position on the map in pixels of the page."""
    box = page.locator(".st-key-map-frame iframe").bounding_box()
    x, y = painted(page).evaluate(
        "(at) => { const p = window.map.latLngToContainerPoint(at); return [p.x, p.y]; }", list(at)
    )
    assert box
    return box["x"] + x, box["y"] + y


def test_layers_clicks_and_panning_on_one_map(page: Page, server: Server) -> None:
    shapes: list[str] = []
    sent: list[object] = []

    def note(content: object) -> None:
        sent.append(content)

    page.on("response", lambda got: shapes.append(got.url) if "/regions/" in got.url else None)
    page.on("websocket", lambda socket: socket.on("framesent", note))
    enter(page, server, PEOPLE[Role.LEADER][0], "/hotspots")
    frame = painted(page)
    expect(page.locator("h1")).to_contain_text("示例县信访事项近90天")
    assert frame.evaluate("window.__areas_painted.count") == 3
    fetched = len(shapes)

    # Another layer: the same frame, zoom and pan; values travel, shapes do not.
    frame.evaluate("window.mine = 1; window.map.setView([29.05, 127.1], 11.5, {animate: false})")
    before = view_of(frame)
    page.get_by_role("button", name="件数", exact=True).click()
    expect(page.locator(".map-legend")).to_contain_text("2–5件")
    wait_until_idle(page)
    assert frame.evaluate("window.mine") == 1
    assert view_of(frame) == before
    assert len(shapes) == fetched

    # Panning and zooming never rerun the page.
    so_far = len(sent)
    x, y = on_page(page, IN_WEST)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=5)
    page.mouse.up()
    page.mouse.wheel(0, -120)
    page.wait_for_timeout(1_000)
    assert view_of(frame) != before
    assert len(sent) == so_far

    # A click explains the area, in the address too, so that it can be sent to a colleague.
    page.mouse.click(*on_page(page, IN_WEST))
    panel = page.locator(".st-key-map-panel")
    expect(panel.locator("h2")).to_contain_text("演示一村")
    expect(panel).to_contain_text("近90天40件")
    assert f"area={WEST_VILLAGE}" in page.url
    page.reload()
    painted(page)
    expect(panel.locator("h2")).to_contain_text("演示一村")
    panel.get_by_role("link", name="打开这40件信访事项").click()
    page.wait_for_url("**/petitions?**")
    expect(page.locator("body")).to_contain_text("40")
