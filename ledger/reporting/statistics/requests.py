"""A request for hotspots: ledger, place, period, filter, and the null hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from geo.atlas import Area, Atlas
from geo.hotspot_classes import Null
from geo.hotspot_settings import Settings
from geo.levels import LEVELS
from ledger.casework.map_overview import area_path, top_of
from ledger.domain.access import Actor
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.records.query import Selection
from ledger.reporting.statistics.counting import require_countable
from ledger.reporting.statistics.regions import BASES, Basis

People = Literal["population", "elderly"]
PEOPLE_LABELS: dict[str, str] = {"population": "常住人口", "elderly": "60岁以上人口"}
DEFAULT_SEED = Settings().seed


@dataclass(frozen=True)
class Request:
    """One question. ``scope`` None is everything the actor sees; two equal ones have one answer.

    ``people`` is who the rates refer to; ``basis`` says which areas count where they were changed
    (`ledger.reporting.statistics.regions`).
    """

    period: Period
    ledger: str = "petitions"
    level: str = "village"
    scope: str | None = None
    selection: Selection = field(default_factory=Selection)
    people: People = "population"
    null: Null = Null.MEASURED
    seed: int = DEFAULT_SEED
    basis: Basis = "then"

    def at(self, period: Period) -> Request:
        """The same question of another period."""
        return replace(self, period=period)


@dataclass(frozen=True)
class Place:
    """The scope of a question: its area (None: the whole tree), and its path."""

    area: Area | None
    path: str

    @property
    def name(self) -> str:
        """The area's name, fit for a sentence."""
        return self.area.name if self.area else "全部区域"


def checked(actor: Actor, atlas: Atlas, request: Request, today: date | None = None) -> Place:
    """Where the question is asked about.

    Raises
    ------
    Invalid
        For a ledger without a day or a place, an unknown level, people or basis, and for a period
        that has not begun.
    NotFound
        For a scope that is not there or not the actor's.
    """
    require_countable(ledger_named(request.ledger))
    if request.level not in LEVELS:
        raise Invalid(f"层级“{request.level}”无法识别，只能是：{'、'.join(LEVELS)}")
    if request.people not in PEOPLE_LABELS or request.basis not in BASES:
        raise Invalid("统计口径无法识别，请从页面重新选择")
    today = today or clock.today()
    if request.period.start > today:
        raise Invalid(
            f"统计期从{request.period.start}开始，晚于今天({today})，还没有可统计的数据，请改正日期"
        )
    code = top_of(actor) if request.scope in (None, "*") else request.scope
    path = area_path(actor, atlas, code)
    return Place(atlas.get(code), path)
