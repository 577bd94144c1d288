"""The risk map's view ↔ the parameters of its address, so that a view can be sent to a colleague.

``under`` the area shown, ``layer``, ``points=0``, ``tier`` those to show (``4,3,2,1,none``),
``area`` or ``at`` what is chosen: an area's code or an institution's id; ``by`` the measure of the
layer of petitions; ``period`` (``2026-10-01_2026-10-31``) its days, and for the other layers the
month at whose end they are shown; ``since`` the day from which changes are told; ``table=1`` the
layer as a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from geo.atlas import Area, Atlas
from ledger.casework.changed_since import period_since
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period, read_day
from pages._views.case_measures import COUNT, MEASURES, period_asked

WORST, SERIOUS = "worst", "serious"
CASES, OUTREACH, PETITIONS = ("leads", "dispositions"), "outreach", "petitions"
CHANGES = "changes"
LAYERS = {
    WORST: "最高风险等级",
    SERIOUS: "三四类数量",
    "leads": "线索",
    "dispositions": "处置",
    OUTREACH: "宣传覆盖",
    PETITIONS: "信访",
    CHANGES: "变化",
}
# Of how many days changes are told where the address names none: "since last week".
USUAL_DAYS = 7
TIER_KEYS = ("4", "3", "2", "1", "none")


@dataclass(frozen=True)
class MapView:
    """What the risk map shows.

    ``under`` None is the whole tree; ``tiers`` empty is all. ``measure`` is that of the layer of
    petitions, ``period`` its days (None: the last 90 days); the other layers are shown as they
    were at its end (`on`; None: today). ``since`` is the day from which changes are told (None:
    for a week).
    """

    under: str | None
    layer: str = WORST
    points: bool = True
    tiers: tuple[str, ...] = ()
    area: str | None = None
    institution: int | None = None
    measure: str = COUNT
    period: Period | None = None
    since: date | None = None
    table: bool = False

    @property
    def on(self) -> date | None:
        """The earlier day at whose end the layer is shown; None is today."""
        timeless = self.layer in (PETITIONS, CHANGES)
        if timeless or self.period is None or self.period.end >= clock.today():
            return None
        return self.period.end

    @property
    def changed_since(self) -> date:
        """The day from which changes are told."""
        return self.since or clock.today() - timedelta(days=USUAL_DAYS)

    @property
    def nothing_chosen(self) -> bool:
        """Whether neither an area nor an institution is chosen."""
        return self.area is None and self.institution is None

    def moved_to(self, under: str | None) -> MapView:
        """The same layer and filters over another area, nothing chosen."""
        return replace(self, under=under, area=None, institution=None)

    def chosen(self, *, area: str | None = None, institution: int | None = None) -> MapView:
        """The same view with an area or an institution chosen, or neither."""
        return replace(self, area=area, institution=institution)

    @property
    def filtered(self) -> bool:
        """Whether something is left out that the page shows by itself."""
        other = self.layer != WORST or self.on is not None
        return bool(self.tiers) or not self.points or other

    def unfiltered(self) -> MapView:
        """The same place with every filter taken away."""
        return MapView(self.under, area=self.area, institution=self.institution)


def toggled(tiers: tuple[str, ...], tier: str) -> tuple[str, ...]:
    """The tiers with one switched on or off; all of them is the same as none."""
    wanted = set(tiers) ^ {tier}
    return tuple(key for key in TIER_KEYS if key in wanted) if len(wanted) < len(TIER_KEYS) else ()


def map_top(atlas: Atlas, actor: Actor) -> str | None:
    """Where the actor's map begins: their own area, or the whole tree; a lone root is entered."""
    if actor.scope_path != ROOT_PATH:
        return actor.scope_path.strip("/").rpartition("/")[2]
    roots = atlas.roots()
    alone = len(roots) == 1 and atlas.has_children(roots[0].code)
    return roots[0].code if alone else None


def read_view(atlas: Atlas, actor: Actor, params: Mapping[str, str]) -> MapView:
    """The view of an address. What is unknown, or out of scope, is as if it were not there."""
    top = map_top(atlas, actor)
    under = _visible(atlas, actor, params.get("under")) or top
    chosen = _visible(atlas, actor, params.get("area"))
    if chosen is not None and atlas[chosen].parent_code != under and chosen != under:
        chosen = None
    tiers = tuple(key for key in TIER_KEYS if key in params.get("tier", "").split(","))
    layer = params.get("layer", WORST)
    at = params.get("at", "")
    number = int(at) if at.isascii() and at.isdigit() and len(at) <= 12 else None
    return MapView(
        under=under,
        layer=layer if layer in LAYERS else WORST,
        points=params.get("points") != "0",
        tiers=tiers if len(tiers) < len(TIER_KEYS) else (),
        area=None if number is not None else chosen,
        institution=number,
        measure=params["by"] if params.get("by") in MEASURES else COUNT,
        period=_period(params.get("period", "")),
        since=_since(params.get("since", "")),
        table=params.get("table") == "1",
    )


def write_view(view: MapView, top: str | None) -> dict[str, str]:
    """The parameters of a view; those with their default value are left out."""
    params: dict[str, str] = {}
    if view.under is not None and view.under != top:
        params["under"] = view.under
    if view.layer != WORST:
        params["layer"] = view.layer
    if view.layer == PETITIONS and view.measure != COUNT:
        params["by"] = view.measure
    if view.period is not None:
        params["period"] = view.period.text
    if view.layer == CHANGES and view.since is not None:
        params["since"] = str(view.since)
    if view.table:
        params["table"] = "1"
    if not view.points:
        params["points"] = "0"
    if view.tiers:
        params["tier"] = ",".join(view.tiers)
    if view.area is not None:
        params["area"] = view.area
    if view.institution is not None:
        params["at"] = str(view.institution)
    return params


@lru_cache(maxsize=16)
def shown_areas(atlas: Atlas, under: str | None) -> tuple[Area, ...]:
    """The areas drawn for a view: those below, or the area itself if it has none."""
    if under is None:
        return atlas.roots()
    return atlas.children(under) or (atlas[under],)


def way_to(atlas: Atlas, actor: Actor, under: str | None) -> list[tuple[str | None, str]]:
    """The way back: code and name from the top of the actor's scope down to the area shown."""
    top = map_top(atlas, actor)
    way: list[tuple[str | None, str]] = [(None, "全部区域")] if top is None else []
    if under is not None:
        chain = [*atlas.ancestors(under), atlas[under]]
        way += [(a.code, a.name) for a in chain if actor.sees(a.path)]
    return way


def _period(text: str) -> Period | None:
    """The period of an address; None for the last 90 days, also where it names none."""
    asked, newest = period_asked(text), period_asked("")
    return None if asked == newest else asked


def _since(text: str) -> date | None:
    """The day of an address; None where it names none, or one that changes cannot be told from."""
    try:
        return period_since(read_day(text)).start
    except Invalid:
        return None


def _visible(atlas: Atlas, actor: Actor, code: str | None) -> str | None:
    area = atlas.get(code)
    return area.code if area is not None and actor.sees(area.path) else None
