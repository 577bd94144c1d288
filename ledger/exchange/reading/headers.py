"""Find the header of a sheet and tell which column of it is which column of the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, Problem
from ledger.exchange.reading.area_names import LEVEL_WORDS
from ledger.exchange.reading.column_names import (
    BOTH,
    BY_GROUP,
    WORD,
    column_words,
    key_in,
    known_texts,
    name_match,
    recognised,
)
from ledger.exchange.reading.header_rows import SEARCHED, HeaderRows, Label, find_header, fold
from ledger.exchange.reading.loose_dates import Context
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.proposals import by_content
from ledger.exchange.reading.tables_in import Sheet
from ledger.exchange.reading.understanding import Note
from ledger.exchange.reading.units_in import context_of, factor_of, unit_of_sheet

_ENOUGH = 2
# A table that was turned round has its names in one of these.
_FIRST_COLUMNS = 2


@dataclass(frozen=True)
class Layout:
    """Where things stand in a sheet.

    ``first`` and ``header`` are the indexes of the header's first and last row; ``columns`` and
    ``extra`` map ledger keys and extra names to positions; ``headers`` the same names to what the
    file calls them. ``areas`` are the positions of township, village and grid where these stand
    in columns of their own. ``factors`` give, per ledger key, what one of the file's unit is
    worth in the column's. ``notes`` tell what was understood beyond labels and synonyms.
    """

    header: int
    width: int
    columns: Mapping[str, int]
    extra: Mapping[str, int]
    headers: Mapping[str, str]
    ignored: tuple[str, ...]
    first: int
    labels: tuple[Label, ...]
    areas: tuple[int, ...]
    factors: Mapping[str, float]
    context: Context
    notes: tuple[Note, ...]

    @property
    def area_levels(self) -> tuple[int, ...]:
        """The level of each of ``areas``: 0 township, 1 village, 2 grid."""
        return tuple(
            next(at for at, words in enumerate(LEVEL_WORDS) if fold(self.labels[one].leaf) in words)
            for one in self.areas
        )

    @property
    def fingerprint(self) -> str:
        """Equal for files of one sender's layout: the header's texts in their order."""
        return fingerprint_of(self.labels)


def fingerprint_of(labels: Sequence[Label]) -> str:
    """The hash of a header's texts; widths, blanks and titles above do not matter."""
    texts = "\n".join(fold(label.name) for label in labels if label.parts)
    return hashlib.sha256(texts.encode()).hexdigest()


def find_rows(sheet: Sheet, ledger: Ledger, mapping: FileMapping) -> HeaderRows:
    """Where the header stands. Raises `Invalid` when no row looks like one."""
    texts = known_texts(ledger)

    def key_of(label: Label) -> str | None:
        return _mapped_key(label, mapping) or key_in(label, texts, ledger)

    def enough(keys: set[str]) -> bool:
        return _complete(keys, ledger, mapping)

    rows, found = find_header(sheet, key_of, enough)
    first = {key for label in rows.labels if (key := key_of(label))}
    if found >= _ENOUGH or enough(first) or mapping.columns or mapping.extra:
        return rows
    needed = "、".join(f"“{column.label}”" for column in ledger.editable if column.required)
    raise Invalid(
        f"前 {SEARCHED} 行里没有找到表头：至少要有{needed}列。"
        f"请对照{ledger.label}的导入模板补上表头，或提供映射文件"
    )


def resemblance(rows: Sequence[Sequence[Any]], ledger: Ledger, mapping: FileMapping) -> int:
    """How many columns of the ledger the best header among these rows names."""
    texts = known_texts(ledger)
    sheet = Sheet(rows, "", is_text=False)

    def key_of(label: Label) -> str | None:
        return _mapped_key(label, mapping) or key_in(label, texts, ledger)

    found = find_header(sheet, key_of, lambda keys: _complete(keys, ledger, mapping))[1]
    return max(found, *(_named_in_column(rows, at, key_of) for at in range(_FIRST_COLUMNS)))


def _named_in_column(
    rows: Sequence[Sequence[Any]], at: int, key_of: Callable[[Label], str | None]
) -> int:
    """How many columns the cells of one column name, as in a table that was turned round."""
    cells = [row[at] for row in rows if at < len(row)]
    labels = [Label((cell.strip(),)) for cell in cells if cell.__class__ is str and cell.strip()]
    return len({key for label in labels if (key := key_of(label))})


def find_layout(
    sheet: Sheet, ledger: Ledger, mapping: FileMapping, at: HeaderRows | None = None
) -> Layout:
    """Find the header and match its columns.

    The first row counts when it names every required column; otherwise the one to three rows
    among the top twenty that name the most. Columns match by the mapping, or by label, key or
    synonym, with or without a unit in brackets, a number before, or words such as 是否; without a
    mapping also by what stands in them. What matches nothing is listed in ``ignored``.

    Raises
    ------
    Invalid
        When no header is found, a column stands twice, or a mapped column is missing.
    """
    rows = at or find_rows(sheet, ledger, mapping)
    names = [label.name for label in rows.labels]
    columns = {key: _mapped(rows, header) for key, header in mapping.columns.items()}
    extra = {item.name: _mapped(rows, item.header) for item in mapping.extra}
    ignored = {fold(header) for header in mapping.ignore}
    passed = {at for at, name in enumerate(names) if name and fold(name) in ignored}
    given = {*columns.values(), *extra.values(), *passed}
    areas = _area_parts(rows.labels, ledger, given) if "area_code" not in columns else ()
    if "area_code" in columns and _is_area_part(rows.labels[columns["area_code"]]):
        areas = (columns["area_code"],)
    if areas:
        columns["area_code"] = areas[-1]
    free = [at for at, name in enumerate(names) if name and at not in {*given, *areas}]
    columns |= _matched_columns(rows, free, columns, ledger)
    notes = _also_alike(rows, free, columns, ledger)
    columns |= _both_in_one(rows.labels, columns, ledger, passed)
    if not mapping.columns:
        free = [at for at in free if at not in columns.values()]
        for key, position in by_content(sheet.rows[rows.last + 1 :], free, columns, ledger).items():
            columns[key] = position
            message = f"按内容看是“{ledger.label_of(key)}”，照此读入，请核对"
            notes.append(Note(rows.last + 1, names[position], message, sure=False, key=key))
    factors, said = _factors(sheet, rows, columns, ledger)
    taken = {*columns.values(), *extra.values(), *areas}
    return Layout(
        header=rows.last,
        width=max((at + 1 for at, name in enumerate(names) if name), default=0),
        columns=columns,
        extra=extra,
        headers={key: names[at] for key, at in {**columns, **extra}.items()},
        ignored=tuple(name for at, name in enumerate(names) if name and at not in taken),
        first=rows.first,
        labels=rows.labels,
        areas=areas,
        factors=factors,
        context=context_of(sheet, rows.first),
        notes=(*notes, *said),
    )


def _mapped_key(label: Label, mapping: FileMapping) -> str | None:
    names = {fold(label.name), fold(label.leaf)} - {""}
    for key, header in mapping.columns.items():
        if fold(header) in names:
            return key
    return next((item.name for item in mapping.extra if fold(item.header) in names), None)


def _complete(keys: set[str], ledger: Ledger, mapping: FileMapping) -> bool:
    needed = {column.key for column in ledger.editable if column.required}
    return (needed | set(mapping.columns)) - set(mapping.constants) <= keys


def _mapped(rows: HeaderRows, header: str) -> int:
    """The position of the column that a mapping names by its whole label or its own name."""
    for texts in ([x.name for x in rows.labels], [x.leaf for x in rows.labels]):
        found = [at for at, text in enumerate(texts) if text and fold(text) == fold(header)]
        if len(found) == 1:
            return found[0]
        if found:
            raise _twice(rows, found[0])
    there = [label.name for label in rows.labels if label.parts]
    shown = "、".join(there[:12]) + ("……" if len(there) > 12 else "")
    raise Invalid(
        f"表头(第{rows.last + 1}行)中没有映射文件指定的“{header}”列。文件的列有：{shown[:300]}"
    )


def _twice(rows: HeaderRows, at: int) -> Invalid:
    name = rows.labels[at].name
    return Invalid([Problem(rows.last + 1, name, "表头中出现了两次，请改名或删去一列")])


def _is_area_part(label: Label) -> bool:
    """Whether a column is called as one of townships, villages or grids."""
    return any(fold(label.leaf) in words for words in LEVEL_WORDS)


def _area_parts(labels: Sequence[Label], ledger: Ledger, given: set[int]) -> tuple[int, ...]:
    """The positions of township, village and grid; none where one column names the whole area."""
    if "area_code" not in ledger.by_key:
        return ()
    whole = {fold(ledger.by_key["area_code"].label), "area_code"}
    if any(fold(label.leaf) in whole for label in labels):
        return ()
    found: list[int] = []
    for words in LEVEL_WORDS:
        named = [
            at for at, label in enumerate(labels) if at not in given and fold(label.leaf) in words
        ]
        found += named[:1]
    return tuple(found)


def _matched_columns(
    rows: HeaderRows, free: Sequence[int], given: Mapping[str, int], ledger: Ledger
) -> dict[str, int]:
    texts = known_texts(ledger)
    found: dict[str, list[tuple[int, int]]] = {}
    for position in free:
        match = name_match(rows.labels[position], texts)
        if match and match[1] not in given:
            found.setdefault(match[1], []).append((match[0], position))
    chosen = {}
    for key, ranked in found.items():
        best, *others = sorted(ranked)
        if others and others[0][0] == best[0]:
            if best[0] >= BY_GROUP:
                continue  # two columns below one group: neither is the group itself
            if best[0] % (WORD + 1) == WORD:
                chosen[key] = best[1]  # loose words: the first of them, and it is told
                continue
            one, other = rows.labels[best[1]].name, rows.labels[others[0][1]].name
            if fold(one) == fold(other):
                raise _twice(rows, best[1])
            message = f"与“{other}”列都像是“{ledger.label_of(key)}”，请改名或删去一列"
            raise Invalid([Problem(rows.last + 1, one, message)])
        chosen[key] = best[1]
    return chosen


def _also_alike(
    rows: HeaderRows, free: Sequence[int], columns: Mapping[str, int], ledger: Ledger
) -> list[Note]:
    """A doubt for each column that was passed over because another is called so too."""
    texts, notes = known_texts(ledger), []
    for at in free:
        match = name_match(rows.labels[at], texts)
        taken = columns.get(match[1]) if match else None
        if match is None or taken is None or taken == at or match[0] % (WORD + 1) != WORD:
            continue
        other = name_match(rows.labels[taken], texts)
        if other is None or other[0] != match[0]:
            continue
        names = rows.labels[taken].name, rows.labels[at].name
        message = f"“{names[1]}”列也像是“{ledger.label_of(match[1])}”，读的是“{names[0]}”列，请核对"
        notes.append(Note(rows.last + 1, names[0], message, sure=False, key=match[1]))
    return notes


def _both_in_one(
    labels: Sequence[Label], columns: Mapping[str, int], ledger: Ledger, passed: set[int]
) -> dict[str, int]:
    """A column that holds longitude and latitude together is read for both."""
    if "lon" not in ledger.by_key or "lon" in columns or "lat" in columns:
        return {}
    found = [at for at, label in enumerate(labels) if fold(label.leaf) in BOTH and at not in passed]
    return {"lon": found[0], "lat": found[0]} if len(found) == 1 else {}


def _factors(
    sheet: Sheet, rows: HeaderRows, columns: Mapping[str, int], ledger: Ledger
) -> tuple[dict[str, float], list[Note]]:
    """Units other than the ledger's, each told once."""
    factors: dict[str, float] = {}
    notes: list[Note] = []
    for key, position in columns.items():
        column, label = ledger.by_key[key], rows.labels[position]
        found = factor_of(column, label) or unit_of_sheet(sheet, rows.first, column)
        if found is not None and found[0] != 1:
            factors[key] = found[0]
            message = f"单位是{found[1]}，已换算成{column.unit}(×{found[0]:g})"
            notes.append(Note(rows.last + 1, label.name, message, key=key))
    return factors, notes


__all__ = [
    "Layout",
    "column_words",
    "find_layout",
    "find_rows",
    "fingerprint_of",
    "recognised",
    "resemblance",
]
