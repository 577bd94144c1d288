"""The kind of a JSON file by its outermost object, and whether its CRS is a remote address.

The file is searched as bytes (memory-mapped), so a large one takes no memory here. Only the
members of the outermost object count: the words ``"type":"FeatureCollection"`` further inside say
nothing about the file.
"""

import codecs
import contextlib
import json
import mmap
import re
from collections.abc import Container, Iterator
from pathlib import Path

from geo.errors import FileDamagedError, FileTypeError

_GEOJSON_TYPES = {"FeatureCollection", "Feature", "GeometryCollection", "Polygon", "MultiPolygon"}
_ENOUGH = _GEOJSON_TYPES | {"Topology"}
_CHUNK = 1 << 20
_DEEPEST = 100
_BLANK = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]+|\\.)*"')
_PLAIN = re.compile(rb"[-+.0-9A-Za-z]+")
# Inside a value only strings and brackets matter; a list of plain numbers is one step.
_STEP = re.compile(rb'"(?:[^"\\]+|\\.)*"|\[[^\[\]{}"]*\]|[\[\]{}]', re.DOTALL)
# The member "crs" in any spelling that JSON allows.
_CRS = re.compile(
    rb'"(?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)"[ \t\r\n]*:[ \t\r\n]*'
    rb"(\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})?"
)


def as_utf8(file: Path, folder: Path) -> Path:
    """The file itself if it is in UTF-8, else a copy in ``folder``; old exports are in GBK.

    Raises
    ------
    FileDamagedError
        If it is in neither.
    """
    if _is_in(file, "utf-8"):
        return file
    if not _is_in(file, "gb18030"):
        raise FileDamagedError("文件里的文字既不是 UTF-8 也不是 GBK 编码，请用 UTF-8 重新导出。")
    copy = folder / "utf8.json"
    with (
        file.open(encoding="gb18030", newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        while text := source.read(_CHUNK):
            target.write(text)
    return copy


def json_driver(file: Path) -> str:
    """``GeoJSON``, ``TopoJSON`` or ``ESRIJSON`` by the outermost object of a file in UTF-8.

    Raises
    ------
    FileTypeError
        If it is none of them, or only a page of what a server has.
    FileDamagedError
        If it is no JSON up to there.
    """
    said = top_level(file, ("type", "geometryType", "exceededTransferLimit"))
    if said.get("exceededTransferLimit") is True:
        raise FileTypeError(
            "这份 Esri JSON 只是一部分(exceededTransferLimit)，服务器没有给全，请分批导出后再合并。"
        )
    if str(said.get("geometryType", "")).startswith("esriGeometry"):
        return "ESRIJSON"
    kind = said.get("type")
    if kind == "Topology":
        return "TopoJSON"
    if kind in _GEOJSON_TYPES:
        return "GeoJSON"
    words = f"的 type 是“{kind[:40]}”" if isinstance(kind, str) else "没有 type"
    raise FileTypeError(
        f"这是 JSON 文件，但顶层{words}，不是 GeoJSON 或 TopoJSON(应为 FeatureCollection 等)。"
    )


def top_level(file: Path, keys: Container[str]) -> dict[str, object]:
    """Those of the keys that the outermost object of a JSON file in UTF-8 has, with their values.

    A GeoJSON's ``type`` ends the search: it is all that is asked of it.

    Raises
    ------
    FileTypeError
        If the file is JSON, but no object.
    FileDamagedError
        If it is no JSON up to there.
    """
    found: dict[str, object] = {}
    with _mapped(file) as content:
        at = _skip_blank(content, len(codecs.BOM_UTF8) if _has_mark(content) else 0)
        if content[at : at + 1] != b"{":
            raise FileTypeError(_NO_OBJECT)
        for key, start, end in _members(content, at + 1):
            if key not in keys:
                continue
            try:
                found[key] = json.loads(content[start:end])
            except ValueError as error:
                raise FileDamagedError(json_damage(_line(content, start))) from error
            kind = found.get("type")
            if isinstance(kind, str) and kind in _ENOUGH:
                break
    return found


def refuse_remote_crs(file: Path) -> None:
    """Refuse a file whose coordinate system is an address: reading it would fetch the address.

    GeoJSON of 2008 allowed ``crs`` to be a link, in every object of the file; GDAL follows it.

    Raises
    ------
    FileTypeError
        Naming the line.
    """
    with _mapped(file) as content:
        for found in _CRS.finditer(content):
            try:
                said = None if found[1] is None else json.loads(found[1])
            except ValueError:
                said = {}
            if isinstance(said, dict) and str(said.get("type", "")).casefold() != "name":
                raise FileTypeError(
                    f"第 {_line(content, found.start())} 行附近的坐标系(crs)不是名称，"
                    "而是要到别处去取的链接或其他写法，本系统不去取。"
                    "请删去 crs，或用常用软件重新导出为 GeoJSON。"
                )


def json_damage(line: int | None) -> str:
    """The Chinese message for a file that is no valid JSON, with the line if it is known."""
    where = f"(第 {line} 行附近)" if line else ""
    return f"JSON 文件不完整或有语法错误{where}，请重新导出或重新复制。"


_NO_OBJECT = "这是 JSON 文件，但不是 GeoJSON 或 TopoJSON(顶层应有 type:FeatureCollection)。"


def _is_in(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with file.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


@contextlib.contextmanager
def _mapped(file: Path) -> Iterator[mmap.mmap]:
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as held:
        yield held


def _has_mark(content: mmap.mmap) -> bool:
    return content[: len(codecs.BOM_UTF8)] == codecs.BOM_UTF8


def _members(content: mmap.mmap, at: int) -> Iterator[tuple[str, int, int]]:
    """(key, start, end of its value) of the object whose brace was just passed."""
    at = _skip_blank(content, at)
    while content[at : at + 1] != b"}":
        key = _STRING.match(content, at)
        colon = -1 if key is None else _skip_blank(content, key.end())
        if key is None or content[colon : colon + 1] != b":":
            raise FileDamagedError(json_damage(_line(content, at)))
        start = _skip_blank(content, colon + 1)
        end = _end_of_value(content, start)
        yield _text(content, key[0], at), start, end
        at = _skip_blank(content, end)
        if content[at : at + 1] == b",":
            at = _skip_blank(content, at + 1)
        elif content[at : at + 1] != b"}":
            raise FileDamagedError(json_damage(_line(content, at)))


def _end_of_value(content: mmap.mmap, start: int) -> int:
    first = content[start : start + 1]
    if first in (b"{", b"["):
        return _end_of_nested(content, start)
    found = (_STRING if first == b'"' else _PLAIN).match(content, start)
    if found is None:
        raise FileDamagedError(json_damage(_line(content, start)))
    return found.end()


def _end_of_nested(content: mmap.mmap, start: int) -> int:
    depth = 0
    for step in _STEP.finditer(content, start):
        mark = step[0]
        if mark in (b"{", b"["):
            depth += 1
            if depth > _DEEPEST:
                raise FileDamagedError("文件的括号层数太多，不是边界文件，请重新导出。")
        elif mark in (b"}", b"]"):
            depth -= 1
        if depth == 0:
            return step.end()
    raise FileDamagedError(json_damage(_line(content, len(content))))


def _text(content: mmap.mmap, quoted: bytes, at: int) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError as error:
        raise FileDamagedError(json_damage(_line(content, at))) from error


def _skip_blank(content: mmap.mmap, at: int) -> int:
    found = _BLANK.match(content, at)
    return at if found is None else found.end()


def _line(content: mmap.mmap, at: int) -> int:
    """The line of a position, counted from 1."""
    line, seen = 1, 0
    while seen < at:
        line += content[seen : min(seen + _CHUNK, at)].count(b"\n")
        seen += _CHUNK
    return line
