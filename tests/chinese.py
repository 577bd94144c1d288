"""Words of a page that are no Chinese: shown by a browser, or by a page that ran without one."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from html.parser import HTMLParser
from typing import Any

from streamlit.testing.v1 import AppTest

# Words that are letters of their own right: file formats, map and code terms, the demo's people.
_ALLOWED = re.compile(
    r"xlsx|docx|DOCX|XLSX|Word|csv|geojson|gpkg|shp|zip|Excel|CSV|GeoJSON|GeoPackage|GeoParquet|TopoJSON|Shapefile|"
    r"Esri|JSON|MapInfo|"
    r"TOML|toml|WGS84|CGCS2000|GCJ|BD|EPSG|XYZ|WMTS|MBTiles|Parquet|sqlite|https?|MB|km|"
    r"[a-z]+_?[a-z]*\.(?:toml|mbtiles)|Ctrl|Linux|Windows|Chrome|Chromium|xlsm|"
    r"jingban|lingdao|guanli|wangge|cunzhuan|xianling|shenji|yanshi",
)
# Fields of Streamlit's messages whose text is shown or read out.
_SHOWN = {"body", "label", "placeholder", "help", "caption", "options", "content", "raw_value"}
_READ_OUT = {"title", "alt", "placeholder", "aria-label"}
_UNSEEN = {"style", "script"}
# Signs of Markdown: icons, colours, addresses of links.
_SIGNS = re.compile(r":material/\w+:|:[a-z-]+(?=\[)|\]\([^)]*\)")


def not_chinese(text: str, besides: Container[str] = ()) -> list[str]:
    """Words of four and more Latin letters, but for those that are written so in Chinese, too."""
    words = re.findall(r"\b[A-Za-z]{4,}\b", text)
    return [word for word in words if not _ALLOWED.fullmatch(word) and word not in besides]


def said_by(page: AppTest) -> str:
    """The text of a page that ran without a browser: what is shown, and what is read out of it.

    Cells of tables are data, and charts draw them: neither is read.
    """
    reader = _Reader()
    for element in page:
        for text in _texts(getattr(element, "proto", None)):
            reader.feed(_SIGNS.sub(" ", text).replace("\\", ""))
            reader.close()
            reader.reset()
    return "\n".join(reader.said)


def _texts(message: Any) -> Iterator[str]:
    """The texts of one of Streamlit's messages, those of the messages in it included."""
    for field, value in message.ListFields() if hasattr(message, "ListFields") else ():
        values = value if field.is_repeated else [value]
        if field.type == field.TYPE_STRING and field.name in _SHOWN:
            yield from values
        elif field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for one in values:
                yield from _texts(one)


class _Reader(HTMLParser):
    """Collects what a piece of HTML or Markdown says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within.append(tag)
        self.said += [value or "" for name, value in attrs if name in _READ_OUT]

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not _UNSEEN & set(self._within):
            self.said.append(data)

    def reset(self) -> None:
        super().reset()
        self._within = []
