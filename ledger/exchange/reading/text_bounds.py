"""Limit the length of texts in a packed workbook, checked while its XML is unpacked.

A reader holds a text whole, and once more for every cell that shows it. So one cell of 900 million
letters, packed into 900 kB, takes gigabytes, and so does one long text that a million cells share.
Looking is cheap: in every stretch of some hundred kilobytes an end of a text must be found.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ledger.domain.settings import Settings
from ledger.exchange.reading.archives import CHUNK

# A letter takes up to eight bytes of XML ("&#20013;").
_BYTES_PER_LETTER = 8
# Texts may be cut into runs of different looks, each with some markup of its own.
_RUNS = 4
_STRING = re.compile(rb"</?(?:\w+:)?si[ >/]")
_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)[ >/]")
_SHEET_END = re.compile(rb"</(?:\w+:)?sheetData>")
_SHEET = re.compile(rb"<(?:\w+:)?worksheet[ >]")
_STRINGS = re.compile(rb"<(?:\w+:)?sst[ >]")
# What may stand before the first mark of an XML file.
_BEFORE = b"\xef\xbb\xbf \t\r\n"
_PLACE = re.compile(rb"""<(?:\w+:)?c [^>]{0,60}?\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
# Ways to write that a cell shows a shared text; counted as bytes, which is many times faster.
_SHOWS = (b't="s"', b"t='s'", b"t =", b"t\n=", b"t\t=")
# How far a sheet is looked through for the cell that shows a text, in bytes.
_LOOKED_THROUGH = 64 << 20
_SHARED = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*</""")
_STRING_END = re.compile(rb"</(?:\w+:)?si>")


class TextTooLong(Exception):
    """A text is longer than any cell may be.

    ``place`` is (letters of the column, row) where it stands, ``string`` its number among the
    shared texts from 0; both None where neither is known.
    """

    def __init__(self, place: tuple[str, int] | None = None, string: int | None = None) -> None:
        super().__init__()
        self.place, self.string = place, string


@dataclass
class Stretches:
    """Looks at one part of a workbook, chunk by chunk, and tells what it is by its content.

    The name of a part says little: which part is a sheet stands in another part, and readers take
    names in capitals as well.
    """

    limits: Settings
    is_markup: bool = False
    is_sheet: bool = False
    is_strings: bool = False
    _begun: bool = False
    _held: bytes = b""
    _place: tuple[str, int] | None = None
    _strings: int = 0
    _is_past: bool = False
    _without: int = 0

    @property
    def _step(self) -> int:
        return self.limits.max_cell_characters * _BYTES_PER_LETTER

    def feed(self, chunk: bytes) -> None:
        """Look at the next chunk. Raises `TextTooLong`."""
        if not self._begun:
            self._begun, self.is_markup = True, chunk.lstrip(_BEFORE).startswith(b"<")
        if not self.is_markup:
            return
        held = self._held + chunk
        if not (self.is_sheet or self.is_strings):
            self.is_sheet = _SHEET.search(held) is not None
            self.is_strings = _STRINGS.search(held) is not None
        for start in range(0, len(held) - self._step + 1, self._step):
            self._look(held[start : start + self._step])
        self._held = held[len(held) // self._step * self._step :]

    def _look(self, stretch: bytes) -> None:
        if b"<" not in stretch:
            raise self._breach()
        if self.is_strings:
            self._count(has_end=_STRING.search(stretch) is not None)
            self._strings += len(_STRING_END.findall(stretch))
        elif self.is_sheet and not self._is_past:
            self._count(has_end=_CELL.search(stretch) is not None)
            self._is_past = _SHEET_END.search(stretch) is not None
            for place in _PLACE.finditer(stretch, max(0, stretch.rfind(b"<c ") - 1)):
                self._place = place[1].decode(), int(place[2])

    def _count(self, *, has_end: bool) -> None:
        """Cells and shared texts must end, whatever markup stands in them."""
        self._without = 0 if has_end else self._without + 1
        if self._without > _RUNS:
            raise self._breach()

    def _breach(self) -> TextTooLong:
        return TextTooLong(self._place, self._strings if self.is_strings else None)


@dataclass
class SharedTexts:
    """How much text the cells of a workbook show in all, when cells share texts."""

    lengths: array[int] = field(default_factory=lambda: array("L"))
    uses: int = 0
    sheets: set[str] = field(default_factory=set)
    _rest: bytes = b""

    def feed(self, chunk: bytes, seen: Stretches, part: str) -> None:
        """The next chunk of a part: lengths of shared texts, or how many cells may show one."""
        if seen.is_strings:
            *ended, self._rest = _STRING_END.split(self._rest + chunk)
            self.lengths.extend(map(len, ended))
        elif seen.is_sheet:
            self.sheets.add(part)
            self.uses += sum(map(chunk.count, _SHOWS))

    @property
    def most(self) -> int:
        """No more bytes than this can be shown: every cell shows the longest text."""
        return self.uses * max(self.lengths, default=0)

    def shown(self, chunk: bytes) -> int:
        """The bytes that the cells of a chunk show."""
        known = len(self.lengths)
        return sum(
            self.lengths[number]
            for found in _SHARED.findall(chunk)
            if (number := int(found)) < known
        )


def locate(
    archive: zipfile.ZipFile, part: str, breach: TextTooLong, sheets: Mapping[str, str]
) -> tuple[str, str, int] | None:
    """(sheet, column letters, row) of a text that is too long; None if no cell was found.

    ``sheets`` says which part holds which sheet. A shared text is looked for in every sheet.
    """
    names = {held: name for name, held in sheets.items()}
    if breach.place is not None:
        return names.get(part, part), *breach.place
    if breach.string is None:
        return None
    shows = re.compile(
        rb'<(?:\w+:)?c [^>]{0,60}?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>'
        rb"<(?:\w+:)?v>%d</" % breach.string
    )
    for held, name in names.items():
        for xml in _chunks(archive, held, _LOOKED_THROUGH):
            found = shows.search(xml)
            if found is not None:
                return name, found[1].decode(), int(found[2])
    return None


def shown_in_all(archive: zipfile.ZipFile, texts: SharedTexts) -> int:
    """The bytes of XML that the cells of all sheets show, each shared text counted each time."""
    return sum(texts.shown(xml) for name in texts.sheets for xml in _chunks(archive, name))


def _chunks(archive: zipfile.ZipFile, name: str, most: int | None = None) -> Iterator[bytes]:
    """A part piece by piece, cut between cells."""
    if name not in archive.namelist():
        return
    rest = b""
    with archive.open(name) as stream:
        while (most is None or stream.tell() < most) and (chunk := stream.read(CHUNK)):
            whole, mark, begun = (rest + chunk).rpartition(b"<c ")
            rest = mark + begun
            yield whole
    yield rest
