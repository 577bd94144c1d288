"""What one import remembers between two runs of its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from ledger.domain.errors import LedgerError
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Choices, Side, TakenOver
from ledger.exchange.importing.findings import Finding, Kind
from ledger.exchange.importing.first_look import Arrival
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.reading.mapping import FileMapping
from pages._ui.import_work import Work

Step = Literal["file", "columns", "check", "take"]
STEPS: dict[Step, str] = {"file": "文件", "columns": "对应列", "check": "检查", "take": "导入"}


@dataclass(frozen=True)
class Group:
    """Findings that one word settles: the same text of a column with the same thing wrong."""

    found: Finding
    rows: tuple[int, ...]


@dataclass
class Wizard:
    """One import of one visitor. The upload is held once; everything else is small.

    ``typed`` are corrections by (row, key) that were not checked yet, ``corrections`` those that
    were. ``batch`` names what the last press writes, so that it is written once. ``rest`` are the
    tables of the upload that were not taken together with the others.
    """

    ledger: str
    step: Step = "file"
    upload: Any = None
    rest: Any = None
    sheet: str | None = None
    tried: str | None = None
    given: FileMapping | None = None
    arrival: Arrival | None = None
    chosen: dict[int, str | None] = field(default_factory=dict)
    system: str | None = None
    area: str | None = None
    mapping: FileMapping | None = None
    checked: Checked | None = None
    corrections: Corrections = field(default_factory=Corrections)
    typed: dict[tuple[int, str], str] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    cells: dict[tuple[int, str], Side] = field(default_factory=dict)
    new: dict[int, bool] = field(default_factory=dict)
    kind: Kind | None = None
    generation: int = 0
    batch: str = field(default_factory=lambda: uuid4().hex)
    done: TakenOver | None = None
    work: Work | None = None
    after: Callable[[Any], None] | None = None
    groups: list[Group] = field(default_factory=list)
    frame: Any = None
    said: list[tuple[str, str]] = field(default_factory=list)
    refused: LedgerError | None = None

    @property
    def choices(self) -> Choices:
        """What was decided about conflicts and likely duplicates."""
        return Choices(dict(self.cells), dict(self.new))

    @property
    def has_unchecked(self) -> bool:
        """Whether something was typed that the check does not know yet."""
        return bool(self.typed) or not self.dropped <= self.corrections.left_out

    def settled(self) -> Corrections:
        """The corrections with what was typed since."""
        cells = {**self.corrections.cells, **self.typed}
        return Corrections(cells, self.corrections.left_out | frozenset(self.dropped))

    def say(self, mood: str, words: str) -> None:
        """Something to be said at the top of the next run."""
        self.said.append((mood, words))

    def next_editor(self) -> None:
        """Tables begin anew: what was typed into the last ones is kept in ``typed``."""
        self.generation += 1
        self.groups, self.frame = [], None

    def forget_file(self) -> None:
        """Let go of the upload and all that was found in it."""
        self.upload = self.arrival = self.checked = None
        self.sheet = self.tried = self.given = None
        self.next_editor()
