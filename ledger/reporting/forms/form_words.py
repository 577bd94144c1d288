"""The words of forms: what a header, a row's name or a title can say, as a rule file.

``data/forms/words.toml`` explains every field; an office puts its own in force
(`ledger.records.rulebook`). Labels and choices of the ledgers and the figures of
``figures.toml`` are words without being written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.files import parse_toml
from ledger.domain.values import fold
from ledger.exchange.reading.header_rows import fold as fold_header
from ledger.exchange.reading.words import shipped_words
from ledger.records.rulebook import FIGURES, FORM_WORDS, shipped, texts_in_force
from ledger.reporting.figures.definitions import NOW, Book, Term
from ledger.reporting.figures.rulefile import read_figures
from ledger.reporting.forms.senses import (
    ColumnName,
    Count,
    FieldWord,
    Filter,
    FormWords,
    ListWord,
    Missing,
    PeriodWord,
    Plain,
    RowChoice,
    Sense,
)
from ledger.storage import Store

# What a filter calls the records whose column is blank.
BLANK_VALUE = "blank"


def form_words(store: Store) -> FormWords:
    """The words in force, with the figures in force. Raises as `read_form_words`."""
    with store.reading() as connection:
        texts = texts_in_force(connection, (FORM_WORDS, FIGURES))
    return read_form_words(texts[FORM_WORDS], texts[FIGURES])


@lru_cache(maxsize=8)
def read_form_words(text: str, figures: str | None = None) -> FormWords:
    """The words of a file's text, with the figures of a text of figures (None: the shipped ones).

    Raises
    ------
    RuleError
        If the text cannot be used or names a ledger, a column or a figure that is not there.
    """
    if figures is None:
        figures = shipped(FIGURES).read_text(encoding="utf-8")
    said = cast("dict[str, Any]", parse_toml(text, "上级报表的词语"))
    try:
        return _words(said, read_figures(figures))
    except (KeyError, TypeError, AttributeError) as error:
        raise RuleError(f"缺少或写错了 {error}", where="上级报表的词语") from None


def _words(said: dict[str, Any], book: Book) -> FormWords:
    senses: dict[str, dict[Sense, None]] = {}

    def say(words: Any, sense: Sense) -> None:
        for word in words:
            senses.setdefault(fold(word), {})[sense] = None

    for kind, words in said["periods"].items():
        say(words, PeriodWord(kind))
    say(said["words"]["neutral"], Plain("neutral"))
    say(said["words"]["totals"], Plain("total"))
    say(said["words"]["share"], Plain("share"))
    counts: dict[str, Count] = {}
    for one in said["counts"]:
        counts[one["key"]] = count = _count(one, book)
        say(one["words"], count)
    for one in said["filters"]:
        values = tuple(_value(one, text) for text in one["values"])
        say(one["words"], Filter(one["ledger"], one["column"], values))
    for one in said["columns"]:
        say(one["words"], ColumnName(one["ledger"], one["column"]))
    _declared(say)
    told = {count.figure for count in counts.values()}
    for figure in book.figures:
        known = figure.key in told or figure.key in counts or fold(figure.label) in senses
        if not known and not figure.by:
            counts[figure.key] = count = Count(
                figure.key, figure.label, figure.ledger, figure.unit, figure=figure.key
            )
            say([figure.label], count)
    for one in said["missing"]:
        say(one["words"], _missing(one, counts))
    for one in senses.values():  # what is a total is not neutral
        if Plain("total") in one:
            one.pop(Plain("neutral"), None)
    return FormWords(
        version=str(said["version"]),
        senses={word: tuple(found) for word, found in senses.items()},
        fields=_fields(said),
        lists={fold(word): _list(one) for one in said["lists"] for word in one["words"]},
        form_periods={fold(w): kind for kind, words in said["form_periods"].items() for w in words},
        subjects={key: tuple(map(fold, words)) for key, words in said["subjects"].items()},
        noise=frozenset(map(fold, said["titles"]["noise"])),
        roles={
            role: frozenset(map(fold, said["words"][role]))
            for role in ("serial", "remark", "unit", "example", "totals")
        },
        counts=counts,
        dated={(one["ledger"], one["column"]): tuple(one["days"]) for one in said["dated"]},
        longest=max(map(len, senses)),
    )


def _missing(one: dict[str, Any], counts: Mapping[str, Count]) -> Missing:
    proposed = tuple(one.get("propose", ()))
    for key in proposed:
        counts[key]
    return Missing(one["ledger"], one["reason"], one.get("unit", ""), proposed)


def _count(one: dict[str, Any], book: Book) -> Count:
    ledger = ledger_named(one["ledger"])
    unit, day = one.get("unit", ""), one.get("day", ledger.dated or NOW)
    figure = one.get("figure", "")
    if figure:
        unit = book.by_key[figure].unit
        day = NOW if book.by_key[figure].timeless else ""
    in_period = one.get("in_period")
    return Count(
        key=one["key"],
        label=one["label"],
        ledger=ledger.key,
        unit=unit,
        day=day,
        days=tuple(one.get("days", ())),
        where=terms_of(ledger.key, one.get("where", {})),
        in_period=None if in_period is None else terms_of(ledger.key, in_period),
        sum=tuple(one.get("sum", ())),
        distinct=one.get("distinct", ""),
        figure=figure,
        generic=bool(one.get("generic", False)),
    )


def terms_of(ledger_key: str, where: Mapping[str, Any]) -> tuple[Term, ...]:
    """Conditions as files write them. Raises `RuleError` for a column or a choice of none."""
    ledger, found = ledger_named(ledger_key), []
    for key, given in where.items():
        if isinstance(given, dict):
            found += [Term(key, operator, value) for operator, value in given.items()]
            continue
        column = ledger.by_key.get(key)
        if column is None:
            raise RuleError(f"{ledger.label}没有名为 {key} 的列", where="条件")
        if given in ("filled", "blank"):
            found.append(Term(key, "not_blank" if given == "filled" else "blank"))
            continue
        many = given if isinstance(given, list) else [given]
        values = [_value({"ledger": ledger_key, "column": key}, one) for one in many]
        found.append(Term(key, "in", tuple(values)))
    return tuple(found)


def _value(one: Mapping[str, Any], text: Any) -> Any:
    """A value as it is stored: the key of a choice, True or False, None for a blank."""
    column = ledger_named(one["ledger"]).by_key[one["column"]]
    if text == BLANK_VALUE:
        return None
    try:
        return column.parse(text)
    except ValueError as error:
        raise RuleError(str(error), where=f"{one['ledger']}.{one['column']}") from None


def _declared(say: Any) -> None:
    """The choices and the labels of the ledgers' own columns."""
    for ledger in LEDGERS.values():
        if ledger.key == "areas":
            continue
        for column in ledger.columns:
            if column.computed and column.key not in ("tier", "state"):
                continue
            if column.choices and column.key != "placement":
                say([column.label], ColumnName(ledger.key, column.key))
                for choice in column.choices:
                    words = (choice.label, *(word for word in choice.synonyms if len(word) > 1))
                    words += ("其它",) if choice.label == "其他" else ()
                    say(words, Filter(ledger.key, column.key, (choice.key,)))
            elif column.type is ColumnType.TRI and len(column.label) > 2:
                say([column.label], Filter(ledger.key, column.key, (True,)))


def _fields(said: dict[str, Any]) -> dict[str, tuple[FieldWord, ...]]:
    found: dict[str, dict[FieldWord, None]] = {}
    for one in said["fields"]:
        word = FieldWord(
            one["ledger"],
            one.get("column", ""),
            tuple(one.get("sum", ())),
            one.get("from", ""),
            bool(one.get("facts", False)),
        )
        ledger = ledger_named(word.other or word.ledger)
        for key in (*([word.column] if word.column else ()), *word.sum):
            ledger.by_key[key]
        for text in one["words"]:
            found.setdefault(fold_header(text), {})[word] = None
    for ledger in LEDGERS.values():
        for column, texts in _names(ledger) if ledger.key != "areas" else ():
            for text in texts:
                own = found.setdefault(fold_header(text), {})
                if not any(one.ledger == ledger.key for one in own):
                    own[FieldWord(ledger.key, column)] = None
    return {text: tuple(words) for text, words in found.items()}


def _names(ledger: Ledger) -> Iterator[tuple[str, Iterable[str]]]:
    """What each column is called: as declared, then as in tables that come in (``data/words``)."""
    yield from ((column.key, (column.label, *column.synonyms)) for column in ledger.columns)
    yield from shipped_words(ledger.key).columns.items()


def _list(one: dict[str, Any]) -> ListWord:
    def rows(part: dict[str, Any]) -> RowChoice:
        return RowChoice(one["ledger"], part["label"], terms_of(one["ledger"], part["where"]))

    return ListWord(rows(one), bool(one.get("sure", True)), tuple(map(rows, one.get("choose", ()))))
