"""The basemap that the office set up, as far as the browser must be allowed to load it."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from ledger.domain.errors import LedgerError
from ledger.people.office import basemap_in_force
from pages._database import store

_KEEP = 5.0
_kept: tuple[float, str, str | None] = (0.0, "", None)
_ORIGIN = re.compile(r"^https?://[A-Za-z0-9.\-]+(:\d+)?$")


def basemap_origin() -> str | None:
    """Scheme and host of the tiles' address; None without a basemap or for a file of our own.

    None as well while the database cannot be used: the page that says so shows no map.
    """
    global _kept
    now = time.monotonic()
    try:
        database = store().url
    except LedgerError:
        return None
    if _kept[1] == database and now - _kept[0] < _KEEP:
        return _kept[2]
    try:
        basemap = basemap_in_force(store()) or {}
    except LedgerError:
        basemap = {}
    _kept = (now, database, origin_of(basemap))
    return _kept[2]


def origin_of(basemap: dict) -> str | None:
    """What a content security policy has to allow for these settings; ``{s}`` becomes ``*``."""
    if basemap.get("kind") not in {"xyz", "wmts"}:
        return None
    parts = urlsplit(str(basemap.get("url") or ""))
    origin = f"{parts.scheme}://{parts.netloc}"
    checked = origin.replace("{s}.", "a.", 1)
    return origin.replace("{s}.", "*.", 1) if _ORIGIN.match(checked) else None
