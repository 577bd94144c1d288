"""How an uploaded file of areas is read, as it was answered."""

from __future__ import annotations

from dataclasses import dataclass

from geo.levels import LEVEL_LABELS
from geo.validation import Fields
from ledger.exchange.importing.area_lists import CODE_BY_NAME


@dataclass(frozen=True)
class Answers:
    """How the file is read; ``crs`` is empty for a list, ``parents`` is only for names."""

    level: str | None
    scheme: str
    crs: str
    fields: Fields
    layer: str | None = None
    merge_parts: bool = False
    parents: str | None = None

    @property
    def by_name(self) -> bool:
        return self.fields.code == CODE_BY_NAME

    @property
    def is_list(self) -> bool:
        return not self.crs

    @property
    def level_in_words(self) -> str:
        return "各层级" if self.level is None else LEVEL_LABELS[self.level]
