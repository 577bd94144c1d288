"""Long tables in HTML, a part at a time: which rows are on show, and the way to the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pages._text import attribute

ROWS = 100

Row = TypeVar("Row")


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """The rows on show, and where they stand among all of them."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int

    def html(self, address: Callable[[int], str]) -> str:
        """Which rows these are, with links to the pages around; empty where all are on show."""
        if self.pages == 1:
            return ""
        first = (self.number - 1) * ROWS + 1
        said = f"第 {first:,}–{first + len(self.rows) - 1:,} 个，共 {self.total:,} 个"
        links = "".join(
            f'<a href="{attribute(address(number))}" target="_self">{word}</a>'
            for word, number in (("上一页", self.number - 1), ("下一页", self.number + 1))
            if 1 <= number <= self.pages
        )
        return f'<nav class="paging" aria-label="翻页"><span>{said}</span>{links}</nav>'


def paged(rows: Sequence[Row], number: int) -> Paged[Row]:
    """The page of that number, from 1; the nearest one there is."""
    pages = max(-(-len(rows) // ROWS), 1)
    number = min(max(number, 1), pages)
    return Paged(rows[(number - 1) * ROWS : number * ROWS], number, pages, len(rows))


def page_number(text: str) -> int:
    """The page number of an address; the first page for a text that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1
