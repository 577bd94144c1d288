"""The address after sign-in: only addresses of this server."""

from __future__ import annotations

from urllib.parse import urlsplit

_NOT_THERE = (
    "/signin",
    "/signout",
    "/sso",
    "/setup",
    "/_stcore",
    "/assets",
    "/session",
    "/other-person",
)
_LONGEST = 2_000


def local_path(wanted: str | None, default: str = "/") -> str:
    """``wanted`` if it is a path on this server, else ``default``.

    Refused: other schemes and hosts (also written ``//host`` or ``/\\host``), control
    characters, and the pages around sign-in themselves.
    """
    if not wanted or len(wanted) > _LONGEST or not wanted.startswith("/"):
        return default
    if wanted.startswith("//") or "\\" in wanted or not wanted.isprintable():
        return default
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or parts.path.startswith(_NOT_THERE):
        return default
    return wanted
