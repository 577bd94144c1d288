"""Streamlit's links to pictures and downloads, for the session only that was given them.

Streamlit serves ``/media/<hash>`` to every client with the address. It sends an address to a
browser over the WebSocket of a page; this module notes which session that was, and answers every
other session as if the file did not exist.
"""

from __future__ import annotations

import re
from collections import OrderedDict

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOLDER = "/media/"
# An address is a hash and a kind of file. What follows in the message is not separated from it.
_NAMED = re.compile(rb"/media/([0-9a-f]{32})")
# A link that is forgotten is told again when its page runs; each takes some hundred bytes.
_MOST = 20_000


class OwnMedia:
    """ASGI middleware behind the gate, which says whose session a connection belongs to."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.app(scope, receive, self._noting(scope["state"]["session"].key, send))
        elif scope["type"] == "http" and scope["path"].startswith(_FOLDER):
            await (self.app if self._was_told(scope) else _MISSING)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _noting(self, session: str, send: Send) -> Send:
        async def noting(message: Message) -> None:
            for file in _NAMED.findall(message.get("bytes") or b""):
                self._note(session, file.decode("ascii"))
            await send(message)

        return noting

    def _note(self, session: str, file: str) -> None:
        self._told[session, file] = None
        self._told.move_to_end((session, file))
        while len(self._told) > _MOST:
            self._told.popitem(last=False)

    def _was_told(self, scope: Scope) -> bool:
        file = scope["path"].removeprefix(_FOLDER).partition(".")[0]
        return (scope["state"]["session"].key, file) in self._told


# What Streamlit itself says of a file that it does not have.
_MISSING = PlainTextResponse("File not found", status_code=404)
