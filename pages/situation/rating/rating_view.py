"""The rating page's view ↔ the parameters of its address, so that a view can be sent on.

``period`` is the text of a month or a quarter, ``area`` the area whose villages are ranked,
``village`` the one that is explained, ``order=best`` puts the best first, ``page`` the part of the
ranking on show. Whatever cannot be followed is left at its default: an address is typed, shortened
and forwarded by people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from geo.atlas import Area, Atlas
from ledger.domain.access import Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import Period, period_of, read_period
from ledger.reporting.rating.points import checked_period
from pages._ui.paging import page_number

QUARTERS, MONTHS = 6, 12


@dataclass(frozen=True)
class RatingView:
    """What the page shows."""

    period: Period
    area: Area | None = None
    village: str = ""
    best_first: bool = False
    page: int = 1


def periods_on_offer(today: date) -> tuple[Period, ...]:
    """Quarters, then months, the newest first."""
    quarters = period_of("quarter", today).last(QUARTERS)
    months = period_of("month", today).last(MONTHS)
    return (*reversed(quarters), *reversed(months))


def read_view(atlas: Atlas, actor: Actor, params: Mapping[str, str], today: date) -> RatingView:
    """The view of an address; see the module."""
    area = atlas.get(params.get("area", ""))
    if area is not None and not actor.sees(area.path):
        area = None
    return RatingView(
        _period(params.get("period", ""), today),
        area,
        params.get("village", ""),
        params.get("order") == "best",
        page_number(params.get("page", "")),
    )


def write_view(view: RatingView) -> dict[str, str]:
    """The parameters of a view; those with their default value are left out, except the period."""
    params = {"period": view.period.text}
    if view.area is not None:
        params["area"] = view.area.code
    if view.village:
        params["village"] = view.village
    if view.best_first:
        params["order"] = "best"
    if view.page > 1:
        params["page"] = str(view.page)
    return params


def link(view: RatingView, **changes: object) -> str:
    """The address of a view that differs so from this one."""
    return "rating?" + urlencode(write_view(replace(view, **changes)))  # type: ignore[arg-type]


def _period(text: str, today: date) -> Period:
    try:
        return checked_period(read_period(text))
    except Invalid:
        return period_of("quarter", today)
