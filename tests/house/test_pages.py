"""The house of the pages: thin pages, few shared pieces, no SQL, one way to write a table."""

from __future__ import annotations

import re

from pages.navigation import ENTRIES
from tests.house import pages_in_numbers as numbers


def test_few_pieces_are_shared() -> None:
    assert len(numbers.ui_files()) <= 25


def test_a_page_is_seen_whole() -> None:
    lines, name = numbers.longest_page()
    assert lines <= 120, name


# Pieces that are longer still. What is made shorter leaves the list; nothing joins it.
_LONG = {
    "records/ledger/views_row.py",
    "situation/risk_map/map_answer.py",
    "situation/risk_map/map_case_panel.py",
    "situation/risk_map/map_cases.py",
    "situation/risk_map/map_changes.py",
    "situation/risk_map/map_panel.py",
    "situation/risk_map/map_petitions.py",
}


def test_so_is_what_stands_beside_a_page() -> None:
    assert numbers.long_pieces(120) == _LONG


def test_every_menu_item_is_a_folder_with_its_page() -> None:
    scripts = {entry.file for entry in ENTRIES if entry.file}
    found = {path.relative_to(numbers.PAGES).as_posix() for path in numbers.page_files()}
    assert found == scripts | {"records/ledger/page.py"}


def test_no_page_knows_sql() -> None:
    """A query in a page asks for no right, and no test of ledger runs it."""
    assert numbers.knowing_sql() == set()


def test_endpoints_know_no_pieces_of_pages() -> None:
    assert numbers.web_knowing_ui() == set()


def test_tables_are_written_in_one_place() -> None:
    """``pages._ui.html_table`` makes their texts inert; by hand one is forgotten some day."""
    assert numbers.writing_tables() == {"_ui/html_table.py"}


def test_css_stands_in_files_of_its_own() -> None:
    """``pages._ui.stylesheet`` reads them; a rule in a string is found by nobody."""
    holding = {path.name for path in numbers.modules() if "<style>" in numbers.text_of(path)}
    assert holding == {"stylesheet.py"}


def _kinds(css: str, element: str, declared: str) -> set[str]:
    """The classes within which an element is declared so."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    heads = [head for head, body in rules if declared in body]
    return {name for head in heads for name in re.findall(rf"(\.[\w-]+) {element}\b", head)}


def test_links_to_be_touched_stand_on_the_line_of_their_row() -> None:
    """A link 44 px high centres its text; cells that begin at the top stand above it."""
    for path in numbers.PAGES.rglob("*.css"):
        css = path.read_text(encoding="utf-8")
        high = _kinds(css, "a", "min-height: 44px")
        assert not high & _kinds(css, "td", "vertical-align: top"), path.name
