"""Streamlit's sessions and their uploads: for the person whose page it is, and bounded."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages._web import uploads
from pages._web.uploads import Held, Limits, OwnUploads

MINE, THEIRS = str(uuid4()), str(uuid4())
FILES = [str(uuid4()) for _ in range(4)]
ME, SOMEBODY = 1, 2
MEGABYTE = 1024 * 1024


def told(session: str, *files: str) -> list[bytes]:
    """What Streamlit says over a page's WebSocket: its session, then addresses for uploads."""
    begun, asked = ForwardMsg(), ForwardMsg()
    begun.new_session.initialize.session_id = session
    for file in files:
        one = asked.file_urls_response.file_urls.add()
        one.upload_url = one.delete_url = f"/_stcore/upload_file/{session}/{file}"
        one.file_id = file
    return [begun.SerializeToString(), asked.SerializeToString()]


class Streamlit:
    """Tells its sockets what it is asked to tell, and keeps what is put into it."""

    def __init__(self) -> None:
        self.tells: list[bytes] = []
        self.kept: dict[str, dict[str, int]] = {}
        self.meanwhile: Any = None

    def held(self, session: str) -> Held:
        files = self.kept.get(session, {})
        return Held(len(files), sum(files.values()))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            for message in self.tells:
                await send({"type": "websocket.send", "bytes": message})
            return
        if self.meanwhile is not None:
            then, self.meanwhile = self.meanwhile, None
            await then()
        session, file = scope["path"].split("/")[-2:]
        files = self.kept.setdefault(session, {})
        if scope["method"] == "PUT":
            files[file] = int(dict(scope["headers"])[b"content-length"])
        else:
            files.pop(file, None)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def streamlit() -> Streamlit:
    return Streamlit()


@pytest.fixture
def app(streamlit: Streamlit, monkeypatch: pytest.MonkeyPatch) -> OwnUploads:
    small = Limits(page=Held(2, 3 * MEGABYTE), person=Held(3, 4 * MEGABYTE))
    monkeypatch.setattr(uploads, "limits", lambda: small)
    return OwnUploads(streamlit, streamlit.held)


async def call(app: OwnUploads, person: int, scope: dict[str, Any]) -> list[Any]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    state = {"session": SimpleNamespace(user_id=person)}
    await app({"headers": [], **scope, "state": state}, receive, send)
    return sent


def open_page(app: OwnUploads, person: int, again: str | None = None) -> list[Any]:
    protocols = f"streamlit, xsrf, {again}" if again else "streamlit, xsrf"
    headers = [(b"sec-websocket-protocol", protocols.encode())]
    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
    return asyncio.run(call(app, person, scope))


def request(session: str, file: str, method: str, size: int | None) -> dict[str, Any]:
    headers = [] if size is None else [(b"content-length", str(size).encode())]
    path = f"/_stcore/upload_file/{session}/{file}"
    return {"type": "http", "path": path, "method": method, "headers": headers}


def put(
    app: OwnUploads,
    person: int,
    file: str = FILES[0],
    *,
    session: str = MINE,
    method: str = "PUT",
    size: int | None = 100,
) -> int:
    sent = asyncio.run(call(app, person, request(session, file, method, size)))
    return int(sent[0]["status"])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_an_address_is_there_for_the_person_who_was_told_it(
    app: OwnUploads, streamlit: Streamlit, method: str
) -> None:
    assert put(app, ME, method=method) == 404, "nobody was told"
    streamlit.tells = told(MINE, FILES[0])
    assert open_page(app, ME)[1]["bytes"] == streamlit.tells[0], "what is told is left as it is"
    assert put(app, SOMEBODY, method=method) == 404
    assert put(app, ME, FILES[1], method=method) == 404, "an address of one's own making"
    assert put(app, ME, session=THEIRS, method=method) == 404
    assert put(app, ME, f"{FILES[0]}/x", method=method) == 404
    assert put(app, ME, method=method) == 204


def test_a_session_goes_back_to_its_person_only(app: OwnUploads, streamlit: Streamlit) -> None:
    """After another sign-in in the same browser, or with an id that was seen somewhere."""
    streamlit.tells = told(MINE)
    open_page(app, ME)
    assert [message["type"] for message in open_page(app, SOMEBODY, MINE)] == ["websocket.close"]
    assert open_page(app, ME, MINE)[0]["type"] == "websocket.accept"
    assert open_page(app, SOMEBODY, THEIRS)[0]["type"] == "websocket.accept", "a restart forgot it"


def test_a_page_and_a_person_hold_so_much_and_no_more(
    app: OwnUploads, streamlit: Streamlit
) -> None:
    for session in (MINE, THEIRS):
        streamlit.tells = told(session, *FILES)
        open_page(app, ME)
    assert put(app, ME, FILES[0]) == 204
    assert put(app, ME, FILES[1], size=MEGABYTE) == 204
    assert put(app, ME, FILES[2]) == 413, "a third file of one page"
    assert put(app, ME, FILES[0], method="DELETE") == 204
    assert put(app, ME, FILES[2], size=2 * MEGABYTE + 65_536 + 1) == 413, "too many bytes of a page"
    assert put(app, ME, FILES[2], size=MEGABYTE) == 204
    assert put(app, ME, FILES[0], session=THEIRS, size=3 * MEGABYTE) == 413, "of a person"
    assert put(app, ME, FILES[0], session=THEIRS) == 204
    assert put(app, ME, FILES[1], session=THEIRS) == 413, "a fourth file of one person"
    assert put(app, ME, FILES[0], session=THEIRS, size=None) == 411, "of unknown length"


def test_what_is_on_its_way_counts(app: OwnUploads, streamlit: Streamlit) -> None:
    streamlit.tells = told(MINE, *FILES)
    open_page(app, ME)
    answers: list[int] = []

    async def together() -> None:
        scope = request(MINE, FILES[1], "PUT", 2 * MEGABYTE)
        answers.append((await call(app, ME, scope))[0]["status"])

    streamlit.meanwhile = together
    assert put(app, ME, FILES[0], size=2 * MEGABYTE) == 204
    assert answers == [413]
    assert put(app, ME, FILES[1], size=MEGABYTE) == 204, "what arrived is counted once"


def test_limits_follow_the_largest_file() -> None:
    page, person = uploads.limits()
    assert page.size == 4 * 50 * MEGABYTE
    assert person.size == 2 * page.size
