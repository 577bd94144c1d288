"""Redirect the bare address to the first page of the visitor's role.

An administrator of everything begins with 开始使用 until lists have come in.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations.first_day import is_begun
from pages._database import store
from pages._web.gate import actor_of_request
from pages.navigation import first_page


async def home(request: Request) -> Response:
    """303 to the first page of the visitor's role, with the parameters of the address."""
    query = f"?{request.url.query}" if request.url.query else ""
    page = await run_in_threadpool(_first, actor_of_request(request))
    return RedirectResponse(f"/{page}{query}", 303)


def _first(actor: Actor) -> str:
    if actor.may(Action.OPERATE):
        try:
            if not is_begun(store(), actor):
                return "first-day"
        except LedgerError:  # an administrator of one township, or the page says what is wrong
            pass
    return first_page(actor).url_path


ROUTES: list[BaseRoute] = [Route("/", home, methods=["GET"])]
