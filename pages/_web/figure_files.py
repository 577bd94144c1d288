"""Download of the figures: the parameters of the figures page, checked per request."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import read_period
from ledger.exchange.writing.formats import Exported
from ledger.reporting.figures.figure_tables import export_figures
from ledger.storage import Store
from pages._views.condition_parameters import checked_text
from pages._web.downloads import sent
from pages._web.gate import actor_of_request


async def download_figures(request: Request) -> Response:
    """``/download/figures/figures.xlsx?period=2026-10-01_2026-10-31&area=990101001``."""
    params = dict(request.query_params)
    actor, suffix = actor_of_request(request), str(request.path_params["suffix"])
    return await sent(figures_file, actor, suffix, params)


def figures_file(store: Store, actor: Actor, suffix: str, params: dict[str, str]) -> Exported:
    """The file of an address. What the page would mend is refused here: a file must hold what
    was asked for."""
    if "period" not in params:
        raise Invalid("下载地址里没有统计期，请回到工作指标页面重新下载。")
    try:
        official = checked_text(params.get("official", "")).strip() or None
    except ValueError as refused:
        raise Invalid(f"包案领导{refused}") from None
    period = read_period(params["period"])
    return export_figures(
        store, actor, period, suffix, params.get("area") or None, official=official
    )


ROUTES: list[BaseRoute] = [
    Route("/download/figures/figures.{suffix}", download_figures, methods=["GET"])
]
