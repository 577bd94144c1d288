"""The figures page in a browser: a number opens exactly its rows; charts are drawn; three sizes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from tests.browser.conftest import enter, move_to, wait_until_idle
from tests.browser.serving import Server

SIZES = ((1280, 800), (1024, 768), (768, 1024))
OPENED = ("repeat_rate", "timely_acceptance", "first_time_resolution", "tier_4", "leads_registered")


@pytest.mark.thorough
def test_a_number_opens_the_rows_that_it_counted(page: Page, server: Server) -> None:
    period = period_of("month", clock.today()).previous()
    address = f"/figures?period={period.text}&figure=satisfaction"
    enter(page, server, "xianling")
    for key in OPENED:
        move_to(page, address)
        card = page.locator(f"#figure-{key}, .card:has(a.big[data-figure='{key}'])").first
        number = card.locator("a.big")
        number.wait_for()  # counting does not wait: "98.9%" was read where "88/89" came late
        fraction = card.locator(".fraction")
        text = (fraction if fraction.count() else number).inner_text()
        expected = re.search(r"[\d,]+", text)
        assert expected is not None
        number.click()
        page.wait_for_url(lambda url: "/figures" not in url)
        wait_until_idle(page)
        shown = page.locator(".st-key-keynumber-all, [class*=st-key-keynumber-all]").first
        expect(shown).to_contain_text(expected[0] + " ")


@pytest.mark.thorough
def test_charts_stand_beside_the_numbers_at_every_size(page: Page, server: Server) -> None:
    enter(page, server, "lingdao", "/figures")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator("[data-testid=stVegaLiteChart] svg")).to_have_count(2)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, width
        summary = page.locator(".card summary").first
        summary.click()
        expect(page.locator(".card details[open]").first).to_contain_text("依据：")
        summary.click()
