"""Redirect the bare address to the first page of the visitor's role."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from pages._web.gate import actor_of_request
from pages.navigation import first_page


async def home(request: Request) -> Response:
    """303 to the first page of the visitor's role, with the parameters of the address."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{first_page(actor_of_request(request)).url_path}{query}", 303)


ROUTES: list[BaseRoute] = [Route("/", home, methods=["GET"])]
