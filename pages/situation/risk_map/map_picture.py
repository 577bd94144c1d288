"""What one layer draws and says of the areas in view; the risk map shows every layer alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.casework.map_overview import Situation
from pages._ui.map_legend import Look, class_of, look_of, note_of, sign_of
from pages._views.map_view import LAYERS


@dataclass(frozen=True)
class Picture:
    """``values`` (class), ``notes`` (lines of the tooltip) and ``signs`` (words on the map) are by
    area code; an area without a value has the look's fallback. ``shows`` says in words what the
    colours are; ``drawn`` are the classes that occur."""

    look: Look
    shows: str
    values: Mapping[str, str]
    notes: Mapping[str, Sequence[str]]
    signs: Mapping[str, str]
    as_of: datetime | None

    def drawn(self, areas: int) -> set[str]:
        """The classes that occur among so many areas."""
        rest = {self.look.fallback} if len(self.values) < areas else set()
        return {*self.values.values(), *rest}


def tier_picture(layer: str, found: Situation) -> Picture:
    """The picture of a layer of tiers: of institutions, and how serious they are."""
    counts = found.drawn
    return Picture(
        look=look_of(layer),
        shows=LAYERS[layer],
        values={code: class_of(layer, each) for code, each in counts.items()},
        notes={code: note_of(each) for code, each in counts.items()},
        signs={code: sign_of(layer, each) for code, each in counts.items()},
        as_of=found.as_of,
    )
