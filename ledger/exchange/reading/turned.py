"""Tables whose column names stand in a column, and cards that hold one record each.

- *Turned round*: the names stand one below the other, each further column is a record.
- *Cards* (一户一表, 登记表): a name stands beside its cell, pair after pair; a sheet holds one card
  or several, one below the other. A card begins where the name of the record stands.

Both come out as a table with its names in one row. What is no known name but stands where names
do becomes a column as well, so that it is listed as not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ledger.domain.columns import Ledger
from ledger.exchange.reading.archives import letters
from ledger.exchange.reading.sheet import Origin, Sheet
from ledger.exchange.reading.understanding import Note

# A text cell → the key of the column that it names, None for none.
KeyOf = Callable[[Any], str | None]
_FEWEST = 2
_FEWEST_PAIRS = 3
_LONGEST_NAME = 30
_SEARCHED = 400
_INLINE = re.compile(r"([^:：]{2,30})[:：](.*)", re.DOTALL)


def turned_round(sheet: Sheet, ledger: Ledger, key_of: KeyOf) -> Sheet | None:
    """The sheet with its names in a row, if they stand in its first column; else None."""
    rows = sheet.rows[:_SEARCHED]
    first = min((at for row in rows for at, cell in enumerate(row) if _filled(cell)), default=0)
    column = [row[first] if first < len(row) else None for row in rows]
    named = [(at, key) for at, cell in enumerate(column) if (key := key_of(cell))]
    keys = [key for _, key in named]
    if len(set(keys)) < max(_FEWEST, len(keys)) or ledger.title not in keys:
        return None
    top, bottom = named[0][0], named[-1][0]
    written = [at for at in range(top, bottom + 1) if _filled(column[at])]
    beside = max(sum(key_of(cell) is not None for cell in rows[at]) for at, _ in named)
    if len(named) * 2 <= len(written) or beside > 1 or len(sheet.rows) > _SEARCHED:
        return None
    # A table of two columns and few rows may well have a name below its header.
    if len(keys) < _FEWEST_PAIRS and any(column[at] != "" for at in written if at > bottom):
        return None
    block = sheet.rows[top:]
    last = [at for at in range(len(block)) if _filled(_at(block[at], first))]
    block = block[: last[-1] + 1] if last else block
    header = [_at(row, first) for row in block]
    width = max(len(row) for row in block)
    records = [
        (at, [_at(row, at) for row in block])
        for at in range(first + 1, width)
        if any(_filled(_at(row, at)) for row in block)
    ]
    titles = [list(row) for row in sheet.rows[:top]]
    origins = [Origin(sheet.own_name, at + 1) for at in range(top + 1)]
    origins += [Origin(sheet.own_name, top + 1, letters(at + 1)) for at, _ in records]
    said = Note(None, None, f"列名竖着写在{letters(first + 1)}列，每一列按一条记录读入")
    return replace(
        sheet,
        rows=[*titles, header, *(cells for _, cells in records)],
        merged=(),
        notes=(*sheet.told, said),
        origins=origins,
    )


def as_cards(sheet: Sheet, ledger: Ledger, key_of: KeyOf) -> Sheet | None:
    """The sheet with a row for each card in it, if it is made of cards; else None."""
    if len(sheet.rows) > _SEARCHED * 10:
        return None
    rows = [_parted(row, key_of) for row in sheet.rows]
    if rows != [list(row) for row in sheet.rows]:
        sheet = replace(sheet, rows=rows, merged=())
    places = [
        (at, position, key)
        for at, row in enumerate(sheet.rows)
        for position, cell in enumerate(row)
        if (key := key_of(cell)) is not None
    ]
    begins = [at for at, _, key in places if key == ledger.title]
    if not begins or not _is_card(sheet.rows, places, key_of):
        return None
    columns = {position for _, position, _ in places}
    header: dict[str, None] = {}
    cards: list[dict[str, Any]] = []
    starts = sorted(set(begins))
    for start, end in zip(starts, [*starts[1:], len(sheet.rows)], strict=True):
        card: dict[str, Any] = {}
        for row in sheet.rows[start:end]:
            for name, value in _pairs(row, columns, key_of):
                if name not in card or not _filled(card[name]):
                    card[name] = value
        header |= dict.fromkeys(card)
        cards.append(card)
    titles = [list(row) for row in sheet.rows[: starts[0]]]
    names = list(header)
    said = f"按登记卡读入：一格列名、一格内容，共{len(cards)}张"
    return replace(
        sheet,
        rows=[*titles, names, *([card.get(name, "") for name in names] for card in cards)],
        merged=(),
        notes=(*sheet.told, Note(None, None, said)),
        origins=[
            *(Origin(sheet.own_name, at + 1) for at in range(starts[0] + 1)),
            *(Origin(sheet.own_name, start + 1) for start in starts),
        ],
    )


def _parted(row: Sequence[Any], key_of: KeyOf) -> list[Any]:
    """A line in which a name and its value that share a cell (机构名称：甲院) have one each."""
    cells: list[Any] = []
    for cell in row:
        found = _INLINE.fullmatch(cell) if cell.__class__ is str else None
        is_pair = found is not None and found[2].strip() and key_of(found[1].strip()) is not None
        cells += [found[1].strip(), found[2].strip()] if found is not None and is_pair else [cell]
    return cells


def _is_card(
    rows: Sequence[Sequence[Any]], places: Sequence[tuple[int, int, str]], key_of: KeyOf
) -> bool:
    """Whether names stand beside their cells: in several rows, and hardly any beside another."""
    lines = {at for at, _, _ in places}
    keys = {key for _, _, key in places}
    if len(keys) < _FEWEST_PAIRS or len(lines) < _FEWEST:
        return False
    followed = sum(key_of(_next(rows[at], position)) is not None for at, position, _ in places)
    if followed * 4 > len(places):
        return False
    # In a table the names stand in one row, and what stands below them are no names.
    fullest = max(sum(at == line for at, _, _ in places) for line in lines)
    return len(keys) > fullest


def _pairs(row: Sequence[Any], columns: set[int], key_of: KeyOf) -> list[tuple[str, Any]]:
    """The names of one line with what stands to their right."""
    found: list[tuple[str, Any]] = []
    taken = -1
    for position in sorted(columns):
        cell = _at(row, position)
        if position <= taken or not isinstance(cell, str) or not cell.strip():
            continue
        if len(cell.strip()) > _LONGEST_NAME:
            continue
        at = position + 1
        while at < len(row) and not _filled(row[at]) and at not in columns:
            at += 1
        value = _at(row, at)
        if at in columns and key_of(value) is not None:
            value = ""
        elif _filled(value):
            taken = at
        if _filled(value) or key_of(cell) is not None:
            found.append((cell.strip().rstrip(":："), value))
    return found


def _next(row: Sequence[Any], position: int) -> Any:
    return next((cell for cell in row[position + 1 :] if _filled(cell)), None)


def _at(row: Sequence[Any], position: int) -> Any:
    return row[position] if position < len(row) else ""


def _filled(cell: Any) -> bool:
    return cell is not None and not (cell.__class__ is str and not cell.strip())
