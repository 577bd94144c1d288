"""Columns that somebody draws wider, narrower or elsewhere in the table of a ledger: kept for them.

Streamlit tells its server nothing of it, so `static/columns.js` reads it from the grid and sends it
with a form.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.people.own_columns import keep_columns, pixels_in
from ledger.storage import Store
from pages._database import store
from pages._web.downloads import status_of
from pages._web.forms import read_form, session_token_right
from pages._web.gate import actor_of_request

_STALE = "页面已经过期，请刷新后再调整列"
_NO_STORE = {"Cache-Control": "no-store"}


async def keep(request: Request) -> Response:
    """``ledger``; ``shown``: keys in their order, and ``widths``: ``key:pixels``, both separated by
    commas, of which one may be missing; ``csrf``: the token of the session."""
    fields = await read_form(request)
    if not session_token_right(request, fields.get("csrf", "")):
        return JSONResponse({"error": _STALE}, 403, headers=_NO_STORE)
    try:
        await run_in_threadpool(_keep, store(), actor_of_request(request), fields)
    except LedgerError as error:
        return JSONResponse({"error": str(error)}, status_of(error), headers=_NO_STORE)
    return Response(status_code=204, headers=_NO_STORE)


def _keep(opened: Store, actor: Actor, fields: Mapping[str, str]) -> None:
    shown, widths = fields.get("shown"), fields.get("widths")
    keep_columns(
        opened,
        actor,
        fields.get("ledger", ""),
        shown=None if shown is None else shown.split(","),
        widths=None if widths is None else pixels_in(widths),
    )


ROUTES: list[BaseRoute] = [Route("/columns", keep, methods=["POST"])]
