"""A close look at a page as it stands: axe, fingers, and the three sizes that the offices have."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, ViewportSize

from tests.browser.conftest import wait_until_idle
from tests.browser.people import DESKTOP
from tests.thoroughly import THOROUGH

TABLETS: tuple[ViewportSize, ...] = (
    {"width": 1024, "height": 768},
    {"width": 768, "height": 1024},
)
NARROWEST = TABLETS[-1]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# Serious and critical ones only: what keeps somebody from using the page. Rules whose findings are
# never more than moderate are not run (a sixth of the time). Frames have no axe of their own.
SERIOUS = """async () => {
    const without = ["experimental", "deprecated"];
    const values = axe._audit.rules
        .filter(rule => rule.enabled && !["minor", "moderate"].includes(rule.impact))
        .filter(rule => !without.some(tag => rule.tags.includes(tag)))
        .map(rule => rule.id);
    const found = await axe.run(document, {
        runOnly: {type: "rule", values}, resultTypes: ["violations"], iframes: false,
    });
    return found.violations
        .filter(one => ["serious", "critical"].includes(one.impact))
        .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)}`));
}"""
# Links within a sentence need no size of their own (WCAG 2.5.8), a slider's track takes any touch,
# a hidden input lies in its label, and a folded menu cannot be touched. The border of a box of 44
# pixels is one of them on each side.
SMALL = """() => [...document.querySelectorAll(
        'button, a[href], input:not([type=range]), select, textarea, summary, [role=tab],'
        + 'label:has(input[type=radio], input[type=checkbox])')]
    .filter(e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}))
    .filter(e => !e.matches('input[tabindex="-1"], label input'))
    .filter(e => !e.closest('[data-testid="stSidebar"][data-collapsed="true"]'))
    .filter(e => !e.closest('p, li, td, [data-testid="stDataFrame"]') || e.matches('button'))
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([, r]) => r.width > 1 && r.height > 1 && (r.height < 42 || r.width < 42))
    .map(([e, r]) => `${e.outerHTML.slice(0, 160)} ${r.width}x${r.height}`)"""
# What is read out bears no marks of how it is drawn.
MARKED = r"""() => [...document.querySelectorAll('[aria-label]')].map(e => e.ariaLabel)
    .filter(label => /:[a-z]+\[.+\]|:material\/|\*\*/.test(label))
    .map(label => `marked: ${label}`)"""
SIDEWAYS = "document.scrollingElement.scrollWidth - innerWidth"


def sideways(page: Page) -> list[str]:
    """Whether the page is wider than its window; empty if not."""
    wide = page.evaluate(SIDEWAYS)
    return [f"scrolls sideways by {wide} px"] if wide > 0 else []


def serious(page: Page) -> list[str]:
    """What axe finds on the page as it stands; it is loaded once into a window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = [*page.evaluate(SERIOUS), *page.evaluate(MARKED)]
    return found


def closely(page: Page) -> list[str]:
    """Axe, and what no finger can touch, at the size that the window has; thoroughly at all three,
    and with axe at the widest and the narrowest."""
    found = serious(page)
    if not THOROUGH:
        return [*found, *page.evaluate(SMALL)] if page.viewport_size == NARROWEST else found
    for size in TABLETS:
        page.set_viewport_size(size)
        wait_until_idle(page)
        here = [*sideways(page), *page.evaluate(SMALL)]
        if size == NARROWEST:
            here += page.evaluate(SERIOUS)
        found += [f"{size['width']} px: {text}" for text in here]
    page.set_viewport_size(DESKTOP)
    wait_until_idle(page)
    return found
