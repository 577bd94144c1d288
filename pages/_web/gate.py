"""The gate: only a few HTTP and WebSocket paths are answered without a session.

It stands before Streamlit as ASGI middleware, so it also covers ``/_stcore/*``, ``/media/*`` and
component files. An open WebSocket is checked again when the browser sends something, so a session
that was taken away ends there too, even inside fragments, which do not run the page's own guard.
"""

from __future__ import annotations

import logging
import time
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.domain.access import Actor
from ledger.domain.errors import StorageError
from ledger.people import sessions
from ledger.people.sessions import Session
from ledger.people.users import has_users
from pages._cookies import SESSION_COOKIE
from pages._database import store
from pages._web.forms import render

OPEN_PATHS = frozenset(
    {
        "/healthz",
        "/beat",
        "/readyz",
        # Answers only to this machine itself or to a token of its own (pages/_web/health.py).
        "/metrics",
        "/signin",
        "/sso",
        "/sso/callback",
        "/trust",
        "/trust/authority.crt",
        "/assets/app/forms.css",
        "/assets/app/forms.js",
        "/assets/app/icon.svg",
    }
)
SETUP_PATH = "/setup"
# What answers, or dresses the page that says so, while the database cannot be used.
_WITHOUT_DATABASE = frozenset(
    path
    for path in OPEN_PATHS
    if path.startswith("/assets/") or path in {"/healthz", "/beat", "/readyz"}
)
# While a new password is due, nothing else opens.
_WITH_DUE_PASSWORD = frozenset({"/password", "/signout", "/session"})
# Asked by a script, not by a person: no sign of life.
_NOT_ALIVE = frozenset({"/session"})
_NEVER_A_PAGE = (
    "/_stcore/",
    "/static/",
    "/media/",
    "/component/",
    "/assets/",
    "/areas/",
    "/session",
)
# Files that are the same for everybody. A page asks for some sixty of them at once; a session that
# was checked a moment ago is not checked again for each.
_PARTS = ("/static/", "/assets/", "/component/")
_PARTS_SECONDS = 5.0
_MOST_REMEMBERED = 1_000
# Streamlit's interface for programs has no use here, not even for people who are signed in.
_CLOSED = "/_stcore/agent"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CHECK_SOCKET_EVERY = 1.0
_log = logging.getLogger(__name__)

Found = tuple[Actor, Session]


def actor_of_request(request: HTTPConnection) -> Actor:
    """Who acts in a request that came through the gate."""
    actor: Actor = request.scope["state"]["actor"]
    return actor


def session_of_request(request: HTTPConnection) -> Session:
    """The session of a request that came through the gate."""
    session: Session = request.scope["state"]["session"]
    return session


class Gate:
    """ASGI middleware; puts ``actor`` and ``session`` into the state of what it lets through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._lately: dict[str, tuple[float, Found]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            found = await self._found(request)
            answer = await _answer(request, found)
        except StorageError as error:
            _log.error("database not usable: %s", error)
            found, answer = None, _not_usable(request, error)
            if scope["path"] in _WITHOUT_DATABASE:
                answer = None
        if answer is not None:
            await answer(scope, receive, send)
            return
        _remember(scope, found)
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except StorageError as error:
            if begun:
                raise
            _log.error("database not usable: %s", error)
            await _not_usable(request, error)(scope, receive, send)

    async def _found(self, request: Request) -> Found | None:
        """Who asks: looked up, or for mere parts of a page remembered for a few seconds."""
        path, token, now = request.scope["path"], session_token_of(request), time.monotonic()
        if token is None:
            return None
        if path.startswith(_PARTS):
            since, remembered = self._lately.get(token, (0.0, None))
            if remembered is not None and now - since < _PARTS_SECONDS:
                return remembered
        found = await _session_of(request, touch=path not in _NOT_ALIVE)
        if len(self._lately) >= _MOST_REMEMBERED:
            self._lately.clear()
        if found is None:
            self._lately.pop(token, None)
        else:
            self._lately[token] = (now, found)
        return found

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        found = await _socket_session(connection)
        if found is None or not same_origin(connection.headers):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        _remember(scope, found)
        await self.app(scope, _watched(connection, receive, send), send)


def same_origin(headers: Headers) -> bool:
    """Whether a request comes from a page of this server, or from no page at all."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def session_token_of(connection: HTTPConnection) -> str | None:
    """The session token in the connection's cookies."""
    return connection.cookies.get(SESSION_COOKIE)


async def _session_of(connection: HTTPConnection, *, touch: bool) -> Found | None:
    token = session_token_of(connection)
    return await run_in_threadpool(sessions.actor_for, store(), token, touch=touch)


async def _answer(request: Request, found: Found | None) -> Response | None:
    """What the gate itself answers; None lets the request through."""
    path = request.url.path
    if path == _CLOSED or path.startswith(_CLOSED + "/"):
        return PlainTextResponse("没有这个页面", status_code=404)
    if request.method not in _SAFE_METHODS and not same_origin(request.headers):
        return PlainTextResponse("请求来自其他网站，已拒绝", status_code=403)
    if path in OPEN_PATHS:
        return None
    if found is None:
        return await _without_session(request)
    if path == SETUP_PATH:
        return RedirectResponse("/", status_code=303)
    if found[1].must_change and path not in _WITH_DUE_PASSWORD:
        if _is_navigation(request):
            return RedirectResponse("/password", status_code=303)
        return PlainTextResponse("请先修改密码", status_code=403)
    return None


def _not_usable(request: Request, error: StorageError) -> Response:
    """One page (for a part of a page one line) that says what is wrong with the database."""
    if not _is_navigation(request):
        return PlainTextResponse(
            str(error), status_code=503, headers={"Cache-Control": "no-store", "Retry-After": "30"}
        )
    return render(request, "unusable.html", {"error": str(error)}, status=503)


async def _without_session(request: Request) -> Response | None:
    path = request.url.path
    if path == SETUP_PATH and not await run_in_threadpool(has_users, store()):
        return None
    if not _is_navigation(request):
        return PlainTextResponse("请先登录", status_code=401, headers={"Cache-Control": "no-store"})
    wanted = path + (f"?{request.url.query}" if request.url.query else "")
    target = "/signin" if wanted == "/" else f"/signin?next={quote(wanted, safe='/')}"
    return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})


def _is_navigation(request: Request) -> bool:
    """Whether a person opens a page, as against a page loading its parts."""
    if request.method not in {"GET", "HEAD"} or request.url.path.startswith(_NEVER_A_PAGE):
        return False
    return "text/html" in request.headers.get("accept", "")


async def _socket_session(connection: HTTPConnection) -> Found | None:
    try:
        found = await _session_of(connection, touch=True)
    except StorageError as error:
        _log.error("database not usable: %s", error)
        return None
    return None if found is None or found[1].must_change else found


def _watched(connection: HTTPConnection, receive: Receive, send: Send) -> Receive:
    """``receive`` that ends the connection once the session is gone or its rights changed."""
    started: Found = (connection.scope["state"]["actor"], connection.scope["state"]["session"])
    checked = time.monotonic()

    async def watched() -> Message:
        nonlocal checked
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        if time.monotonic() - checked < _CHECK_SOCKET_EVERY:
            return message
        checked = time.monotonic()
        found = await _socket_session(connection)
        if found is not None and found[0] == started[0]:
            return message
        await send({"type": "websocket.close", "code": 4401})
        return {"type": "websocket.disconnect", "code": 4401}

    return watched


def _remember(scope: Scope, found: Found | None) -> None:
    state = scope.setdefault("state", {})
    state["actor"], state["session"] = found or (None, None)
