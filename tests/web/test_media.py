"""Files that a page was given: for its session, and to nobody else."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.memory_media_file_storage import _calculate_file_id

from pages._web import media
from pages._web.media import OwnMedia

FILE = f"/media/{_calculate_file_id(b'names', 'text/plain', 'a.xlsx')}.xlsx"
PAGE = b"\x0a\x12" + FILE.encode() + b"J\x04name"


class Streamlit:
    """Tells the socket what it is asked to tell, and has every file."""

    def __init__(self) -> None:
        self.tells = PAGE

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "bytes": self.tells})
            await send({"type": "websocket.send", "text": "whatever"})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"names and phones"})


@pytest.fixture
def streamlit() -> Streamlit:
    return Streamlit()


@pytest.fixture
def app(streamlit: Streamlit) -> OwnMedia:
    return OwnMedia(streamlit)


def visit(app: OwnMedia, kind: str, session: str, path: str, method: str = "GET") -> list[Any]:
    """What was sent to somebody of this session."""
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("nobody reads")

    async def send(message: Any) -> None:
        sent.append(message)

    state = {"session": SimpleNamespace(key=session)}
    scope = {"type": kind, "path": path, "method": method, "headers": [], "state": state}
    asyncio.run(app(scope, receive, send))
    return sent


def status(app: OwnMedia, session: str, path: str = FILE, method: str = "GET") -> int:
    return int(visit(app, "http", session, path, method)[0]["status"])


def test_a_file_opens_for_the_session_that_was_told_of_it(app: OwnMedia) -> None:
    assert status(app, "mine") == 404, "nobody was told"
    told = visit(app, "websocket", "mine", "/_stcore/stream")
    assert told[1]["bytes"] == PAGE, "what is told is left as it is"
    assert status(app, "mine") == 200
    assert status(app, "mine", method="HEAD") == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_to_others_it_is_as_if_it_were_not_there(app: OwnMedia, method: str) -> None:
    visit(app, "websocket", "mine", "/_stcore/stream")
    assert status(app, "theirs", method=method) == 404
    there = visit(app, "http", "theirs", FILE, method)
    nowhere = visit(app, "http", "theirs", f"/media/{0:032}.xlsx", method)
    assert there == nowhere
    assert b"phones" not in b"".join(message.get("body", b"") for message in there)


def test_other_addresses_are_nobodys_own(app: OwnMedia) -> None:
    assert status(app, "theirs", "/static/js/x.js") == 200


def test_links_are_forgotten_the_oldest_first(
    app: OwnMedia, streamlit: Streamlit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "_MOST", 2)
    for name in "abac":
        streamlit.tells = f"/media/{name * 32}b\x04".encode()
        visit(app, "websocket", "mine", "/_stcore/stream")
    opened = {name: status(app, "mine", f"/media/{name * 32}") for name in "abc"}
    assert opened == {"a": 200, "b": 404, "c": 200}
