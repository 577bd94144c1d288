"""Cells of Streamlit's tables, which are drawn on a canvas: reached by place, read by the table of
the same cells that the grid keeps for screen readers."""

from __future__ import annotations

import contextlib

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import PATIENCE_MS

HEADER, ROW = 36, 44
SOON_MS = 3_000


def choose_cell(grid: Locator, x: int) -> Locator:
    """Click into the first row at that distance from the left edge; what is chosen then.

    The grid does not hear every first click: after something beside it was unfolded, for example.
    Whoever sees nothing marked clicks again.
    """
    expect(grid.locator("td").first).to_be_attached()
    chosen = grid.locator('td[aria-selected="true"]')
    for _ in range(3):
        grid.click(position={"x": x, "y": HEADER + ROW // 2})
        with contextlib.suppress(AssertionError):
            expect(chosen).to_have_count(1, timeout=SOON_MS)
            break
    expect(chosen).to_have_count(1)
    return chosen


def open_chosen(page: Page, patience: int = PATIENCE_MS) -> Locator:
    """Open the chosen cell by the keyboard; the field to type into, within so many ms.

    A click into a cell that is chosen already opens it; Enter would close it again.
    """
    field = page.locator("#portal :is(input, textarea)").first
    if not field.is_visible():
        page.keyboard.press("Enter")
    expect(field).to_be_focused(timeout=patience)
    return field


def leave_by(field: Locator, key: str, text: str) -> None:
    """Leave the field by that key once it holds the text, and wait until it is closed."""
    expect(field).to_have_value(text)
    field.press(key)
    expect(field).to_have_count(0)


def write_into(grid: Locator, x: int, text: str) -> None:
    """Write into the first row at that distance from the left edge, until a cell shows the text.

    On a busy machine what is pressed or typed right after a run of the page is now and then not
    taken: the cell does not open or stays empty, and whoever sees that begins again.
    """
    for tries in range(4):
        choose_cell(grid, x)
        if tries:
            grid.page.wait_for_timeout(500)  # the click may open it
        try:
            field = open_chosen(grid.page, SOON_MS)
        except AssertionError:
            continue
        field.press("Control+a")
        field.press_sequentially(text)
        leave_by(field, "Enter", text)
        with contextlib.suppress(AssertionError):
            expect(grid.get_by_text(text, exact=True)).to_have_count(1, timeout=SOON_MS)
            break
    expect(grid.get_by_text(text, exact=True)).to_have_count(1)
