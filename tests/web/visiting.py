"""A browser without a screen: calls an ASGI application as a server would, and keeps cookies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from starlette.datastructures import Headers

HOST = "office.example"
PATIENCE = 10.0


class SocketClosed(Exception):
    """The server closed the WebSocket, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str | None:
        return self.headers.get("location")


class Browser:
    """Somebody's browser; redirects are not followed."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}

    def get(self, url: str, **headers: str) -> Answer:
        return self.request("GET", url, headers)

    def post(self, url: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.request("POST", url, {**kind, **headers}, urlencode(fields or {}).encode())

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        scope = self._scope("http", url, headers or {}) | {"method": method}
        sent: list[Any] = []

        unread = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if not unread:
                await asyncio.Event().wait()  # the browser stays until it has its answer
            return unread.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        answer = Answer(
            sent[0]["status"],
            Headers(raw=sent[0]["headers"]),
            b"".join(message.get("body", b"") for message in sent[1:]),
        )
        self._keep_cookies(answer)
        return answer

    def socket(self, url: str, **headers: str) -> Socket:
        return Socket(self.app, self._scope("websocket", url, headers) | {"subprotocols": []})

    def _scope(self, kind: str, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
        parts = urlsplit(url)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told = {"host": HOST, **({"cookie": cookies} if cookies else {}), **headers}
        return {
            "type": kind,
            "http_version": "1.1",
            "scheme": "http" if kind == "http" else "ws",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "root_path": "",
            "query_string": parts.query.encode(),
            "headers": [
                (key.replace("_", "-").lower().encode(), value.encode())
                for key, value in told.items()
            ],
            "client": ("10.0.0.7", 4711),
            "server": (HOST, 80),
        }

    def _keep_cookies(self, answer: Answer) -> None:
        for line in answer.headers.getlist("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


class Socket:
    """A WebSocket as a context; entering fails with `SocketClosed` if it is not accepted."""

    def __init__(self, app: Any, scope: dict[str, Any]) -> None:
        self._app, self._scope = app, scope
        self._to_app: Queue[dict[str, Any]] = Queue()
        self._from_app: Queue[dict[str, Any]] = Queue()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Socket:
        self._thread.start()
        self._to_app.put({"type": "websocket.connect"})
        self._next("websocket.accept")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._to_app.put({"type": "websocket.disconnect", "code": 1000})
        self._thread.join(PATIENCE)

    def ask(self, text: str) -> str:
        """Send a text and wait for the answer."""
        self._to_app.put({"type": "websocket.receive", "text": text})
        return str(self._next("websocket.send")["text"])

    def _next(self, kind: str) -> dict[str, Any]:
        message = self._from_app.get(timeout=PATIENCE)
        if message["type"] == "websocket.close":
            raise SocketClosed(message["code"])
        assert message["type"] == kind
        return message

    def _run(self) -> None:
        async def receive() -> dict[str, Any]:
            return await asyncio.to_thread(self._to_app.get)

        async def send(message: Any) -> None:
            self._from_app.put(message)

        asyncio.run(self._app(self._scope, receive, send))
