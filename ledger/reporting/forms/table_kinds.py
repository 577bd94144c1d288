"""What the rows of a table are: records, areas that we name, areas the form names, or words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from geo.atlas import Area, Atlas
from geo.levels import LEVELS
from ledger.domain.access import Actor
from ledger.domain.columns import ValueRefused
from ledger.domain.ledgers import LEDGERS
from ledger.domain.values import fold
from ledger.exchange.reading.area_names import LEVEL_WORDS, AreaNames
from ledger.exchange.reading.header_rows import fold as fold_header
from ledger.exchange.reading.understanding import Understood
from ledger.reporting.forms.asked_words import Context
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.form_shapes import Column, FormTable
from ledger.reporting.forms.form_units import without_units
from ledger.reporting.forms.senses import FieldWord

Kind = Literal["records", "areas", "named_areas", "words", "unknown"]
# Whose names stand in columns called so: the levels below the county.
_LEVELS = LEVELS[1:]


@dataclass(frozen=True)
class TableKind:
    """What the rows are. ``ledger`` of records; ``level`` of areas; ``naming`` columns hold names
    of areas (column → level)."""

    kind: Kind
    ledger: str = ""
    level: str = ""
    naming: tuple[tuple[int, str], ...] = ()


def level_of(column: Column) -> str | None:
    """The level of areas that a column names by its header; None where it names none."""
    for text in (column.parts[-1] if column.parts else "", *without_units(column.parts).texts):
        for at, words in enumerate(LEVEL_WORDS):
            if fold(text) in words:
                return _LEVELS[at]
    return None


def kind_of(
    table: FormTable,
    context: Context,
    answers: FormAnswers,
    names: AreaNames,
) -> TableKind:
    """What the rows of a table are."""
    if table.has_words:
        read = [read_area(line.parts, names, answers) for line in table.rows if line.parts]
        found = [one for one in read if isinstance(one, str)]
        by_header = any(level_of(column) for column in table.heads)
        if found and (by_header or 2 * len(found) > len(read)):
            return TableKind("named_areas")
        return TableKind("named_areas" if by_header else "words")
    ledger = list_ledger(table, context, answers)
    if ledger:
        return TableKind("records", ledger=ledger)
    naming = _naming(table)
    if naming:
        level = max((level for _, level in naming), key=LEVELS.index)
        return TableKind("areas", level=level, naming=naming)
    return TableKind("unknown")


def _naming(table: FormTable) -> tuple[tuple[int, str], ...]:
    """The first columns, as long as they name areas."""
    found: list[tuple[int, str]] = []
    for column in table.values:
        level = level_of(column)
        if level is None:
            break
        found.append((column.at, level))
    return tuple(found)


def list_ledger(table: FormTable, context: Context, answers: FormAnswers) -> str | None:
    """The ledger whose records the columns are fields of; None for a table of counts."""
    chosen = answers.chosen_rows()
    best: tuple[int, int, str] | None = None
    for ledger in LEDGERS.values():
        words = [field_of(column, ledger.key, context, answers) for column in table.values]
        keys = [one[0].column for one in words if one]
        if chosen is None and not ({ledger.title, "number"} & set(keys)):
            continue
        if chosen is not None and ledger.key != chosen.ledger:
            continue
        score = (len(keys), int(ledger.key in context.subjects), ledger.key)
        if keys and (best is None or score > best):
            best = score
    return best[2] if best else None


def field_of(
    column: Column, ledger_key: str, context: Context, answers: FormAnswers
) -> tuple[FieldWord, ...]:
    """The columns of a ledger that a list's header can mean: none, one, or several."""
    told = answers.field_for(column.name, ledger_key)
    if told is not None:
        return (told,)
    said = without_units(column.parts)
    tried = [fold_header("".join(column.parts)), fold_header("".join(said.texts))]
    tried += [fold_header(column.parts[-1])] if column.parts else []
    tried += [fold_header(said.texts[-1])] if said.texts else []
    for text in tried:
        found = [w for w in context.words.fields.get(text, ()) if w.ledger == ledger_key]
        if found:
            return tuple(found)
    return ()


def read_area(parts: Sequence[str], names: AreaNames, answers: FormAnswers) -> str | ValueRefused:
    """The code of the area that a row names, or why it is none."""
    told = {fold(text): code for text, code in answers.areas.items()}
    for part in reversed(parts):
        if fold(part) in told:
            return told[fold(part)]
    try:
        found = names.read(parts)
    except ValueRefused as refused:
        return refused
    return str(found.value) if isinstance(found, Understood) else found


def is_left(column: Column, answers: FormAnswers) -> bool:
    """Whether somebody said that a column is to stay blank."""
    texts = {fold(column.name), *map(fold, column.parts), *without_units(column.parts).texts}
    return bool(texts & answers.left)


def areas_to_list(atlas: Atlas, actor: Actor, path: str, level: str) -> tuple[Area, ...]:
    """The areas of a level in official order, below a path of the actor's scope."""
    return tuple(area for area in atlas.under(path, level) if actor.sees(area.path))
