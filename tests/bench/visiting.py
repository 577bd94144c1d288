"""People on a running server: sign-in by its form, pages by Streamlit's own WebSocket protocol."""

from __future__ import annotations

import asyncio
import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

MOST_SECONDS = 300.0
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


@dataclass(frozen=True)
class Visit:
    """One run of a page: seconds until its last message, bytes, and what it showed as an error."""

    page: str
    seconds: float
    size: int
    errors: tuple[str, ...]


@dataclass
class Tab:
    """One open page of somebody, with a session of Streamlit's own."""

    url: str
    cookie: str = ""
    socket: ClientConnection | None = None
    hashes: dict[str, str] = field(default_factory=dict)
    # By the end of its id, which is the key that the page gave it: id and fragment.
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def open(self) -> None:
        """Connect, as the browser does once the page is loaded."""
        headers = {"Origin": self.url} | ({"Cookie": self.cookie} if self.cookie else {})
        address = f"ws://{urlsplit(self.url).netloc}/_stcore/stream"
        self.socket = await connect(
            address,
            additional_headers=headers,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            open_timeout=MOST_SECONDS,
            ping_timeout=MOST_SECONDS,
        )

    async def close(self) -> None:
        """Leave; Streamlit keeps what the session held for a while."""
        if self.socket is not None:
            await self.socket.close()
        self.socket = None

    async def visit(self, page: str) -> Visit:
        """Ask for a page such as ``/map?under=990101`` and wait until its script has ended."""
        if self.socket is None:
            await self.open()
        assert self.socket is not None
        path, _, query = page.partition("?")
        ask = BackMsg()
        ask.rerun_script.query_string = query
        ask.rerun_script.page_name = path.strip("/")
        ask.rerun_script.page_script_hash = self.hashes.get(path.strip("/"), "")
        self.buttons.clear()
        return await self._answer(page, ask)

    async def press(self, key: str) -> Visit:
        """Press a button of the page, named by its key, as a click does: its fragment runs."""
        ask = BackMsg()
        name, ask.rerun_script.fragment_id = self.buttons[key]
        pressed = ask.rerun_script.widget_states.widgets.add()
        pressed.id, pressed.trigger_value = name, True
        return await self._answer(key, ask)

    async def _answer(self, what: str, ask: BackMsg) -> Visit:
        assert self.socket is not None
        started = time.perf_counter()
        await self.socket.send(ask.SerializeToString())
        size, errors = await _until_finished(self.socket, self)
        return Visit(what, time.perf_counter() - started, size, tuple(errors))


async def _until_finished(socket: ClientConnection, tab: Tab) -> tuple[int, list[str]]:
    """Bytes and errors of one run; notes the page names Streamlit uses, and the buttons."""
    size = 0
    errors: list[str] = []
    while True:
        raw = await asyncio.wait_for(socket.recv(), MOST_SECONDS)
        size += len(raw)
        message = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
        kind = message.WhichOneof("type")
        if kind == "navigation":
            for one in message.navigation.app_pages:
                tab.hashes[one.url_pathname] = one.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                errors.append(element.exception.message[:200])
            elif element.WhichOneof("type") == "button":
                # "$$ID-<hash>-<key>"
                key = element.button.id.split("-", 2)[-1]
                tab.buttons[key] = element.button.id, message.delta.fragment_id
        elif kind == "script_finished":
            return size, errors


def sign_in(url: str, user: str, password: str) -> str:
    """Fill in and send the sign-in form; the cookies of the session that it begins."""
    address = urlsplit(url)
    link = http.client.HTTPConnection(address.hostname or "", address.port, timeout=MOST_SECONDS)
    jar: dict[str, str] = {}

    def answer() -> tuple[int, str]:
        response = link.getresponse()
        for value in response.headers.get_all("Set-Cookie") or ():
            key, _, rest = value.split(";")[0].partition("=")
            jar[key] = rest
        return response.status, response.read().decode(errors="replace")

    def cookies() -> str:
        return "; ".join(f"{key}={value}" for key, value in jar.items())

    link.request("GET", "/signin")
    _, page = answer()
    body = urlencode({**dict(_HIDDEN.findall(page)), "username": user, "password": password})
    form = "application/x-www-form-urlencoded"
    link.request(
        "POST", "/signin", body, {"Content-Type": form, "Cookie": cookies(), "Origin": url}
    )
    status, _ = answer()
    link.close()
    if status not in (302, 303):
        raise AssertionError(f"sign-in of {user} answered {status}")
    return cookies()
