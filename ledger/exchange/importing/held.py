"""A file compared with the ledger within one transaction: the result for its rows, and writing.

There are two kinds: a foreign file (:mod:`ledger.exchange.importing.foreign`) and a workbook that
this program exported (:mod:`ledger.exchange.importing.round_trip`). `imports` uses both alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Problem
from ledger.domain.progress import Progress
from ledger.exchange.importing.across import Across
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Choices, TakenOver
from ledger.exchange.importing.findings import Findings
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.reading.understanding import LeftOut, Note
from ledger.records.drafting import Draft, seal_protected
from ledger.records.history import audit
from ledger.records.references import resolve
from ledger.records.saving import write
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store

_AT_ONCE = 10_000


@dataclass(frozen=True)
class Work:
    """What holding and writing one file need: an open transaction, and for whom it is.

    With ``locks`` the records that are read stay as they are until the transaction ends. Where a
    file is taken in pieces, ``across`` is what they know of each other.
    """

    store: Store
    connection: Connection
    actor: Actor
    ledger: Ledger
    atlas: Atlas
    progress: Progress
    locks: bool
    across: Across | None = None

    def settle(self, drafts: list[Draft]) -> list[list[Problem]]:
        """Seal protected texts and settle references; the problems of each draft."""
        seal_protected(self.ledger, drafts, self.store.sealer)
        return resolve(self.connection, self.actor, self.ledger, drafts)

    def write(
        self,
        drafts: Sequence[Draft],
        counts: Mapping[str, int],
        filename: str,
        batch: str,
        reason: str | None,
    ) -> None:
        """Write the drafts as one batch, with one entry for the file."""
        self.tell(counts, filename, batch)
        self.write_rows(drafts, batch, reason)

    def tell(self, counts: Mapping[str, int], filename: str, batch: str) -> None:
        """Add the entry for the file to the log."""
        entry = audit.Change("import", self.ledger.key, number=filename[:80], after=dict(counts))
        audit.append(self.connection, self.actor, [entry], batch=batch)

    def write_rows(self, drafts: Sequence[Draft], batch: str, reason: str | None) -> None:
        """Write the drafts, or some of them, as a part of the batch."""
        surroundings = surroundings_of(self.store, self.connection, self.atlas)
        # In portions, so that what is written is not held all at once as rows, log, judgements.
        for start in range(0, len(drafts), _AT_ONCE):
            self.progress("写入台账", start, len(drafts))
            portion = list(drafts[start : start + _AT_ONCE])
            write(
                self.connection,
                self.actor,
                self.ledger,
                portion,
                surroundings,
                batch=batch,
                reason=reason,
            )
        self.progress("写入台账", len(drafts), len(drafts))


@dataclass(frozen=True)
class Settled:
    """What is to be written after somebody chose, and how many rows come to what."""

    drafts: Sequence[Draft]
    created: int
    updated: int
    unchanged: int
    left_out: int


class Held(ABC):
    """One file held against the ledger. Rows count as Excel does."""

    reason: ClassVar[str | None] = None
    """What the history says of each record that is written."""

    def __init__(self, work: Work, filename: str, read: int) -> None:
        self.work, self.filename, self.read = work, filename, read

    @property
    @abstractmethod
    def sheet(self) -> str:
        """The sheet that was read; a text table has none."""

    @property
    @abstractmethod
    def outside(self) -> int:
        """How many rows that can be taken lie outside every area."""

    @property
    @abstractmethod
    def notes(self) -> Sequence[Note]:
        """What was understood rather than read plainly, alike ones as one."""

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The rows that are no records."""
        return ()

    @property
    def placed_notes(self) -> Sequence[Note]:
        """`notes`, their rows counted as in the file."""
        return self.notes

    @property
    def placed_left_out(self) -> tuple[LeftOut, ...]:
        """`left_out`, counted as in the file."""
        return self.left_out

    def placed_problems(self, choices: Choices) -> Sequence[Problem]:
        """`problems`, their rows counted as in the file."""
        return self.problems(choices)

    @property
    def pictures(self) -> tuple[tuple[int, bytes], ...]:
        """After the writing: pictures of the file that belong to records, by their ids."""
        return ()

    @abstractmethod
    def checked(self) -> Checked:
        """What would become of each row; without `findings`."""

    @abstractmethod
    def findings(self, corrections: Corrections) -> Findings:
        """Everything to know or to settle, cell by cell."""

    @abstractmethod
    def problems(self, choices: Choices) -> list[Problem]:
        """What keeps rows out after these choices, and warnings, in the order of the file."""

    def stand(self) -> str:
        """A digest of how everything stands, where `require_as_shown` goes by it."""
        return ""

    @abstractmethod
    def require_as_shown(self, before: Checked) -> None:
        """Raises `Outdated` if anything stands otherwise than it was shown."""

    @abstractmethod
    def settled(self, choices: Choices) -> Settled:
        """What is to be written. Call it once only: it may release what was read."""

    def write(self, choices: Choices, batch: str) -> TakenOver:
        """Write what can be taken after these choices, as the batch of that name."""
        settled = self.settled(choices)
        counts = {
            "read": self.read,
            "created": settled.created,
            "updated": settled.updated,
            "unchanged": settled.unchanged,
            "rejected": settled.left_out,
            "outside": self.outside,
        }
        self.work.write(settled.drafts, counts, self.filename, batch, self.reason)
        return TakenOver(
            settled.created,
            settled.updated,
            settled.unchanged,
            settled.left_out,
            batch if settled.created or settled.updated else None,
        )
