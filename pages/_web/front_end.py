"""Scripts and styles of Streamlit and of the map's component, from memory: packed once.

A page asks for some sixty of them before it shows anything. Streamlit looks each up on the disk
and sends it as it lies there, four times as many bytes; over an office network, or beside a page
that is being computed, that is much of the wait for the first picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from pages._web.packed import Packed, answer, pack

# Names that carry a hash of the content: what was loaded once never changes.
HASHED = "public, immutable, max-age=31536000"
UNNAMED = "no-cache"
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}


@dataclass(frozen=True)
class _File:
    path: Path
    caching: str

    def pack(self) -> Packed:
        return pack(self.path.read_bytes(), _MEDIA_TYPES[self.path.suffix])


def _below(prefix: str, folder: Path) -> Iterator[tuple[str, _File]]:
    for path in folder.rglob("*"):
        if path.suffix in _MEDIA_TYPES:
            hashed = path.name.count(".") > 1 and "static" in path.parts[-3:]
            address = f"{prefix}/{path.relative_to(folder).as_posix()}"
            yield address, _File(path, HASHED if hashed else UNNAMED)


def _folder_of(package: str) -> Path:
    """The folder of a package, without importing it: the component needs a running Streamlit."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(package)
    return Path(found.origin).parent


def _files() -> dict[str, _File]:
    """Address → file, of everything that is text."""
    own = _folder_of("streamlit") / "static" / "static"
    map_frame = _folder_of("streamlit_folium") / "frontend" / "build"
    return dict(
        [
            *_below("/static", own),
            *_below("/component/streamlit_folium.st_folium", map_frame),
        ]
    )


class FrontEnd:
    """ASGI middleware; only addresses that were there when the program started are answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._files = _files()
        self._packed: dict[str, Packed] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = scope.get("path", "")
        file = self._files.get(address) if scope["type"] == "http" else None
        if file is None or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        packed = self._packed.get(address)
        if packed is None:
            packed = self._packed[address] = await run_in_threadpool(file.pack)
        await answer(Request(scope), packed, file.caching)(scope, receive, send)
