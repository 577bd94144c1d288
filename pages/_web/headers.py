"""Headers on every answer: what a browser may load, and that nobody else may frame or index."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages._web.image_origin import basemap_origin

_HOST = re.compile(r"^[A-Za-z0-9.\-\[\]:]{1,255}$")


def content_security_policy(host: str, image_origin: str | None = None) -> str:
    """The policy for a page of this server.

    Streamlit and the map's component need inline scripts and ``eval``; nothing is loaded from
    elsewhere but the tiles of a basemap, if one is set up. Older browsers do not count a WebSocket
    of the same host as ``'self'``, so it is named.
    """
    socket = f" ws://{host} wss://{host}" if _HOST.match(host) else ""
    images = f" {image_origin}" if image_origin else ""
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
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


class SecurityHeaders:
    """ASGI middleware that sets the headers on whatever comes back."""

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
                html = headers.get("content-type", "").startswith("text/html")
                origin = basemap_origin() if html else None
                # A route that serves what people sent in sets a stricter policy of its own.
                headers.setdefault("Content-Security-Policy", content_security_policy(host, origin))
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["X-Frame-Options"] = "SAMEORIGIN"
                headers["X-Robots-Tag"] = "noindex, nofollow"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
                if "server" in headers:
                    del headers["server"]
            await send(message)

        await self.app(scope, receive, with_headers)
