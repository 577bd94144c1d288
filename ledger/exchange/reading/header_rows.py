"""Find the header of a sheet, of one, two or three rows, and the labels of its columns.

A file's columns are called by all that stands above them: a group's name over several columns
("预收费情况") and each column's own ("押金(元)") are joined by a stroke.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain import values
from ledger.exchange.reading.archives import Span
from ledger.exchange.reading.tables_in import Sheet

# Titles and remarks may stand above the header.
SEARCHED = 20
_DEEPEST = 3
_NUMBER_LIKE = re.compile(r"[¥$]?-?[\d,.]+%?|\d{4}[-/.年].*|[√✓✔×✗/—-]+")


@dataclass(frozen=True)
class Label:
    """What stands above one column, from the top: group names first, its own name last."""

    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        return "/".join(self.parts)

    @property
    def leaf(self) -> str:
        return self.parts[-1] if self.parts else ""


@dataclass(frozen=True)
class HeaderRows:
    """The header's first and last row, counted from 0, and a label for each column."""

    first: int
    last: int
    labels: tuple[Label, ...]


def fold(text: object) -> str:
    """How two headers are compared: half-width, no blanks, no mark for "required", lower case."""
    return re.sub(r"[*:]+", "", values.fold(str(text)))


def labels_of(sheet: Sheet, first: int, last: int) -> tuple[Label, ...]:
    """The labels that the rows ``first`` to ``last`` give to each column."""
    rows = [_texts(row) for row in sheet.rows[first : last + 1]]
    width = max((len(row) for row in rows), default=0)
    for row in rows:
        row += [""] * (width - len(row))
    _spread_merged(rows, sheet.merged, first)
    for at, row in enumerate(rows[:-1]):
        _spread_groups(row, rows[at + 1 :])
    return tuple(Label(_distinct([row[at] for row in rows])) for at in range(width))


def _texts(row: Sequence[Any]) -> list[str]:
    return ["" if cell is None else _seen(str(cell)) for cell in row]


def _seen(text: str) -> str:
    """A header as people see it: on one line, without signs that nobody sees."""
    return re.sub(r"\s*\n\s*", "", values.UNSEEN.sub("", text)).strip()


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for text in texts:
        if text and (not kept or fold(kept[-1]) != fold(text)):
            kept.append(text)
    return tuple(kept)


def _spread_merged(rows: list[list[str]], merged: Sequence[Span], first: int) -> None:
    """A cell merged across columns stands above each of them; downward, only where it begins."""
    for (top, left), (bottom, right) in merged:
        if not first <= top < first + len(rows) or top - first >= len(rows):
            continue
        text = rows[top - first][left] if left < len(rows[0]) else ""
        for at in range(left, min(right + 1, len(rows[0]))):
            rows[top - first][at] = text
            for below in range(top + 1, min(bottom + 1, first + len(rows))):
                rows[below - first][at] = ""


def _spread_groups(row: list[str], below: Sequence[Sequence[str]]) -> None:
    """Without merged cells: a group's name holds to its right, above columns with own names."""
    group = ""
    for at, text in enumerate(row):
        has_own = any(line[at] for line in below)
        if text:
            group = text if has_own else ""
        elif has_own:
            row[at] = group
        else:
            group = ""


def find_header(
    sheet: Sheet, key_of: Callable[[Label], str | None], first_is_enough: Callable[[set[str]], bool]
) -> tuple[HeaderRows, int]:
    """The rows that name the most columns, as few and as early as do; and how many they name.

    The first row counts when it names every required column. A header reaches as far down as its
    own merged cells do.
    """
    top = min(SEARCHED, len(sheet.rows))
    best: tuple[int, int, int] = (-1, 0, 0)
    chosen = (0, 0)
    for first in range(top):
        for depth in range(1, _DEEPEST + 1):
            last = first + depth - 1
            if last >= len(sheet.rows) or (depth > 1 and not _wordy(sheet.rows[last])):
                break
            found = {key for label in labels_of(sheet, first, last) if (key := key_of(label))}
            score = (len(found), -depth, -first)
            if score > best:
                best, chosen = score, (first, last)
            if first == 0 and depth == 1 and first_is_enough(found):
                top = 1
        if first + 1 >= top:
            break
    first, last = chosen
    last = _merged_to(sheet, first, last)
    return HeaderRows(first, last, labels_of(sheet, first, last)), max(best[0], 0)


def possible_headers(sheet: Sheet) -> Iterator[HeaderRows]:
    """Every one, two or three rows among the top ones, as if they were the header."""
    for first in range(min(SEARCHED, len(sheet.rows))):
        for last in range(first, min(first + _DEEPEST, len(sheet.rows))):
            yield HeaderRows(first, last, labels_of(sheet, first, last))


def _wordy(row: Sequence[Any]) -> bool:
    """Whether a row could belong to a header: words only, no numbers, days, or ticks."""
    cells = [cell for cell in row if cell not in (None, "")]
    return bool(cells) and all(
        isinstance(cell, str) and not _NUMBER_LIKE.fullmatch(unicodedata.normalize("NFKC", cell))
        for cell in cells
    )


def _merged_to(sheet: Sheet, first: int, last: int) -> int:
    ends = [
        bottom
        for (top, _), (bottom, _) in sheet.merged
        if first <= top <= last and top < bottom < first + _DEEPEST
    ]
    return max([last, *ends])
