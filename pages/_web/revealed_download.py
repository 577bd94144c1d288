"""Download of a few records with their protected texts: with a reason, by POST, and logged.

A form posts it, so the reason stands in no address, no history of the browser and no access log.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.domain.ledgers import LEDGERS
from ledger.exchange.writing.formats import FORMATS
from pages._web.downloads import export_view, refusal, sent
from pages._web.forms import read_form, session_token_right
from pages._web.gate import actor_of_request


async def download_revealed(request: Request) -> Response:
    """``POST /download/institutions.xlsx?tier.in=4`` with ``csrf`` and ``reason``.

    The address filters as that of a download does; the service refuses more than a few records.
    """
    ledger_key, _, suffix = str(request.path_params["name"]).rpartition(".")
    form = await read_form(request)
    if not session_token_right(request, form.get("csrf", "")):
        return refusal("页面已过期，没有导出。请回到台账页面刷新后再试。", 403)
    if ledger_key not in LEDGERS or suffix not in FORMATS:
        return refusal("没有这个下载。请回到台账页面重新选择。", 404)
    actor, reason = actor_of_request(request), form.get("reason", "")
    params = {key: request.query_params.getlist(key) for key in request.query_params}
    return await sent(export_view, actor, ledger_key, suffix, params, reason)


ROUTES: list[BaseRoute] = [
    Route("/download/{name}", download_revealed, methods=["POST"]),
]
