"""What a bulletin says, as data: sections of texts, tables and pictures, kept as JSON.

The page, the Word file and the annex are three ways to show this one object, so they cannot
disagree. It holds numbers as numbers and says of each column what they are; `shown` is the only
place where a number becomes letters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal

from ledger.domain.comparing_words import NO_DATA, amount, percent
from ledger.domain.timing.clock import local_text
from ledger.domain.timing.periods import Period
from ledger.reporting.bulletins.counted_rows import Counted, Group
from ledger.reporting.bulletins.kinds import BulletinKind, kind_named

Cell = str | int | float | None
CellKind = Literal["text", "long", "count", "number", "share", "money", "date", "figure"]
FORMAT = 2
UNIT = "单位"


@dataclass(frozen=True)
class Field:
    """One column of a table: its header, what its cells are, and how wide it is in characters.

    A ``figure`` is a number whose unit stands in the row's column 单位; those of "%" are shares.
    """

    header: str
    kind: CellKind = "text"
    width: int = 6

    @property
    def centred(self) -> bool:
        """Numbers and days stand in the middle of their column, texts at its left."""
        return self.kind not in ("text", "long")


@dataclass(frozen=True)
class Text:
    """One paragraph.

    ``counted`` are its numbers: from which sign to which, and their place in `Content.counted`.
    """

    text: str
    counted: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Heading:
    """A heading of the second rank, with its number: （一）…"""

    text: str


@dataclass(frozen=True)
class Table:
    """A table. On paper stand the first ``most`` rows (0: it is for the annex only), in the annex
    all of them.

    ``counted`` are its numbers: row, column, and their place in `Content.counted`.
    """

    key: str
    caption: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Cell, ...], ...]
    most: int | None = None
    counted: tuple[tuple[int, int, int], ...] = ()

    @property
    def on_paper(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows that stand on the page and in the Word file."""
        return self.rows[: self.most]

    def kind_at(self, row: tuple[Cell, ...], column: int) -> CellKind:
        """What a cell is."""
        kind = self.fields[column].kind
        if kind != "figure":
            return kind
        return "share" if self._unit(row) == "%" else "number"

    def unit_at(self, row: tuple[Cell, ...], column: int) -> str:
        """The unit of a figure that its text does not say; empty for everything else."""
        unit = self._unit(row) if self.fields[column].kind == "figure" else ""
        return "" if unit == "%" else unit

    def _unit(self, row: tuple[Cell, ...]) -> str:
        return str(row[next(at for at, one in enumerate(self.fields) if one.header == UNIT)])

    def texts(self, row: tuple[Cell, ...]) -> tuple[str, ...]:
        """A row as people read it."""
        return tuple(shown(self.kind_at(row, at), cell) for at, cell in enumerate(row))

    @property
    def left_out(self) -> int:
        """How many rows stand in the annex only."""
        return len(self.rows) - len(self.on_paper)

    @property
    def note(self) -> str:
        """What stands below the table on paper; empty if nothing is left out."""
        if not self.left_out:
            return ""
        return f"本表列前{len(self.on_paper)}项，其余{self.left_out}项见附件。"


@dataclass(frozen=True)
class Picture:
    """A picture by its name among the frozen ones; ``width`` in millimetres on paper."""

    name: str
    caption: str
    width: int = 150


Block = Text | Heading | Table | Picture
_BLOCKS: Mapping[str, type[Block]] = {
    "text": Text,
    "heading": Heading,
    "table": Table,
    "picture": Picture,
}


@dataclass(frozen=True)
class Section:
    """A heading of the first rank, without its number, and what stands below it."""

    key: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Content:
    """Everything a bulletin says except what people write: number, next steps, who issued it.

    ``counted`` tells of its numbers which rows they counted, ``groups`` holds the ids of these:
    of each ledger its groups (`ledger.records.bulletin_rows`). Bulletins made before there were
    such have none.
    """

    kind_key: str
    scope_code: str
    scope_name: str
    start: date
    end: date
    as_of: datetime
    office: str
    title: str
    sections: tuple[Section, ...]
    counted: tuple[Counted, ...] = ()
    groups: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)

    @property
    def kind(self) -> BulletinKind:
        return kind_named(self.kind_key)

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)

    def section(self, key: str) -> Section:
        """The section of that key. Raises `KeyError`."""
        return {section.key: section for section in self.sections}[key]

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, in their order."""
        return tuple(
            block
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Table)
        )

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures, in their order."""
        return tuple(
            block
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Picture)
        )


def shown(kind: CellKind, cell: Cell) -> str:
    """A cell as people read it; a missing number says so, a missing text is a dash."""
    if cell is None or cell == "":
        return NO_DATA if kind in ("count", "number", "share", "money") else "—"
    if isinstance(cell, str):
        return cell
    return percent(cell) if kind == "share" else amount(cell)


def to_json(content: Content) -> str:
    """The content as canonical JSON: equal contents are equal texts."""
    plain = asdict(content)
    for section, kept in zip(plain["sections"], content.sections, strict=True):
        for block, original in zip(section["blocks"], kept.blocks, strict=True):
            block["type"] = _type_of(original)
    plain["format"] = FORMAT
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, default=_plain)


def from_json(text: str) -> Content:
    """The content of a text that `to_json` wrote."""
    plain = json.loads(text)
    values = {one.name: plain[one.name] for one in fields(Content) if one.name in plain}
    values["start"], values["end"] = (date.fromisoformat(plain[key]) for key in ("start", "end"))
    values["as_of"] = datetime.fromisoformat(plain["as_of"])
    values["sections"] = tuple(
        Section(item["key"], item["heading"], tuple(map(_block, item["blocks"])))
        for item in plain["sections"]
    )
    values["counted"] = tuple(map(_counted, plain.get("counted", ())))
    groups = plain.get("groups", {})
    values["groups"] = {ledger: tuple(map(tuple, some)) for ledger, some in groups.items()}
    return Content(**values)


def as_of_words(content: Content) -> str:
    """As of when the figures stand, in the office's time."""
    return local_text(content.as_of)


def _type_of(block: Block) -> str:
    return next(name for name, kind in _BLOCKS.items() if isinstance(block, kind))


def _block(plain: Mapping[str, Any]) -> Block:
    kind = _BLOCKS[plain["type"]]
    values = {key: value for key, value in plain.items() if key != "type"}
    if kind is Table:
        values["fields"] = tuple(Field(**one) for one in values["fields"])
        values["rows"] = tuple(tuple(row) for row in values["rows"])
    if "counted" in values:
        values["counted"] = tuple(map(tuple, values["counted"]))
    return kind(**values)


def _counted(plain: Mapping[str, Any]) -> Counted:
    return Counted(plain["label"], tuple(Group(**one) for one in plain["groups"]))


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a bulletin")
