"""A server on a scratch database, at a free port of this machine, and a visitor without a browser.

Streamlit is only started here as a program of its own, never imported.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from ledger.domain.settings import PROJECT

_START_SECONDS = 120.0
_ANSWER_SECONDS = 60.0
_END_SECONDS = 15.0
_TOKEN = re.compile(r'name="csrf" value="([^"]*)"')
_LAST_LINES = 3


class Failed(Exception):
    """Something that was tried did not turn out as it must; the reason in Chinese."""


def require(well: bool, words: str) -> None:
    """Raise `Failed` with the words unless ``well``."""
    if not well:
        raise Failed(words)


@dataclass(frozen=True)
class Server:
    """A server that answers, and its log."""

    url: str
    log: Path


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """The application on the database that the environment names; ends with the block.

    Raises
    ------
    Failed
        If it does not answer, with the last lines of its log.
    """
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", folder / "server.log")
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py")]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with server.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(process, server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], server: Server) -> None:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), _opened(f"{server.url}/readyz", 2.0):
            return
        time.sleep(0.1)
    said = server.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
    raise Failed("试用服务没有启动：" + " ".join(said))


class Visitor:
    """Somebody's browser, without pictures: keeps cookies, follows redirects."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def get(self, path: str) -> bytes:
        """The body of a page. Raises `Failed` if it is refused."""
        return self._ask(path, None)

    def sign_in(self, name: str, password: str) -> None:
        """Open the form, fill it in, send it. Raises `Failed` if that opens nothing."""
        found = _TOKEN.search(self._ask("/signin", None).decode())
        if found is None:
            raise Failed("登录页上没有表单")
        fields = {"csrf": found[1], "username": name, "password": password, "next": "/"}
        page = self._ask("/signin", urlencode(fields).encode())
        require(_TOKEN.search(page.decode(errors="replace")) is None, "网页登录没有成功")

    def _ask(self, path: str, body: bytes | None) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - this machine's own server
            self._url + path, body, {"Accept": "text/html,*/*", "Origin": self._url}
        )
        try:
            with self._opener.open(request, timeout=_ANSWER_SECONDS) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            raise Failed(f"{path.partition('?')[0]} 答复 {error.code}") from None


@contextlib.contextmanager
def _opened(url: str, seconds: float) -> Iterator[None]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=seconds):  # this machine's own server
        yield
