"""A demo answers on this machine only: its passwords are shown on the sign-in page.

It does not start on an address that others reach, and what a proxy passes on to it is refused,
unless ``LEDGER_DEMO_OPEN`` says that it may be open to others.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.domain.errors import StorageError
from ledger.domain.settings import settings
from ledger.storage import Store
from ledger.storage.purpose import is_demo
from pages._database import store
from pages._web.forms import render

_PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip")
_OPEN_HEADING = "演示只在本机开放"
_OPEN_WORDS = (
    "演示账号的密码写在登录页上，所以演示库只接受本机的访问。确要在可信的网络里给别人看，"
    "启动时写明：LEDGER_DEMO_OPEN=yes。正式使用请先离开演示：python -m ledger leave-demo"
)
# What dresses the page that says so, and what machines ask.
_FREE = frozenset({"/healthz", "/readyz", "/assets/app/forms.css", "/assets/app/icon.svg"})


def from_here(connection: HTTPConnection) -> bool:
    """Whether the caller is on this machine; what a proxy passes on comes from elsewhere."""
    if any(name in connection.headers for name in _PASSED_ON):
        return False
    return is_loopback(connection.client.host if connection.client else "")


def is_loopback(address: str) -> bool:
    """Whether only this machine itself reaches an address."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def why_not_to_start(address: str | None) -> str | None:
    """A message if the database is a demo and would be reachable by others without permission.

    ``address`` is the one that the server listens on; None is all of them.
    """
    if is_loopback(address or "") or settings().demo_open or not is_demo(store()):
        return None
    return f"没有启动(--server.address {address or '未写'})：{_OPEN_WORDS}"


class DemoHere:
    """ASGI middleware before the gate: an open demo is refused, everything else passes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not await _refused(HTTPConnection(scope)):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            context = {"heading": _OPEN_HEADING, "error": _OPEN_WORDS}
            answer = render(Request(scope), "notice.html", context, status=403)
            await answer(scope, receive, send)


async def _refused(connection: HTTPConnection) -> bool:
    if from_here(connection) or settings().demo_open or connection.scope["path"] in _FREE:
        return False
    try:
        return await run_in_threadpool(_is_demo, store())
    except StorageError:
        return False  # the gate says what is wrong with the database


@lru_cache(maxsize=2)
def _is_demo(store: Store) -> bool:
    """Asked once a process: a database stays what it is."""
    return is_demo(store)
