"""Security headers on every answer: what a browser may load; no framing, no indexing.

Four policies: pages run scripts of this server's files only; the parts of pages that stand in
frames of their own (the map, the position) run inline ones too; our own forms run one script; data
is no page.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.domain.settings import settings
from pages._web.image_origin import basemap_origin

# Signing in, a new password, refusals: one script and one style of ours, nothing inline.
FORMS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Shapes, tables, pictures: whatever a browser takes them for, they load and run nothing.
DATA_POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
_PAGES = ("text/html", "text/css", "text/javascript", "application/javascript")
# Parts of a page in frames of their own. folium hands its map over as a script to be evaluated.
_FRAMES = "/component/"
_HSTS = "max-age=31536000"
_HOST = re.compile(r"^[A-Za-z0-9.\-\[\]:]{1,255}$")


def content_security_policy(
    host: str, image_origin: str | None = None, *, in_frame: bool = False
) -> str:
    """The policy for a page of this server, or for a part of one that stands in its own frame.

    Text that gets onto a page as a script, by whatever mistake, is not run there. Streamlit writes
    inline styles. Nothing is loaded from elsewhere but the tiles of a basemap, if one is set up.
    Older browsers do not count a WebSocket of the same host as ``'self'``, so it is named.
    """
    # Streamlit counts in WebAssembly; that cannot be made of a text.
    scripts = "'unsafe-inline' 'unsafe-eval'" if in_frame else "'wasm-unsafe-eval'"
    socket = f" ws://{host} wss://{host}" if _HOST.match(host) else ""
    images = f" {image_origin}" if image_origin else ""
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {scripts}",
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: blob:{images}",
            "font-src 'self' data:",
            f"connect-src 'self'{socket}",
            "worker-src 'self' blob:",
            "frame-src 'self' blob: data:",
            "media-src 'self' blob: data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


def _policy(headers: MutableHeaders, host: str, path: str) -> str:
    kind = headers.get("content-type", "")
    # 304 bears no type: what the browser has may be a script with workers of its own.
    if kind and not kind.startswith(_PAGES):
        return DATA_POLICY
    images = basemap_origin() if kind.startswith("text/html") else None
    return content_security_policy(host, images, in_frame=path.startswith(_FRAMES))


def _over_https(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """The header; a cookie, also one of Streamlit, is marked as Secure. For https answers."""
    if name.lower() == b"set-cookie" and b"; secure" not in value.lower():
        value += b"; Secure"
    return name, value


class SecurityHeaders:
    """ASGI middleware that sets the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # A route that serves what people sent in sets a stricter policy of its own.
                headers.setdefault("Content-Security-Policy", _policy(headers, host, scope["path"]))
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["X-Frame-Options"] = "SAMEORIGIN"
                headers["X-Robots-Tag"] = "noindex, nofollow"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
                if "server" in headers:
                    del headers["server"]
                if scope.get("scheme") == "https" or settings().secure_cookies:
                    headers["Strict-Transport-Security"] = _HSTS
                    message["headers"] = [_over_https(*line) for line in message["headers"]]
            await send(message)

        await self.app(scope, receive, with_headers)
