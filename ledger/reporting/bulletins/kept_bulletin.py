"""A bulletin as it is kept: its entry in the list, the frozen content, the pictures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from ledger.reporting.bulletins.kinds import KINDS, number_label
from ledger.reporting.bulletins.model import Content
from ledger.reporting.bulletins.outline import Paper

State = Literal["draft", "issued", "superseded"]
STATES: Mapping[str, str] = {"draft": "草稿", "issued": "已签发", "superseded": "已替换"}


@dataclass(frozen=True)
class Entry:
    """A bulletin in the list, without its content."""

    id: int
    kind: str
    scope_code: str
    scope_path: str
    year: int
    number: int
    state: str
    starts_on: date
    ends_on: date
    title: str
    digest: str
    next_steps: str
    version: int
    made_at: datetime
    made_by: str
    issued_at: datetime | None
    issued_by: str | None

    @property
    def label(self) -> str:
        """Its number and kind: 周报2026年第12期."""
        return f"{KINDS[self.kind].label}{number_label(self.year, self.number)}"

    @property
    def state_label(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True)
class Bulletin:
    """A bulletin as it is kept: the entry, the frozen content and its pictures (PNG) by name."""

    entry: Entry
    content: Content
    pictures: Mapping[str, bytes]

    @property
    def paper(self) -> Paper:
        """What goes onto paper and page."""
        one = self.entry
        return Paper(
            self.content,
            one.year,
            one.number,
            one.state,
            one.next_steps,
            one.made_at,
            one.issued_at,
        )


def digest_of(text: str, packed: Mapping[str, str]) -> str:
    """SHA-256 of what is frozen."""
    whole = json.dumps([text, dict(sorted(packed.items()))], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()
