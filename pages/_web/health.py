"""Two questions of whoever watches the server: does it run, can it work."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ledger.errors import LedgerError
from ledger.storage import schema_state
from pages._database import store


async def healthz(request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


def readyz(request: Request) -> Response:
    """The database is there and of this program's version."""
    try:
        state = schema_state(store())
    except LedgerError:
        state = None
    if state == "current":
        return PlainTextResponse("ok")
    return PlainTextResponse("database not ready", status_code=503)


ROUTES: list[BaseRoute] = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
]
