"""Calls routes as a server would, on behalf of somebody who came through the gate."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.routing import BaseRoute, Router

from ledger.domain.access import Actor


@dataclass(frozen=True)
class Answer:
    """Status, headers (lower case) and the body as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The JSON in the body, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return json.loads(gzip.decompress(self.body) if packed else self.body)


def get(
    routes: Sequence[BaseRoute], url: str, actor: Actor | None, headers: Mapping[str, str] = {}
) -> Answer:
    """GET ``url`` from the routes as ``actor``."""
    return _asked(routes, "GET", url, {"actor": actor}, headers, b"")


def post(
    routes: Sequence[BaseRoute],
    url: str,
    state: Mapping[str, Any],
    body: bytes,
    headers: Mapping[str, str] = {},
) -> Answer:
    """POST ``body``; ``state`` is what the gate found of whoever asks: ``actor``, ``session``."""
    return _asked(routes, "POST", url, state, headers, body)


def _asked(
    routes: Sequence[BaseRoute],
    method: str,
    url: str,
    state: Mapping[str, Any],
    headers: Mapping[str, str],
    body: bytes,
) -> Answer:
    parts = urlsplit(url)
    scope = {
        "type": "http",
        "method": method,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(key.lower().encode(), value.encode()) for key, value in headers.items()],
        "state": dict(state),
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Router(list(routes))(scope, receive, send))
    answered = b"".join(message.get("body", b"") for message in sent[1:])
    names = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], names, answered)
