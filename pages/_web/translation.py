"""Streamlit's index page in Chinese: language, title, and the scripts that translate its words.

Streamlit has no translations (its issue 1353). The page it serves is a shell that scripts fill,
so a script of ours put before them (`/assets/page.js`, made of files in `static/`) can translate
what they write and lead to the sign-in page once the session is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.layers import OfflineMap

TITLE = "养老服务风险台账"
# Scripts and styles that the map's frame asks for when it opens. areas.js comes first and is asked
# for by an address that depends on the view. (The component's own files are not among them: they
# are there only after a page has imported it, and importing it here would be before the runtime.)
_MAP_PARTS = tuple(address for _, address in (*OfflineMap.default_js[1:], *OfflineMap.default_css))
# Parts of Streamlit's own front end that every map page asks for once it knows what to draw.
_IMPORTED = re.compile(r'from"\./([\w.-]+\.js)"')
_MAP_CHUNKS = ("ComponentInstance", "Html", "Button")


def _chunk_addresses() -> Iterator[str]:
    """The files of those parts and what they import; names carry a hash that changes by release.

    Asked for one after the other they would wait for the server, which runs the page meanwhile.
    """
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    index = (folder.parents[1] / "index.html").read_text(encoding="utf-8")
    chunks = [file for name in _MAP_CHUNKS for file in folder.glob(f"{name}.*.js")]
    imported = [
        name for chunk in chunks for name in _IMPORTED.findall(chunk.read_text(encoding="utf-8"))
    ]
    for name in dict.fromkeys([*(chunk.name for chunk in chunks), *imported]):
        if name not in index:
            yield f"/static/js/{name}"


_SCRIPT = (
    f'<script src="/assets/page.js" data-parts="{" ".join(_MAP_PARTS)}"'
    f' data-chunks="{" ".join(_chunk_addresses())}" data-person="{{}}"></script>'
)
_NO_SCRIPT = "<noscript><p>请在浏览器中启用脚本(JavaScript)，然后刷新本页。</p></noscript>"
_OTHER_PAGES = ("/component/", "/_stcore/", "/assets/", "/media/")
# What would let the answer come back compressed, in part, or not at all.
_CONDITIONS = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"if-range")


def translated(page: str, person: int | None = None) -> str:
    """Streamlit's index page with our language, title, icon and scripts; English parts gone.

    ``person`` is whose page it is; the page leaves once somebody else is signed in (session.js).

    So are its inline scripts, which tell renderers for search engines to wait: the page's policy
    (pages/_web/headers.py) lets no inline script run.
    """
    page = re.sub(r"<html[^>]*>", '<html lang="zh-CN">', page, count=1)
    page = re.sub(r"<title>.*?</title>", f"<title>{TITLE}</title>", page, count=1, flags=re.S)
    page = re.sub(r"<noscript>.*?</noscript>", _NO_SCRIPT, page, count=1, flags=re.S)
    page = re.sub(r'<link rel="service-desc"[^>]*>', "", page)
    page = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    # A Latin font that the theme does not use.
    page = re.sub(r'<link\s+rel="preload"[^>]*as="font"[^>]*>', "", page)
    page = re.sub(r'href="\./favicon\.png"', 'href="/assets/app/icon.svg"', page)
    return page.replace("<head>", f"<head>{_SCRIPT.format(person or '')}", 1)


class Translation:
    """ASGI middleware that rewrites the index page, whatever page address it is served for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_be_index(scope):
            await self.app(scope, receive, send)
            return
        kept = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
        session = scope.get("state", {}).get("session")
        person = None if session is None else session.user_id
        await self.app({**scope, "headers": kept}, receive, _Rewriter(send, person))


class _Rewriter:
    """A ``send`` that holds back an HTML page until it is whole, then sends it translated."""

    def __init__(self, send: Send, person: int | None) -> None:
        self._send = send
        self._person = person
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish()

    async def _finish(self) -> None:
        start = self._start
        text = self._body.decode()
        if start is None:
            return
        if '<div id="root">' in text:
            body = translated(text, self._person).encode()
            headers = MutableHeaders(scope=start)
            headers["Content-Length"] = str(len(body))
            headers["Cache-Control"] = "no-store"
            for name in ("etag", "last-modified"):
                if name in headers:
                    del headers[name]
            self._body = body
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self._body})


def _may_be_index(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and "text/html" in Headers(scope=scope).get("accept", "")
        and not scope["path"].startswith(_OTHER_PAGES)
    )


def _is_html(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
