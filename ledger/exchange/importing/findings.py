"""The findings of a check of a file, one per cell, by kind.

==============  ==============================================================
``error``       the row cannot be taken as it is
``place``       the same, or a doubt, about where a record lies
``conflict``    both the file and the ledger changed a cell since the export
``duplicate``   a new row is probably a record that is there already
``doubtful``    understood, but better looked at
``understood``  understood for certain, from another way of writing
``left_out``    a row below the header that is no record
==============  ==============================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Problem
from ledger.exchange.reading.area_names import AreaNames
from ledger.exchange.reading.understanding import LeftOut, Note

Kind = Literal["error", "place", "conflict", "duplicate", "doubtful", "understood", "left_out"]
KIND_LABELS: Mapping[Kind, str] = {
    "error": "不能导入",
    "place": "位置",
    "conflict": "双方都改",
    "duplicate": "疑似重复",
    "doubtful": "请核对",
    "understood": "已按此理解",
    "left_out": "不是记录的行",
}
_PLACE = ("area_code", "lon", "lat")
# The most findings of a kind that are kept; the numbers still count all.
MOST_KEPT = 2_000


@dataclass(frozen=True)
class Finding:
    """One thing to know or to settle. ``row`` counts as Excel does; None: about the whole file.

    ``key`` is the ledger's, ``column`` what the file calls it. ``blocks``: the row stays out as
    long as nothing is done. ``suggestions`` are codes of areas that may be meant.
    """

    kind: Kind
    row: int | None
    key: str | None
    column: str
    was: str
    message: str
    understood: str = ""
    blocks: bool = False
    suggestions: tuple[str, ...] = ()


@dataclass
class Findings:
    """Findings as they are collected: the first of each kind, and the number of all."""

    kept: list[Finding] = field(default_factory=list)
    counts: dict[Kind, int] = field(default_factory=dict)

    def add(self, found: Finding) -> None:
        count = self.counts[found.kind] = self.counts.get(found.kind, 0) + 1
        if count <= MOST_KEPT:
            self.kept.append(found)


class Finder:
    """Puts problems and notes of one file into findings.

    ``headers`` are the file's names by ledger key; ``raw`` tells what stands in a cell.
    """

    def __init__(
        self,
        ledger: Ledger,
        headers: Mapping[str, str],
        raw: Callable[[int, str], str],
        atlas: Atlas,
        actor: Actor,
    ) -> None:
        labels = {column.label: column.key for column in ledger.columns}
        self._keys = labels | {header: key for key, header in headers.items()}
        self._raw, self._names, self._atlas = raw, AreaNames(atlas, actor), atlas
        self._actor = actor
        self._suggested: dict[str, tuple[str, ...]] = {}
        self.found = Findings()

    def problems(self, problems: Iterable[Problem]) -> None:
        """What keeps rows out, and warnings."""
        for item in problems:
            key = self._keys.get(item.column or "")
            was = self._raw(item.row, key) if item.row is not None and key else ""
            blocks = item.severity == "error"
            kind: Kind = "place" if key in _PLACE else "error" if blocks else "doubtful"
            hints = self._suggest(was) if key == "area_code" and blocks and was else ()
            self.found.add(
                Finding(
                    kind, item.row, key, item.column or "", was, item.message, "", blocks, hints
                )
            )

    def notes(self, notes: Iterable[Note]) -> None:
        """What was understood rather than read."""
        for note in notes:
            kind: Kind = "understood" if note.sure else "doubtful"
            if not note.sure and note.key in _PLACE:
                kind = "place"
            message = note.message + (f"(共{note.times}处)" if note.times > 1 else "")
            self.found.add(
                Finding(
                    kind, note.row, note.key, note.column or "", note.was, message, note.understood
                )
            )

    def left_out(self, rows: Sequence[LeftOut]) -> None:
        """Rows that were not taken for records."""
        for item in rows:
            self.found.add(Finding("left_out", item.row, None, "", item.text, item.reason))

    def _suggest(self, text: str) -> tuple[str, ...]:
        if text not in self._suggested:
            close = set(self._names.suggestions(text))
            mine = (area for area in self._atlas if self._actor.sees(area.path))
            codes = tuple(area.code for area in mine if area.name in close)[:5]
            self._suggested[text] = codes
        return self._suggested[text]


def as_text(raw: Any) -> str:
    """A raw cell as it is shown beside what is wrong with it."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()[:200]
