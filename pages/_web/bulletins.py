"""Bulletins as files and their pictures: each request is checked against the session's scope."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError, NotFound
from ledger.exchange.writing.formats import Exported
from ledger.reporting.bulletins import archive
from ledger.storage import Store
from pages._database import store
from pages._web.downloads import attachment, refusal, status_of
from pages._web.gate import actor_of_request

_MOST = 2**62


async def download(request: Request) -> Response:
    """``/bulletin/12.docx`` or ``.xlsx``: the file; the download is logged."""
    suffix = str(request.path_params["suffix"])
    try:
        found = await run_in_threadpool(
            _file, store(), actor_of_request(request), _number(request), suffix
        )
    except LedgerError as error:
        return refusal(str(error), status_of(error))
    return attachment(found)


async def picture(request: Request) -> Response:
    """``/bulletin/12/tiers.png``: one picture of the preview."""
    try:
        found = await run_in_threadpool(
            archive.read, store(), actor_of_request(request), _number(request)
        )
        png = found.pictures.get(str(request.path_params["name"]))
        if png is None:
            raise NotFound("图片")
    except LedgerError as error:
        return refusal(str(error), status_of(error))
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(png, media_type="image/png", headers=headers)


def _file(store: Store, actor: Actor, number: int, suffix: str) -> Exported:
    # What writes Word files is imported by the first who asks for one, not when the server starts.
    from ledger.reporting.bulletins.files import bulletin_file

    return bulletin_file(store, actor, number, suffix)


def _number(request: Request) -> int:
    wanted = int(request.path_params["number"])
    if wanted > _MOST:
        raise NotFound("通报")
    return wanted


ROUTES: list[BaseRoute] = [
    Route("/bulletin/{number:int}.{suffix}", download, methods=["GET"]),
    Route("/bulletin/{number:int}/{name}.png", picture, methods=["GET"]),
]
