"""Download of the village ranking: the parameters of the rating page, checked per request."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import read_period
from ledger.exchange.writing.formats import Exported
from ledger.records.places.areas import current_atlas
from ledger.reporting.rating.rating_tables import export_ranking
from ledger.storage import Store
from pages._web.downloads import sent
from pages._web.gate import actor_of_request


async def download_ranking(request: Request) -> Response:
    """``/download/rating/ranking.xlsx?period=2026-07-01_2026-09-30&area=990101001``."""
    params = dict(request.query_params)
    actor, suffix = actor_of_request(request), str(request.path_params["suffix"])
    return await sent(ranking_file, actor, suffix, params)


def ranking_file(store: Store, actor: Actor, suffix: str, params: dict[str, str]) -> Exported:
    """The file of an address. What the page would mend is refused here: a file must hold what
    was asked for."""
    if "period" not in params:
        raise Invalid("下载地址里没有考评周期，请回到考评页面重新下载。")
    code = params.get("area") or None
    return export_ranking(
        store, actor, current_atlas(store), read_period(params["period"]), code, suffix
    )


ROUTES: list[BaseRoute] = [
    Route("/download/rating/ranking.{suffix}", download_ranking, methods=["GET"])
]
