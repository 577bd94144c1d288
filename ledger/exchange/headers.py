"""Find the header of a sheet and tell which column of it is which column of the ledger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.columns import Ledger
from ledger.errors import Invalid, Problem
from ledger.exchange.mapping import FileMapping
from ledger.exchange.tables_in import Sheet

# Titles and remarks may stand above the header.
HEADER_ROWS = 10
_ENOUGH = 2
_UNIT = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class Layout:
    """Where things stand in a sheet.

    ``header`` is the index of the header's row; ``columns`` and ``extra`` map ledger keys and
    extra names to positions; ``headers`` the same names to what the file calls them.
    """

    header: int
    width: int
    columns: Mapping[str, int]
    extra: Mapping[str, int]
    headers: Mapping[str, str]
    ignored: tuple[str, ...]


def fold(text: object) -> str:
    """How two headers are compared: half-width, no blanks, no mark for "required", lower case."""
    return re.sub(r"[\s*:]+", "", unicodedata.normalize("NFKC", str(text))).lower()


def find_layout(sheet: Sheet, ledger: Ledger, mapping: FileMapping) -> Layout:
    """Find the header and match its columns.

    The first row counts when it names every required column; otherwise the first of the top ten
    rows that names at least two. Columns match by the mapping, or by label, key or synonym, with
    or without a unit in brackets. What matches nothing is passed over and listed in ``ignored``.

    Raises
    ------
    Invalid
        When no header is found, a header stands twice, or a mapped column is missing.
    """
    texts = _known_texts(ledger)
    top = sheet.rows[:HEADER_ROWS]
    if not top or _complete(_keys_in(top[0], texts, mapping), ledger, mapping):
        return _layout(sheet, 0, texts, ledger, mapping)
    counts = [len(_keys_in(row, texts, mapping)) for row in top]
    enough = next((at for at, count in enumerate(counts) if count >= _ENOUGH), None)
    if enough is None:
        enough = _only_choice(counts, ledger, mapping)
    return _layout(sheet, enough, texts, ledger, mapping)


def _only_choice(counts: Sequence[int], ledger: Ledger, mapping: FileMapping) -> int:
    """The row to complain about when no row looks like a header."""
    if mapping.columns or mapping.extra:
        return max(range(len(counts)), key=counts.__getitem__)
    needed = "、".join(f"“{column.label}”" for column in ledger.editable if column.required)
    raise Invalid(
        f"前 {HEADER_ROWS} 行里没有找到表头：至少要有{needed}列。"
        f"请对照{ledger.label}的导入模板补上表头，或提供映射文件"
    )


def _known_texts(ledger: Ledger) -> dict[str, tuple[int, str]]:
    """Folded text → (rank, key); labels before keys before synonyms."""
    known: dict[str, tuple[int, str]] = {}
    for column in ledger.editable:
        ranked = [(0, column.label), (1, column.key), *((2, word) for word in column.synonyms)]
        for rank, text in ranked:
            folded = fold(text)
            if folded not in known or rank < known[folded][0]:
                known[folded] = (rank, column.key)
    return known


def _matched(cell: object, texts: Mapping[str, tuple[int, str]]) -> tuple[int, str] | None:
    folded = fold(cell)
    if folded in texts:
        return texts[folded]
    without_unit = texts.get(_UNIT.sub("", folded))
    return None if without_unit is None else (without_unit[0] + 3, without_unit[1])


def _keys_in(
    row: Sequence[Any], texts: Mapping[str, tuple[int, str]], mapping: FileMapping
) -> set[str]:
    """The ledger keys and extra names that a row would be the header of."""
    cells = {fold(cell) for cell in row if cell not in (None, "")}
    mapped = {key for key, header in mapping.columns.items() if fold(header) in cells}
    further = {item.name for item in mapping.extra if fold(item.header) in cells}
    found = (_matched(cell, texts) for cell in row if isinstance(cell, str) and cell.strip())
    return mapped | further | {match[1] for match in found if match}


def _complete(keys: set[str], ledger: Ledger, mapping: FileMapping) -> bool:
    needed = {column.key for column in ledger.editable if column.required}
    return (needed | set(mapping.columns)) - set(mapping.constants) <= keys


def _layout(
    sheet: Sheet,
    at: int,
    texts: Mapping[str, tuple[int, str]],
    ledger: Ledger,
    mapping: FileMapping,
) -> Layout:
    names = ["" if cell is None else str(cell).strip() for cell in sheet.rows[at]]
    positions = _positions(names, at)
    columns = {
        key: _mapped(positions, header, at, sheet) for key, header in mapping.columns.items()
    }
    extra = {item.name: _mapped(positions, item.header, at, sheet) for item in mapping.extra}
    taken = {*columns.values(), *extra.values()}
    free = [position for position in positions.values() if position not in taken]
    found: dict[str, list[tuple[int, int]]] = {}
    for position in free:
        match = _matched(names[position], texts)
        if match and match[1] not in columns:
            found.setdefault(match[1], []).append((match[0], position))
    columns |= {key: _best(key, ranked, names, ledger, at) for key, ranked in found.items()}
    taken |= set(columns.values())
    return Layout(
        header=at,
        width=max((position + 1 for position, name in enumerate(names) if name), default=0),
        columns=columns,
        extra=extra,
        headers={key: names[position] for key, position in {**columns, **extra}.items()},
        ignored=tuple(
            names[position] for position in sorted(positions.values()) if position not in taken
        ),
    )


def _positions(names: Sequence[str], at: int) -> dict[str, int]:
    positions: dict[str, int] = {}
    for position, name in enumerate(names):
        if not name:
            continue
        if fold(name) in positions:
            problem = Problem(at + 1, name, "表头中出现了两次，请改名或删去一列")
            raise Invalid([problem])
        positions[fold(name)] = position
    return positions


def _mapped(positions: Mapping[str, int], header: str, at: int, sheet: Sheet) -> int:
    position = positions.get(fold(header))
    if position is None:
        there = [str(cell).strip() for cell in sheet.rows[at] if cell not in (None, "")]
        shown = "、".join(there[:12]) + ("……" if len(there) > 12 else "")
        raise Invalid(
            f"表头(第{at + 1}行)中没有映射文件指定的“{header}”列。文件的列有：{shown[:300]}"
        )
    return position


def _best(
    key: str, ranked: Sequence[tuple[int, int]], names: Sequence[str], ledger: Ledger, at: int
) -> int:
    """The position that matches best; two that match equally well are an error."""
    ordered = sorted(ranked)
    if len(ordered) > 1 and ordered[0][0] == ordered[1][0]:
        one, other = names[ordered[0][1]], names[ordered[1][1]]
        message = f"与“{other}”列都像是“{ledger.label_of(key)}”，请改名或删去一列"
        raise Invalid([Problem(at + 1, one, message)])
    return ordered[0][1]
