"""Pictures that WPS keeps in cells (DISPIMG), by the id that the cell's formula names.

Source: WPS keeps them in ``xl/cellimages.xml``: a ``cellImage`` holds a picture (ECMA-376 part 1,
20.5.2.25) whose name is the id, and whose ``r:embed`` names a relation to ``xl/media``.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

from ledger.exchange.reading.sheet import Sheet

_PART, _RELATIONS = "xl/cellimages.xml", "xl/_rels/cellimages.xml.rels"
_PICTURE = re.compile(rb"<(?:\w+:)?pic\b.*?</(?:\w+:)?pic>", re.DOTALL)
_NAME = re.compile(rb'<(?:\w+:)?cNvPr\b[^>]*\bname="([^"]{1,80})"')
_EMBED = re.compile(rb'<(?:\w+:)?blip\b[^>]*:embed="([^"]{1,40})"')
_RELATION = re.compile(rb"<Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_ID = re.compile(r'=(?:_xlfn\.)?DISPIMG\("([^"]{1,80})"', re.IGNORECASE)
ATTACHED = "格中的图片在导入后作为这条记录的附件保存"
_LARGEST = 8 << 20
_MOST = 300


def picture_id(cell: object) -> str | None:
    """The id of the picture that a cell shows; None for any other cell."""
    found = _ID.match(cell) if isinstance(cell, str) else None
    return None if found is None else found[1]


def pictures_of(
    sheet: Sheet, numbers: Sequence[int], rows: Sequence[Sequence[Any]]
) -> dict[int, tuple[bytes, ...]]:
    """The pictures that stand in cells of the records, by row; ``numbers`` as Excel counts."""
    pictures: dict[int, tuple[bytes, ...]] = {}
    for number, row in zip(numbers, rows, strict=True):
        ids = dict.fromkeys(one for cell in row if (one := picture_id(cell)))
        kept = tuple(sheet.pictures[one] for one in ids if one in sheet.pictures)
        if kept:
            pictures[number] = kept
    return pictures


def cell_pictures(content: bytes) -> dict[str, bytes]:
    """The pictures of a workbook by their ids, each as it is kept; none where they cannot be read.

    Pictures of more than 8 MB, and those beyond the first 300, are left out.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if _PART not in archive.namelist():
                return {}
            targets = _targets(archive)
            found: dict[str, bytes] = {}
            for picture in _PICTURE.findall(_front(archive, _PART))[:_MOST]:
                name, embed = _NAME.search(picture), _EMBED.search(picture)
                part = targets.get(embed[1]) if embed else None
                if name is None or part is None or part not in archive.namelist():
                    continue
                if archive.getinfo(part).file_size <= _LARGEST:
                    found[name[1].decode("utf-8", "replace")] = archive.read(part)
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError):
        return {}


def _targets(archive: zipfile.ZipFile) -> dict[bytes, str]:
    if _RELATIONS not in archive.namelist():
        return {}
    found = {}
    for attributes in _RELATION.findall(_front(archive, _RELATIONS)):
        said = dict(_ATTRIBUTE.findall(attributes))
        target = said.get(b"Target", b"").decode("utf-8", "replace").lstrip("/")
        found[said.get(b"Id", b"")] = target if target.startswith("xl/") else f"xl/{target}"
    return found


def _front(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as stream:
        return stream.read(_LARGEST)
