"""The hotspot page's view ↔ the parameters of its address, so that a view can be sent on.

``under`` the scope, ``level``, ``ledger``, ``kind`` and ``period`` (``2026-10-01_2026-10-31``),
``layer``, ``people``, ``null``, ``basis``, ``area`` the chosen one, ``homes=1`` for homes and
open cases, ``table=1`` for everything as a table; a filter is ``column.in=value``, repeated, as on
ledger pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from geo.atlas import Area, Atlas
from geo.hotspot_classes import Null
from geo.levels import LEVELS
from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.periods import Period
from ledger.records.query import Condition, Selection, within
from ledger.reporting.statistics.counting import countable_ledgers
from ledger.reporting.statistics.regions import BASES, Basis
from ledger.reporting.statistics.requests import PEOPLE_LABELS, People, Request
from pages._views.case_measures import (
    DEFAULT_KIND,
    KINDS,
    MEASURES,
    SIGNIFICANCE,
    period_asked,
    periods_of,
)
from pages._views.condition_parameters import read_conditions
from pages._views.map_view import map_top
from pages._views.rows_link import area_rows

Params = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class HotspotView:
    """What the page shows. ``under`` None is the whole tree."""

    under: str | None
    level: str
    period: Period
    kind: str = DEFAULT_KIND
    ledger: str = "petitions"
    layer: str = SIGNIFICANCE
    people: str = "population"
    null: Null = Null.MEASURED
    basis: str = "then"
    area: str | None = None
    homes: bool = False
    table: bool = False
    conditions: tuple[Condition, ...] = field(default=())

    @property
    def request(self) -> Request:
        """The question that the view asks."""
        return Request(
            self.period,
            self.ledger,
            self.level,
            self.under,
            Selection(conditions=self.conditions),
            cast(People, self.people),
            self.null,
            basis=cast(Basis, self.basis),
        )

    @property
    def filtered(self) -> bool:
        """Whether records are left out, or counted otherwise than by default."""
        other = self.people != "population" or self.null is not Null.MEASURED
        return bool(self.conditions) or other or self.basis != "then"

    def unfiltered(self) -> HotspotView:
        """The same place, ledger and period with every filter taken away."""
        return replace(self, conditions=(), people="population", null=Null.MEASURED, basis="then")

    def choice(self, key: str) -> list[str]:
        """The values that a column is narrowed to; empty for all."""
        return [
            str(value) for one in self.conditions if one.key == key for value in one.value or ()
        ]

    def narrowed(self, key: str, values: Sequence[str]) -> HotspotView:
        """The view with one column narrowed to other values."""
        kept = tuple(one for one in self.conditions if one.key != key)
        fresh = (Condition(key, "in", tuple(values)),) if values else ()
        return replace(self, conditions=kept + fresh)


def filterable(ledger: Ledger) -> tuple[Column, ...]:
    """The columns that the page narrows by: choices made when a record comes in."""
    return tuple(
        column
        for column in ledger.columns
        if column.type is ColumnType.CHOICE
        and not column.computed
        and column.group == "基本信息"
        and not column.rule.masked
    )


def levels_below(atlas: Atlas, under: str | None) -> tuple[str, ...]:
    """The levels of which there are areas below a scope; its own if there are none."""
    own = atlas[under].level if under is not None else None
    first = LEVELS.index(own) + 1 if own else 0
    below = tuple(level for level in LEVELS[first:] if level in atlas.levels)
    return below or ((own,) if own else ())


def scopes(atlas: Atlas, actor: Actor) -> tuple[Area | None, ...]:
    """What the page can be asked of: the actor's own area, and those down to the townships."""
    top = map_top(atlas, actor)
    areas: list[Area | None] = [None if top is None else atlas[top]]
    seen = [area for area in atlas if actor.sees(area.path) and area.code != top]
    return tuple(areas + [area for area in seen if area.level in ("county", "township")])


def read_view(atlas: Atlas, actor: Actor, params: Params) -> HotspotView:
    """The view of an address. What is unknown, or out of scope, is as if it were not there."""

    def one(name: str) -> str:
        return (params.get(name) or [""])[-1]

    asked = atlas.get(one("under"))
    under = asked.code if asked is not None and actor.sees(asked.path) else map_top(atlas, actor)
    ledger = one("ledger")
    if ledger not in {each.key for each in countable_ledgers()}:
        ledger = "petitions"
    kind = one("kind") if one("kind") in KINDS else DEFAULT_KIND
    levels = levels_below(atlas, under)
    usual = "village" if "village" in levels else levels[0]
    return HotspotView(
        under=under,
        level=one("level") if one("level") in levels else usual,
        period=period_asked(one("period"), kind),
        kind=kind,
        ledger=ledger,
        layer=one("layer") if one("layer") in MEASURES else SIGNIFICANCE,
        people=one("people") if one("people") in PEOPLE_LABELS else "population",
        null=Null(one("null")) if one("null") in set(Null) else Null.MEASURED,
        basis=one("basis") if one("basis") in BASES else "then",
        area=one("area") or None,
        homes=one("homes") == "1",
        table=one("table") == "1",
        conditions=_conditions(ledger_named(ledger), params),
    )


def write_view(view: HotspotView, top: str | None, *, whole: bool = False) -> dict[str, list[str]]:
    """The parameters of a view; those with their default value are left out, unless ``whole``."""
    params: dict[str, list[str]] = {}
    defaults = {
        "under": top,
        "level": "village",
        "ledger": "petitions",
        "kind": DEFAULT_KIND,
        "layer": SIGNIFICANCE,
        "people": "population",
        "null": Null.MEASURED,
        "basis": "then",
        "area": None,
    }
    for key, usual in defaults.items():
        value = getattr(view, key)
        if value is not None and (whole or value != usual):
            params[key] = [str(value)]
    if whole or view.period != periods_of(view.kind)[-1]:
        params["period"] = [view.period.text]
    for flag in ("homes", "table"):
        if getattr(view, flag):
            params[flag] = ["1"]
    for condition in view.conditions:
        params[f"{condition.key}.in"] = [str(value) for value in condition.value]
    return params


def counted_rows(view: HotspotView, atlas: Atlas, code: str | None) -> Selection:
    """The rows that the numbers of an area count."""
    ledger = ledger_named(view.ledger)
    day = ledger.by_key[str(ledger.dated)]
    return area_rows(atlas, code, (*view.conditions, *within(day, view.period)))


def _conditions(ledger: Ledger, params: Params) -> tuple[Condition, ...]:
    known = {f"{column.key}.in" for column in filterable(ledger)}
    found: list[Condition] = []
    for name, values in params.items():
        if name in known:
            try:
                found += read_conditions(ledger, name, values)
            except Invalid:
                continue
    return tuple(found)
