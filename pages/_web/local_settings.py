"""Download of what an office changed for itself, as one file."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ledger.operations.local_settings import settings_file
from pages._web.downloads import sent
from pages._web.gate import actor_of_request


async def download(request: Request) -> Response:
    """``/local-settings.json``, for who may change the settings."""
    return await sent(settings_file, actor_of_request(request))


ROUTES: list[BaseRoute] = [Route("/local-settings.json", download, methods=["GET"])]
