"""How many contradictions there are: by rule, and the records concerned by area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from geo.atlas import Area, Atlas
from ledger.casework.contradictions import lying_under, readable_rules
from ledger.casework.map_overview import area_path
from ledger.domain.access import Actor
from ledger.domain.contradictions import CHECKED, Contradiction
from ledger.records.contradicted import ever_settled, found
from ledger.storage import Store


@dataclass(frozen=True)
class Counted:
    """One rule: how many records it finds that nobody settled, and how many were settled."""

    rule: Contradiction
    open: int
    settled: int


@dataclass(frozen=True)
class InArea:
    """Records of one area with any open finding, by ledger; ``area`` None: in none of the level."""

    area: Area | None
    records: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.records.values())


@dataclass(frozen=True)
class Overview:
    """The rules with their counts, and the records concerned by village."""

    rules: tuple[Counted, ...]
    areas: tuple[InArea, ...]
    total: InArea

    @property
    def findings(self) -> int:
        """How many findings are open, of all rules."""
        return sum(one.open for one in self.rules)


def overview(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    area_code: str | None = None,
    level: str = "village",
) -> Overview:
    """Count what every rule finds under an area (None: all in scope), one statement a rule.

    A record with several findings is one record of its village. Raises `NotFound` for an area out
    of scope.
    """
    path = area_path(actor, atlas, area_code)
    counted, concerned = [], dict[tuple[str, int], str | None]()
    with store.reading() as connection:
        settled = ever_settled(connection)
        for rule in readable_rules(connection, actor):
            those = found(rule, actor, ever_settled=rule.id in settled)
            rows = connection.execute(lying_under(those, path)).all()
            left = [row for row in rows if not row.settled]
            counted.append(Counted(rule, len(left), len(rows) - len(left)))
            concerned.update({(rule.ledger, row.id): row.area_path for row in left})
    areas = atlas.under(path, level)
    by_code: dict[str | None, dict[str, int]] = {}
    for code, ledger in _places(concerned, areas):
        own = by_code.setdefault(code, {})
        own[ledger] = own.get(ledger, 0) + 1
    rows_of_areas = [InArea(area, by_code.get(area.code, {})) for area in areas]
    rows_of_areas.append(InArea(None, by_code.get(None, {})))
    everywhere = [ledger for ledger, _ in concerned]
    total = {key: everywhere.count(key) for key in CHECKED if key in everywhere}
    return Overview(
        tuple(counted),
        tuple(sorted((one for one in rows_of_areas if one.total), key=lambda one: -one.total)),
        InArea(None, total),
    )


def _places(
    concerned: Mapping[tuple[str, int], str | None], areas: Sequence[Area]
) -> Iterator[tuple[str | None, str]]:
    """Per record the code of the area of the level that it lies in (None: in none), its ledger."""
    codes = {area.code for area in areas}
    for (ledger, _), path in concerned.items():
        yield next((one for one in (path or "").split("/") if one in codes), None), ledger
