"""What was recognised of a form: tables with headers, lines and words, and what is around."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ledger.domain.values import fold
from ledger.reporting.forms.form_grid import FormGrid, Place

Role = Literal["serial", "head", "unit", "remark", "value"]
LineKind = Literal["row", "total", "example"]


@dataclass(frozen=True)
class Column:
    """One column of a table: all that stands above it from the top, and what it is for."""

    at: int
    parts: tuple[str, ...]
    role: Role
    unit: str = ""

    @property
    def name(self) -> str:
        """The header in one line, its parts joined by strokes."""
        return "/".join(self.parts)


@dataclass(frozen=True)
class Line:
    """One row below a header: what stands at its head, its unit, whether it is a sum."""

    at: int
    kind: LineKind
    parts: tuple[str, ...] = ()
    unit: str = ""

    @property
    def name(self) -> str:
        """The head of the row in one line."""
        return "/".join(self.parts)


@dataclass(frozen=True)
class FormTable:
    """A table of a form: ``first`` and ``last`` are the rows of its header, ``grid`` where it lies.

    Without ``lines`` of words it is to be filled row by row: with records, or with areas.
    """

    grid: int
    first: int
    last: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    @property
    def heads(self) -> tuple[Column, ...]:
        """The columns in which the rows are named."""
        return tuple(one for one in self.columns if one.role == "head")

    @property
    def values(self) -> tuple[Column, ...]:
        """The columns that are to be filled."""
        return tuple(one for one in self.columns if one.role == "value")

    @property
    def rows(self) -> tuple[Line, ...]:
        """The lines that are neither sums nor examples."""
        return tuple(one for one in self.lines if one.kind == "row")

    @property
    def has_words(self) -> bool:
        """Whether its rows are named by the form."""
        return any(line.parts for line in self.rows)

    @property
    def end(self) -> int:
        """The last row that belongs to it."""
        return max([self.last, *(line.at for line in self.lines)])


@dataclass(frozen=True)
class Pair:
    """A label and the blank cell that belongs to it."""

    grid: int
    label: str
    label_at: Place
    at: Place


@dataclass(frozen=True)
class Form:
    """A form as it was recognised.

    ``titles`` and ``notes`` are texts per grid. ``legend`` is what the form itself says that its
    words stand for: 红 → 四类.
    """

    grids: tuple[FormGrid, ...]
    tables: tuple[FormTable, ...]
    pairs: tuple[Pair, ...]
    titles: Mapping[int, str]
    notes: Mapping[int, tuple[str, ...]]
    legend: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """What it asks for in its order: the names of columns and rows, and labels with blanks."""
        found: list[str] = []
        for table in self.tables:
            found += [column.name for column in table.columns]
            found += [line.name for line in table.lines if line.kind != "example" and line.parts]
        return tuple(without_numbers(text) for text in (*found, *(one.label for one in self.pairs)))

    @property
    def fingerprint(self) -> str:
        """Equal for the same blank form sent again: its words in their order, without numbers, so
        that neither a date nor a filled cell matters."""
        titles = [without_numbers(self.titles.get(at, "")) for at in range(len(self.grids))]
        return hashlib.sha256("\n".join([*titles, *self.words]).encode()).hexdigest()

    def unit_said(self, grid: int) -> tuple[str, ...]:
        """The units named around a table: 单位：万元、人."""
        for text in self._pieces(grid):
            found = _UNITS.search(fold(text))
            if found and "万元" not in found[1] and _AREA_LIKE.search(found[1]):
                continue
            if found:
                return tuple(part for part in re.split(r"[、,;/]", found[1]) if part)
        return ()

    def office_said(self, grid: int) -> str:
        """The name behind 填报单位; empty where it is left to be written."""
        for text in self._pieces(grid):
            found = _OFFICE.search(fold(text)) or _PLAIN_OFFICE.fullmatch(fold(text))
            if found:
                return found[1]
        return ""

    def _pieces(self, grid: int) -> list[str]:
        """The notes, those apart that stand in one cell with blanks between them."""
        texts = self.notes.get(grid, ())
        return [part for text in texts for part in re.split(r"\s{2,}|\u3000+|\n", text) if part]


def without_numbers(text: str) -> str:
    """A word of a form as it is compared with that of another one: 11月 and 12月 are equal."""
    return re.sub(r"\d+", "", fold(text))


_UNITS = re.compile(r"(?<![报送表制发位])(?:计量|金额)?单位:\(?([^\s:;)]{1,16})")
_OFFICE = re.compile(
    r"(?:填报|报送|填表|上报|制表)单位(?:\([^)]*\))?:([^\s:()]{2,30}?)(?=$|截止|填|日期|\()"
)
_AREA_LIKE = re.compile(r"(?:镇|街道|乡|村|社区|县|区|市|办事处)")
_PLAIN_OFFICE = re.compile(r"单位:([^\s:()]{2,20}(?:镇|街道|乡|村|社区|县|区|市|办事处))")
_LONGEST_CLAUSE = 300
_SAYS = re.compile("对应|代表|表示|指|是")
_LEGEND = re.compile(r"([^,。;:]+?)(?:分别)?(?:对应|代表|表示|指的?是)([^。;:]+)")


def legend_in(texts: tuple[str, ...]) -> dict[str, str]:
    """What a note says that words stand for: "红、橙分别对应四类、三类" → 红: 四类, 橙: 三类."""
    found: dict[str, str] = {}
    clauses = [one for text in texts for one in re.split(r"[。;:]", fold(text))]
    for clause in clauses:
        # A long one is a chapter of a document: the search in it grows with its square.
        if len(clause) > _LONGEST_CLAUSE or not _SAYS.search(clause):
            continue
        for left, right in _LEGEND.findall(clause):
            words = [part for part in re.split(r"[、,和及]", left) if part]
            means = [part for part in re.split(r"[、,和及]", right) if part]
            if len(words) == len(means):
                found |= {
                    word: re.sub(r"(?:机构|场所|家)$", "", one)
                    for word, one in zip(words, means, strict=True)
                }
    return found
