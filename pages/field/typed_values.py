"""What was typed into a field form, and how the service takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from markupsafe import Markup

from ledger.domain.columns import Ledger, ValueRefused


@dataclass
class Typed:
    """What stands in one form of one visitor, and what becomes of it."""

    values: dict[str, Any]
    token: str = field(default_factory=lambda: uuid4().hex)
    fresh: Mapping[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    stage: str = "form"
    photos: list[tuple[str, bytes]] = field(default_factory=list)
    uploads: int = 0
    people: Markup | None = None
    done: Any = None

    def parsed(self, ledger: Ledger) -> dict[str, Any]:
        """The values as the service takes them, blanks left out; ``problems`` by key."""
        self.problems = {}
        values: dict[str, Any] = {}
        for column in ledger.editable:
            raw = self.values.get(column.key)
            try:
                value = column.entered(raw)
            except ValueRefused as refused:
                self.problems[column.key] = str(refused)
                continue
            if value is not None:
                values[column.key] = value
            elif column.required:
                self.problems[column.key] = "必须填写"
        return values
