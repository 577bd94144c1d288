"""Hostile files, made here byte by byte: bombs, slips, lies, halves of files."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.ledger.sheets import HEADER, ROWS, text_table, workbook

Maker = Callable[[Path], None]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n"
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
READS_FILES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def content(given: bytes | str) -> Maker:
    """A file of exactly this content."""
    data = given.encode() if isinstance(given, str) else given
    return lambda path: _write(path, data)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def archive(parts: Mapping[str, bytes]) -> Maker:
    """A zip file of these parts, whatever they are called."""
    return lambda path: _write(path, packed(parts))


def packed(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return stream.getvalue()


def good_workbook(path: Path) -> bytes:
    """A workbook that would be taken, to be spoilt."""
    workbook(path, [HEADER, *ROWS])
    return path.read_bytes()


def cut(share: float) -> Maker:
    """A workbook that arrived in part only."""

    def make(path: Path) -> None:
        data = good_workbook(path)
        path.write_bytes(data[: int(len(data) * share)])

    return make


def flipped(at: float) -> Maker:
    """A workbook with a stretch of bits turned over on its way."""

    def make(path: Path) -> None:
        data = bytearray(good_workbook(path))
        start = int(len(data) * at)
        for index in range(start, min(start + 40, len(data))):
            data[index] ^= 0xFF
        path.write_bytes(data)

    return make


def with_parts(change: Callable[[dict[str, bytes]], None]) -> Maker:
    """A workbook whose parts were changed by hand."""

    def make(path: Path) -> None:
        good_workbook(path)
        with zipfile.ZipFile(path) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        change(parts)
        path.write_bytes(packed(parts))

    return make


def in_sheet(old: bytes, new: bytes) -> Maker:
    """A workbook with something else in the XML of its sheet."""

    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return with_parts(change)


def with_doctype(part: str, doctype: str, use: str = "&a;") -> Maker:
    """A workbook one of whose parts declares entities."""

    def change(parts: dict[str, bytes]) -> None:
        xml = parts[part].decode().partition("?>")[2]
        parts[part] = (doctype + xml.replace("机构名称", use)).encode()

    return with_parts(change)


def added(name: str, data: bytes) -> Maker:
    """A workbook with one part more."""
    return with_parts(lambda parts: parts.__setitem__(name, data))


def lying_size(path: Path) -> None:
    """A bomb that says it is small: the sizes in its directory are false."""
    data = bytearray(packed({"xl/workbook.xml": bytes(4_000_000)}))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(data)


def polyglot(head: bytes) -> Maker:
    """Another kind of file in front, a workbook behind it."""

    def make(path: Path) -> None:
        path.write_bytes(head + good_workbook(path))

    return make


def rows(*lines: tuple[object, ...]) -> Maker:
    return lambda path: _discard(text_table(path, lines))


def sheet(*lines: tuple[object, ...]) -> Maker:
    return lambda path: _discard(workbook(path, lines))


def _discard(_path: Path) -> None:
    return None


def nested(depth: int) -> bytes:
    """JSON so deep that a careless reader runs out of stack."""
    return b"[" * depth + b"]" * depth


def geojson(*features: object, **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def feature(
    coordinates: object, kind: str = "Polygon", code: object = "990101001001003"
) -> dict[str, object]:
    """A grid with a shape of one's own."""
    return {
        "type": "Feature",
        "properties": {"code": code, "name": "网格"},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def png_bomb() -> bytes:
    """A picture that says it is 60,000 by 60,000 points."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header
    return PNG + chunk + struct.pack(">I", zlib.crc32(chunk[4:]))
