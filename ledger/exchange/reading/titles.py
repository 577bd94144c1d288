"""What stands around a table: titles, 填报单位, names of sheet and file, rows above its header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from geo.atlas import Area, Atlas
from geo.names import ASIDE
from ledger.domain.access import Actor
from ledger.exchange.reading.loose_words import tidy_text
from ledger.exchange.reading.raw_cells import is_blank
from ledger.exchange.reading.sheet import Sheet
from ledger.exchange.reading.understanding import Note, shown

# A row above the header with so many cells, a number among them, looks like a record.
_LIKE_RECORD = 3
_NUMBER = re.compile(r"\d[\d.,]*")
_OFFICE = re.compile(r"(?:填报|报送|上报|填表|制表|编制|申报)单位(?:\((?:盖章|公章)\))?:?(.*)")
# Lines of signature stand within so many rows of the end.
_BELOW = 12


@dataclass(frozen=True)
class AreaSaid:
    """An area that is named around a table in which no column names one: where, and which."""

    code: str
    name: str
    where: str


def area_said(sheet: Sheet, first: int, atlas: Atlas, actor: Actor) -> AreaSaid | None:
    """The one area in scope that titles, 填报单位, the sheet's or the file's name speak of.

    ``first`` is the index of the header's first row. Of several names in one text the narrowest
    area is meant; a name that several areas bear says nothing.
    """
    mine: dict[str, list[Area]] = {}
    for area in atlas:
        name = ASIDE.sub("", area.name)
        if len(name) > 2 and actor.sees(area.path):
            mine.setdefault(name, []).append(area)
    for where, text in _texts(sheet, first):
        said = tidy_text(text)
        found = [areas[0] for name, areas in mine.items() if name in said and len(areas) == 1]
        if found:
            area = max(found, key=lambda one: (one.path.count("/"), len(one.name)))
            return AreaSaid(area.code, ASIDE.sub("", area.name), where)
    return None


def _texts(sheet: Sheet, first: int) -> Iterator[tuple[str, str]]:
    for row in [*sheet.rows[:first], *sheet.rows[-_BELOW:]]:
        for at, cell in enumerate(row):
            found = None if is_blank(cell) else _OFFICE.match(_half(str(cell)))
            if found is not None:
                beside = next((str(one) for one in row[at + 1 :] if not is_blank(one)), "")
                yield "填报单位", found[1] or beside
    for row in sheet.rows[:first]:
        yield from (("标题", str(cell)) for cell in row if cell)
    yield "工作表名称", sheet.name
    yield "文件名", sheet.file


def _half(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def not_placed_by(said: AreaSaid) -> Note:
    """The doubt that rows are not placed by what stands around the table: a list may hold what
    lies elsewhere, so somebody has to say so."""
    message = (
        f"{said.where}写的是“{said.name}”，表中没有所属区域一列，各行没有按它归入，请核对；"
        f"需要时请加一列“所属区域”，或在导入时选“全部归入{said.name}”(命令行 --area {said.code})"
    )
    return Note(None, None, message, sure=False)


def rows_above(sheet: Sheet, first: int) -> list[Note]:
    """A doubt for each row above the header that looks like a record: it is not read."""
    notes = []
    for at, row in enumerate(sheet.rows[:first], start=1):
        filled = [cell for cell in row if not is_blank(cell)]
        numbers = [cell for cell in filled if _NUMBER.fullmatch(str(cell).strip())]
        if len(filled) >= _LIKE_RECORD and numbers:
            said = "、".join(shown(cell) for cell in filled[:_LIKE_RECORD])
            message = f"这一行在表头上面，没有读入：{said}，请核对；是记录时请移到表头下面"
            notes.append(Note(at, None, message, sure=False))
    return notes
