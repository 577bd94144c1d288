"""Columns drawn wider or elsewhere in a table, and the menu's entry of the page on show."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from ledger.domain.access import Role
from tests.browser.conftest import enter, move_to, wait_until_idle
from tests.browser.grids import HEADER
from tests.browser.serving import Server
from tests.pages.builders import PEOPLE, Office

TABLE = '.st-key-ledgertable [data-testid="stDataFrame"]'
# Where 机构类型 begins, after the pinned columns.
KIND_X = 620
# Key and width of each column of the table.
COLUMNS = """() => {
    const grid = grids.of(document.querySelector(`${grids.LIST} ${grids.TABLE}`));
    return grids.keysOf(grid).map((key, at) => [key, grid.props.columns[at].width]);
}"""


@pytest.fixture(scope="module")
def server(office_server: Server) -> Server:
    """The application on that office, in place of the demo."""
    return office_server


def _draw(page: Page, start: int, by: int) -> None:
    """Drag the head of the table at that distance from its left edge.

    The grid does not hear every first press (`grids.choose_cell`): whoever sees nothing moved drags
    again.
    """
    for _ in range(3):
        box = page.locator(TABLE).bounding_box()
        assert box is not None
        try:
            with page.expect_response("**/columns", timeout=8_000) as waiting:
                page.mouse.move(box["x"] + start, box["y"] + HEADER // 2)
                page.mouse.down()
                page.mouse.move(box["x"] + start + by, box["y"] + HEADER // 2, steps=8)
                page.mouse.up()
        except TimeoutError:
            continue
        assert waiting.value.status == 204
        return
    raise AssertionError("the grid heard none of three drags")


@pytest.mark.thorough
def test_columns_that_were_drawn_are_found_again_and_the_menu_leads_back(
    page: Page, server: Server, office: Office
) -> None:
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], "/institutions?tier.in=4")
    expect(page.locator(TABLE).locator("td").first).to_be_attached()
    before = dict(page.evaluate(COLUMNS))
    order = list(before)
    _draw(page, 473, 60)  # the right edge of 机构名称
    _draw(page, KIND_X + 60, 250)
    # Whatever the address of a page has open, its entry in the menu leads to it as it opens.
    for opened in (f"institutions?record={office.ids['金色年华养生馆']}", "forms?form=9", ""):
        if opened:
            move_to(page, f"/{opened}")
        name = opened.partition("?")[0] or "institutions"
        menu = page.locator(f'[data-testid="stSidebarNavLink"][href$="/{name}"]')
        menu.click()
        expect(page).to_have_url(re.compile(f"/{name}$"))
        wait_until_idle(page)
    expect(page.locator(".st-key-chips .stButton")).to_have_count(0)
    after = dict(page.evaluate(COLUMNS))
    assert abs(after["name"] - before["name"] - 60) < 5
    assert list(after) != order
    assert list(after)[order.index("kind") + 1] == "kind"
