"""Reading and checking the file of figures; ``data/rules/figures.toml`` explains every field."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, cast

from ledger.domain.columns import NUMERIC, Column, ColumnType, Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.tiers.errors import RuleError, nearest
from ledger.domain.tiers.files import parse_toml, read_text
from ledger.domain.tiers.tables import Table
from ledger.records.query import Operator
from ledger.records.rowsets import ROW_SETS
from ledger.records.rulebook import FIGURES, shipped, text_in_force
from ledger.reporting.figures.definitions import PERIODS, Book, Figure, Given, Term, Words
from ledger.storage import Store

DEFAULT_FIGURES = shipped(FIGURES)
# Filled in when a figure is worked out; ``backlog_before`` follows from ``backlog_days``.
PLACES = ("start", "end", "period", "yesterday", "round", "backlog_before")
SETTINGS = {"resolution_days": 3_650, "backlog_days": 3_650, "collective_people": 1_000_000}
SETTING_WORDS = {
    "resolution_days": "一次性化解观察{}日",
    "backlog_days": "积案为满{}日未答复",
    "collective_people": "集体访为{}人及以上",
}
UNITS = ("件", "条", "项", "家", "次", "人次", "元", "天", "%")
_MOST_MATURING = 3_650
_KEY = re.compile(r"[a-z][a-z0-9_]*")


def figures_in_force(store: Store) -> Book:
    """The figures by which this office counts now."""
    with store.reading() as connection:
        return _read(text_in_force(connection, FIGURES))


@lru_cache(maxsize=8)
def _read(text: str) -> Book:
    return read_figures(text)


def load_figures(path: str | Path = DEFAULT_FIGURES) -> Book:
    """The figures of a UTF-8 TOML file.

    Raises
    ------
    RuleError
        When the file cannot be read or its content cannot be used; Chinese, names the figure and
        the field and says what to do.
    """
    return read_figures(read_text(path, "指标口径文件"))


def read_figures(text: str) -> Book:
    """Read and check figures; raises :class:`RuleError` at the first thing wrong."""
    file = Table(parse_toml(text, "指标口径文件"), "指标口径文件")
    version = file.text("version", "版本号")
    title = file.text("title", "名称")
    source = file.text("source", "依据")
    settings = _settings(Table(file.take("settings") or {}, "[settings]"))
    items = enumerate(file.items("figures"), start=1)
    found = tuple(_figure(item, number, settings) for number, item in items)
    file.end()
    seen: set[str] = set()
    for figure in found:
        if figure.key in seen:
            raise RuleError("这个 key 出现了两次，请改成不同的键", where=f"指标 {figure.key}")
        seen.add(figure.key)
    if not found:
        raise RuleError("没有任何 [[figures]]，请至少写一项指标", where="指标口径文件")
    return Book(version, title, source, settings, found)


def _settings(table: Table) -> dict[str, int]:
    found = {}
    for key, most in SETTINGS.items():
        value = table.whole(key, 1, most)
        if value is None:
            raise table.fail(f"缺少 {key}，请补上一行，例如 {key} = 90")
        found[key] = value
    table.end()
    return found


def _figure(item: object, number: int, settings: dict[str, int]) -> Figure:
    table = Table(item, f"第 {number} 个 [[figures]]")
    key = table.text("key", "英文键")
    table.where = f"指标 {key}"
    if not _KEY.fullmatch(key):
        raise table.fail("key 只能用小写字母、数字和下划线，并以字母开头")
    ledger = _ledger(table)
    unit = table.text("unit", "单位")
    if unit not in UNITS:
        raise table.fail(f"unit 只能是：{'、'.join(UNITS)}，现在是“{unit}”")
    days = table.texts("days")
    figure = Figure(
        key=key,
        label=table.text("label", "名称"),
        group=table.text("group", "分组"),
        unit=unit,
        ledger=ledger.key,
        period=_period(table, ledger),
        words=_words(table, settings),
        of=_terms(table, "of", ledger),
        counted=_terms(table, "counted", ledger),
        passed=table.flag("passed"),
        by=table.optional_text("by"),
        sum=table.optional_text("sum"),
        over=table.optional_text("over"),
        days=cast("tuple[str, str]", days) if days else None,
        matures=table.whole("matures", 0, _MOST_MATURING) or 0,
    )
    table.end()
    _check_shape(table, figure, ledger)
    return figure


def _ledger(table: Table) -> Ledger:
    key = table.text("ledger", "哪一本台账")
    if key not in LEDGERS or key == "areas":
        known = [one for one in LEDGERS if one != "areas"]
        raise table.fail(f"没有台账 {key}，可用：{'、'.join(known)}。{nearest(key, known)}")
    return LEDGERS[key]


def _period(table: Table, ledger: Ledger) -> str:
    period = table.text("period", "按哪一列归入统计期")
    if period not in PERIODS:
        _column(table, "period", period, ledger, {ColumnType.DATE, ColumnType.MOMENT}, "日期列")
    return period


def _words(table: Table, settings: dict[str, int]) -> Words:
    texts = [
        table.text("numerator", "分子或统计什么"),
        table.optional_text("denominator"),
        table.optional_text("exclusions"),
        table.text("source", "依据"),
    ]
    used = [name for text in texts for name in _places(table, text)]
    adjustable = dict.fromkeys(
        SETTING_WORDS[name].format(settings[name]) for name in used if name in settings
    )
    # ``{round}`` is known only when the figure is worked out.
    filled = [
        text.format_map({**settings, **{one: f"{{{one}}}" for one in PLACES}}) for text in texts
    ]
    return Words(filled[0], filled[1], filled[2], filled[3], table.flag("local"), tuple(adjustable))


def _places(table: Table, text: str) -> list[str]:
    """The names between braces in a text, each of which must be known."""
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        raise table.fail(f"“{text[:40]}”的花括号不成对，请改正") from None
    allowed = (*PLACES, *SETTINGS)
    for name in names:
        if name not in allowed:
            hint = nearest(name, allowed)
            raise table.fail(f"不认识 {{{name[:40]}}}，可用：{'、'.join(allowed)}。{hint}")
    return names


def _terms(table: Table, field: str, ledger: Ledger) -> tuple[Term, ...]:
    found: list[Term] = []
    for key, given in Table(table.take(field) or {}, f"{table.where} {field}")._left.items():
        if isinstance(given, dict):
            found += _bounds(table, field, key, given, ledger)
        else:
            found.append(_choice(table, field, key, given, ledger))
    return tuple(found)


def _bounds(
    table: Table, field: str, key: str, given: dict[str, Any], ledger: Ledger
) -> list[Term]:
    """``{ ge = …, le = … }`` of a column, or ``{ set = … }`` of a row set."""
    terms = []
    for operator, value in given.items():
        if operator == "set":
            known = [one.key for one in ROW_SETS.values() if ledger.key in one.ledgers]
            if key not in known:
                raise table.fail(f"{field} 里没有名为 {key} 的条件。{nearest(key, known)}")
        elif operator in ("ge", "le"):
            of_order = NUMERIC | {ColumnType.DATE}
            _column(table, field, key, ledger, of_order, "数字或日期列")
        else:
            raise table.fail(f"{field} 的 {key} 只能写 ge、le 或 set，现在是 {operator}")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise table.fail(f"{field} 的 {key} 应当是数字或带引号的文字，现在是 {value}")
        _places(table, str(value))
        terms.append(Term(key, cast(Operator, operator), value))
    return terms


def _choice(table: Table, field: str, key: str, given: Any, ledger: Ledger) -> Term:
    """``"filled"``, ``"blank"``, ``true``, ``false``, one choice or several."""
    if given in ("filled", "blank"):
        return _filled(_column(table, field, key, ledger, set(ColumnType), "列"), given)
    if isinstance(given, bool):
        _column(table, field, key, ledger, {ColumnType.TRI}, "是否列")
        return Term(key, "in", (given,))
    column = _column(table, field, key, ledger, {ColumnType.CHOICE}, "选项列")
    chosen = given if isinstance(given, list) else [given]
    allowed = [choice.key for choice in column.choices]
    for one in chosen:
        if one not in allowed:
            hint = nearest(str(one), allowed)
            raise table.fail(
                f"{field} 的 {key} 没有选项“{one}”，可用：{'、'.join(allowed)}。{hint}"
            )
    if not chosen:
        raise table.fail(f"{field} 的 {key} 是空的列表，请写上选项或删去")
    return Term(key, "in", tuple(cast("list[Given]", chosen)))


def _filled(column: Column, given: str) -> Term:
    """Filled or blank, in the way in which a ledger's page can filter the column."""
    if column.type not in (ColumnType.CHOICE, ColumnType.TRI):
        return Term(column.key, "blank" if given == "blank" else "not_blank")
    if given == "blank":
        return Term(column.key, "in", (None,))
    filled: list[Given] = [choice.key for choice in column.choices] or [True, False]
    return Term(column.key, "in", tuple(filled))


def _column(table: Table, field: str, key: str, ledger: Ledger, types: Any, meaning: str) -> Column:
    column = ledger.by_key.get(key)
    if column is None or column.rule.masked:
        hint = nearest(key, ledger.by_key)
        raise table.fail(f"{field} 写的 {key} 不是{ledger.label}台账的列，请改正。{hint}")
    if column.type not in types:
        raise table.fail(f"{field} 写的 {key}（{column.label}）不是{meaning}，请换一列")
    return column


def _check_shape(table: Table, figure: Figure, ledger: Ledger) -> None:
    """Fields that contradict each other."""
    if sum(map(bool, (figure.by, figure.days, figure.sum))) > 1:
        raise table.fail("by、days、sum 只能写一个")
    if figure.over and not figure.sum:
        raise table.fail("写了 over 就要写 sum，说明分子加总哪一列")
    if figure.by:
        _column(table, "by", figure.by, ledger, {ColumnType.CHOICE, ColumnType.TRI}, "选项列")
    for key in filter(None, (figure.sum, figure.over)):
        _column(table, "sum、over", key, ledger, NUMERIC, "数字列")
    for key in figure.days or ():
        _column(table, "days", key, ledger, {ColumnType.DATE, ColumnType.MOMENT}, "日期列")
    if figure.days and len(figure.days) != 2:
        raise table.fail("days 要写两列：从哪一列到哪一列")
    if (figure.unit == "%") != (figure.shape in ("share", "parts", "ratio")):
        raise table.fail("unit 为 % 的要写 counted、by 或 sum 加 over；写了这些的 unit 应为 %")
    if figure.unit == "%" and not figure.words.denominator:
        raise table.fail("比率要写 denominator，说明分母是什么")
    if figure.passed and figure.period in PERIODS:
        raise table.fail("passed 只用于按期限日期归入统计期的指标")
