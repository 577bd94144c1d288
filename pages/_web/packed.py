"""Answers that are packed once and sent often: gzip, a strong ETag, 304 for who has them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

# The browser keeps the answer but asks every time whether it may still use it: another person may
# have signed in at the same machine, and the rights to an area are checked with each request.
CACHING = "private, no-cache"
# For what is the same for everybody; browsers still ask for changes by ETag.
PUBLIC = "public, no-cache"


@dataclass(frozen=True)
class Packed:
    """A text, compressed, and the ETag of its content."""

    body: bytes
    etag: str
    media_type: str = "application/json"


def pack(value: Any, media_type: str = "application/json") -> Packed:
    """Compress a JSON value, or bytes that are JSON already."""
    raw = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    etag = hashlib.sha256(raw).hexdigest()[:32]
    return Packed(gzip.compress(raw, 6, mtime=0), etag, media_type)


class Shelf:
    """Packed answers by key, the least used going first once they weigh too much."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most, self._weight = most_bytes, 0
        self._items: OrderedDict[Hashable, Packed] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Packed]) -> Packed:
        """The answer under ``key``, made now if it is not there."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
        made = make()
        with self._lock:
            if key not in self._items:
                self._items[key] = made
                self._weight += len(made.body)
            while self._weight > self._most and len(self._items) > 1:
                self._weight -= len(self._items.popitem(last=False)[1].body)
        return made


def answer(request: Request, packed: Packed, caching: str = CACHING) -> Response:
    """The packed content for this request: whole, unpacked for the few without gzip, or 304."""
    gzipped = "gzip" in request.headers.get("accept-encoding", "").lower()
    # A strong ETag names bytes, so the two encodings have different ones.
    etag = f'"{packed.etag}-gzip"' if gzipped else f'"{packed.etag}"'
    headers = {
        "ETag": etag,
        "Cache-Control": caching,
        "Vary": "Accept-Encoding, Cookie",
        "X-Content-Type-Options": "nosniff",
    }
    if _matches(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    if gzipped:
        headers["Content-Encoding"] = "gzip"
    body = packed.body if gzipped else gzip.decompress(packed.body)
    return Response(body, headers=headers, media_type=packed.media_type)


def _matches(condition: str, etag: str) -> bool:
    """If-None-Match of RFC 9110: a list of ETags, compared weakly, or ``*``."""
    tags = [tag.strip().removeprefix("W/") for tag in condition.split(",")]
    return etag in tags or tags == ["*"]
