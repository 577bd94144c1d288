"""One line in the log for every request, and its place in the metrics.

Logged are a number, the route's pattern, status, time and the user's id: no query, no name, no
address, no id of a record.
"""

from __future__ import annotations

import logging
import time
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.operations.logs import FIELDS, note
from ledger.operations.metrics import count_request
from pages.navigation import ENTRIES

REQUEST_ID = "x-request-id"
# Streamlit's own and other files by the hundred: one name for each folder.
_FOLDERS = ("static", "assets", "component", "media", "_stcore")
_PAGES = frozenset({"/", *(f"/{entry.url_path}" for entry in ENTRIES)})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
# Asked every few seconds by machines: counted, not logged.
_QUIET = frozenset(
    {"/healthz", "/beat", "/readyz", "/metrics", "/session", "/static/*", "/assets/*"}
)
_log = logging.getLogger(__name__)


class AccessLog:
    """ASGI middleware, outermost: every request is counted and logged with one line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number, started, status = uuid4().hex[:16], time.perf_counter(), 500
        scope.setdefault("state", {})["request_id"] = number

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = number
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as error:
            _log.error("request failed", exc_info=error, extra={FIELDS: {"request": number}})
            raise
        finally:
            _tell(scope, number, status, time.perf_counter() - started)


def route_of(scope: Scope) -> str:
    """The pattern of the route that answered, or of the page; nothing that was typed."""
    path: str = scope["path"]
    for name, value in (scope.get("path_params") or {}).items():
        # Patterns are compared piece by piece: /attachments/12 becomes /attachments/{id}.
        path = "/".join(
            f"{{{name}}}" if piece == str(value) else piece for piece in path.split("/")
        )
        path = path.replace(str(value), f"{{{name}}}") if "/" in str(value) else path
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    if first in _FOLDERS:
        return f"/{first}/*"
    if scope.get("endpoint") is not None and "path_params" in scope:
        return path
    return path if path in _PAGES else "other"


def _tell(scope: Scope, number: str, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "other"
    # What nobody answers may be called anything: one name for all of it.
    route = "other" if status in (404, 405) else route_of(scope)
    count_request(method, route, status, seconds)
    if route in _QUIET and status < 400:
        return
    actor = scope.get("state", {}).get("actor")
    fields = {
        "request": number,
        "user": getattr(actor, "user_id", None),
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    note(_log, "request", fields)
