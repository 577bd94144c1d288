"""The gate with its routes, and in place of Streamlit something that tells who came through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ledger.people.users import User
from ledger.storage import Store
from pages._cookies import SESSION_COOKIE
from pages._web.gate import actor_of_request
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES
from tests.ledger.conftest import store  # noqa: F401
from tests.people import quick_hashing, set_clock, token_of  # noqa: F401
from tests.web.visiting import Browser

INDEX = (
    '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title>'
    '<link rel="service-desc" href="./_stcore/agent/openapi.json" /></head>'
    '<body><noscript>You need</noscript><div id="root"></div></body></html>'
)


async def behind(request: Request) -> Response:
    """Whatever Streamlit would answer: its index page, or one of its files."""
    if "text/html" in request.headers.get("accept", "") and "." not in request.url.path:
        return HTMLResponse(INDEX, headers={"ETag": '"index"'})
    return JSONResponse({"actor": actor_of_request(request).name})


async def echo(socket: WebSocket) -> None:
    """An open connection that answers with the name of whoever sends something."""
    await socket.accept()
    try:
        while True:
            await socket.receive_text()
            await socket.send_text(actor_of_request(socket).name)
    except WebSocketDisconnect:
        pass


@pytest.fixture
def client(store: Store) -> Browser:  # noqa: F811
    """Somebody's browser, not signed in."""
    app = Starlette(
        routes=[
            *ROUTES,
            WebSocketRoute("/_stcore/stream", echo),
            Route("/{path:path}", behind, methods=["GET", "POST", "PUT", "DELETE"]),
        ],
        middleware=MIDDLEWARE,
    )
    return Browser(app)


@pytest.fixture
def enter(client: Browser, store: Store) -> Callable[[User], str]:  # noqa: F811
    """``enter(user)`` gives the browser a session of that user and returns its token."""

    def with_session(user: User) -> str:
        token = token_of(store, user)
        client.cookies[SESSION_COOKIE] = token
        return token

    return with_session
