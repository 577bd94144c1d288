"""The figures page's view ↔ the parameters of its address, so that a view can be sent on.

``period`` is two days (``2026-10-01_2026-10-31``), ``area`` a code, ``official`` a lead official's
name, ``figure`` the one that is taken apart and ``by`` how. Whatever cannot be followed is named
and left at its default: an address is typed, shortened and forwarded by people.
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
from ledger.reporting.figures import Book, By, figure_named, ways_of
from pages._text import clip
from pages._views.condition_parameters import checked_text

FIRST_FIGURE = "petitions_registered"
BY_LABELS: dict[By, str] = {"area": "按区域", "period": "按时间", "official": "按包案领导"}


@dataclass(frozen=True)
class FigureView:
    """What the page shows."""

    period: Period
    area: Area | None = None
    official: str = ""
    figure: str = FIRST_FIGURE
    by: By = "area"


def read_view(
    atlas: Atlas, actor: Actor, book: Book, params: Mapping[str, str], today: date
) -> tuple[FigureView, tuple[str, ...]]:
    """The view of an address and, in Chinese, the parts that cannot be applied. Never raises."""
    problems: list[str] = []
    view = FigureView(period_of("month", today))
    if text := params.get("period", ""):
        try:
            view = replace(view, period=read_period(text))
        except Invalid as invalid:
            problems.append(str(invalid))
    if code := params.get("area", ""):
        area = atlas.get(code)
        if area is None or not actor.sees(area.path):
            problems.append(f"没有代码为“{clip(code, 40)}”的区域，或不在您的辖区内")
        else:
            view = replace(view, area=area)
    try:
        view = replace(view, official=checked_text(params.get("official", "")).strip()[:60])
        view = _taken_apart(view, book, params)
    except Invalid as invalid:
        problems.append(str(invalid))
    except ValueError as refused:
        problems.append(f"包案领导{refused}")
    return view, tuple(problems)


def _taken_apart(view: FigureView, book: Book, params: Mapping[str, str]) -> FigureView:
    key = params.get("figure", view.figure)
    ways = ways_of(figure_named(book, key))
    by = next((way for way in BY_LABELS if way == params.get("by") and way in ways), None)
    return replace(view, figure=key, by=by or "area")


def write_view(view: FigureView) -> dict[str, str]:
    """The parameters of a view; those with their default value are left out, except the period."""
    params = {"period": view.period.text}
    if view.area is not None:
        params["area"] = view.area.code
    if view.official:
        params["official"] = view.official
    if view.figure != FIRST_FIGURE:
        params["figure"] = view.figure
    if view.by != "area":
        params["by"] = view.by
    return params


def link(view: FigureView, **changes: object) -> str:
    """The address of a view that differs so from this one."""
    return "figures?" + urlencode(write_view(replace(view, **changes)))  # type: ignore[arg-type]


def download_link(view: FigureView, suffix: str) -> str:
    """The address of the file of a view."""
    params = write_view(replace(view, figure=FIRST_FIGURE, by="area"))
    return f"/download/figures/figures.{suffix}?" + urlencode(params)
