"""Bind Streamlit's sessions and uploads to the person who opened the page, and limit them.

Streamlit accepts files for any session from every client that knows its id, without limit, and
gives a session that lost its connection to every client that names its id. It sends ids and the
addresses for uploads over the WebSocket of a page; this module notes whose page that was, and
answers all others as if the session and its addresses did not exist.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime

from ledger.domain.settings import settings

_FOLDER = "/_stcore/upload_file/"
_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TOLD = re.compile(rf"{_FOLDER}({_ID})/({_ID})".encode())
_ADDRESS = re.compile(rf"{_FOLDER}({_ID})/({_ID})")
# The form around a file in a request.
_FRAMING = 64 * 1024
_MOST_REMEMBERED = 20_000
_MEGABYTE = 1024 * 1024


class Held(NamedTuple):
    """How many files, and how many bytes."""

    files: int
    size: int


class Limits(NamedTuple):
    """What one page and one person, over all of their pages, may hold on the server at a time."""

    page: Held
    person: Held


def limits() -> Limits:
    """Four of the largest files a page, eight a person; small ones (photos) by their number."""
    largest = settings().max_upload_megabytes * _MEGABYTE
    return Limits(Held(40, 4 * largest), Held(80, 8 * largest))


def held_by(session: str) -> Held:
    """What Streamlit keeps for one of its sessions at this moment."""
    if not Runtime.exists():
        return Held(0, 0)
    kept: dict[str, Any] = getattr(Runtime.instance().uploaded_file_mgr, "file_storage", {})
    files = list(kept.get(session, {}).values())
    return Held(len(files), sum(len(file.data) for file in files))


class OwnUploads:
    """ASGI middleware behind the gate, which says whose connection and whose request it is."""

    def __init__(self, app: ASGIApp, held: Callable[[str], Held] = held_by) -> None:
        self.app = app
        self._held = held
        self._owner: OrderedDict[str, int] = OrderedDict()
        self._told: OrderedDict[tuple[int, str, str], None] = OrderedDict()
        self._under_way: Counter[int] = Counter()  # person → bytes
        self._coming: Counter[int] = Counter()  # person → files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(_FOLDER):
            await self._upload(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        person = _person(scope)
        wanted = _session_asked_for(scope)
        if wanted is not None and self._owner.get(wanted, person) != person:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        await self.app(scope, receive, self._noting(person, send))

    def _noting(self, person: int, send: Send) -> Send:
        known = False

        async def noting(message: Message) -> None:
            nonlocal known
            told = message.get("bytes") or b""
            if told and not known:
                session = _session_told(told)
                if session is not None:
                    known = True
                    _note(self._owner, session, person)
            for session_id, file_id in _TOLD.findall(told):
                address = (person, session_id.decode("ascii"), file_id.decode("ascii"))
                _note(self._told, address, None)
            await send(message)

        return noting

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        person, found = _person(scope), _ADDRESS.fullmatch(scope["path"])
        if found is None or (person, *found.groups()) not in self._told:
            await _MISSING(scope, receive, send)
        elif scope["method"] != "PUT":
            await self.app(scope, receive, send)
        else:
            await self._take(person, found[1], scope, receive, send)

    async def _take(
        self, person: int, session: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let one file in, if it fits beside what is there and what else is on its way."""
        length = Headers(scope=scope).get("content-length", "")
        if not length.isdecimal():
            await _refusal("请求没有写明长度，没有上传", 411)(scope, receive, send)
            return
        size = max(0, int(length) - _FRAMING)
        refused = self._too_much(person, session, size)
        if refused is not None:
            await refused(scope, receive, send)
            return
        self._under_way[person] += size
        self._coming[person] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._under_way[person] -= size
            self._coming[person] -= 1

    def _too_much(self, person: int, session: str, size: int) -> Response | None:
        on_its_way = Held(self._coming[person] + 1, self._under_way[person] + size)
        page, whole = limits()
        own = [name for name, owner in self._owner.items() if owner == person]
        for most, sessions, whose in ((page, [session], "这一页"), (whole, own, "您打开的各页")):
            sum_of = _sum([on_its_way, *(self._held(name) for name in sessions)])
            if sum_of.files > most.files or sum_of.size > most.size:
                return _refusal(
                    f"{whose}上传的文件最多 {most.files} 个、{most.size // _MEGABYTE} MB，"
                    "请先保存或移除已选的文件",
                    413,
                )
        return None


def _sum(parts: Iterable[Held]) -> Held:
    files, sizes = zip(*parts, strict=True)
    return Held(sum(files), sum(sizes))


def _note(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _MOST_REMEMBERED:
        kept.popitem(last=False)


def _person(scope: Scope) -> int:
    return int(scope["state"]["session"].user_id)


def _session_asked_for(scope: Scope) -> str | None:
    """The session that a browser wants back: the third of the WebSocket's protocols."""
    protocols = Headers(scope=scope).get("sec-websocket-protocol", "").split(",")
    return protocols[2].strip() or None if len(protocols) > 2 else None


def _session_told(message: bytes) -> str | None:
    """The id in the message with which Streamlit begins a run of a page."""
    try:
        told = ForwardMsg.FromString(message)
    except ValueError:  # DecodeError is one
        return None
    return told.new_session.initialize.session_id or None


def _refusal(words: str, status: int) -> Response:
    return PlainTextResponse(words, status_code=status, headers={"Cache-Control": "no-store"})


# Alike for an address of somebody else and for one that never was.
_MISSING = _refusal("没有这个上传地址，请刷新页面后重试", 404)
