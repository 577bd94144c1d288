"""Reading and checking the file of figures; ``data/rules/figures.toml`` explains every field."""

from __future__ import annotations

import re
from functools import lru_cache
from string import Formatter
from typing import Annotated, Any, cast

from pydantic import AfterValidator, Field, field_validator

from ledger.domain.columns import NUMERIC, Column, ColumnType, Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.tiers.errors import RuleError, nearest
from ledger.domain.tiers.files import parse_toml
from ledger.domain.tiers.strict_tables import Head, StrictTable, Text, needed, read_table
from ledger.records.query import Operator
from ledger.records.rowsets import ROW_SETS
from ledger.records.rulebook import FIGURES, text_in_force
from ledger.reporting.figures.definitions import PERIODS, Book, Figure, Given, Term, Words
from ledger.storage import Store

# Filled in when a figure is worked out; ``backlog_before`` follows from ``backlog_days``.
PLACES = ("start", "end", "period", "yesterday", "round", "backlog_before")
SETTING_WORDS = {
    "resolution_days": "一次性化解观察{}日",
    "backlog_days": "积案为满{}日未答复",
    "collective_people": "集体访为{}人及以上",
}
UNITS = ("件", "条", "项", "家", "次", "人次", "元", "天", "%")
_MOST_MATURING = 3_650
_KEY = re.compile(r"[a-z][a-z0-9_]*")


def _key(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("key 只能用小写字母、数字和下划线，并以字母开头")
    return key


class _Settings(StrictTable):
    places = ("[settings]",)

    resolution_days: int = needed("一次性化解观察几日", "180", ge=1, le=3_650)
    backlog_days: int = needed("满几日为积案", "90", ge=1, le=3_650)
    collective_people: int = needed("几人及以上为集体访", "5", ge=1, le=1_000_000)


class _Figure(StrictTable):
    places = ("指标 {key}", "第 {number} 个 [[figures]]")

    key: Annotated[Text, AfterValidator(_key)] = needed("英文键")
    ledger: Text = needed("哪一本台账")
    unit: Text = needed("单位")
    label: Text = needed("名称")
    group: Text = needed("分组")
    period: Text = needed("按哪一列归入统计期")
    numerator: Text = needed("分子或统计什么")
    denominator: Text = ""
    exclusions: Text = ""
    source: Text = needed("依据")
    local: bool = False
    of: dict[str, Any] = Field(default_factory=dict)
    counted: dict[str, Any] = Field(default_factory=dict)
    passed: bool = False
    by: Text = ""
    sum: Text = ""
    over: Text = ""
    days: list[Text] = Field(default_factory=list)
    matures: int = Field(default=0, ge=0, le=_MOST_MATURING)

    @field_validator("ledger")
    @classmethod
    def _known_ledger(cls, key: str) -> str:
        known = [one for one in LEDGERS if one != "areas"]
        if key not in known:
            raise ValueError(f"没有台账 {key}，可用：{'、'.join(known)}。{nearest(key, known)}")
        return key

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        if unit not in UNITS:
            raise ValueError(f"unit 只能是：{'、'.join(UNITS)}，现在是“{unit}”")
        return unit

    def fail(self, message: str) -> RuleError:
        """An error that names this figure."""
        return RuleError(message, where=f"指标 {self.key}")


class _File(Head):
    settings: _Settings
    figures: list[_Figure] = Field(default_factory=list)


def figures_in_force(store: Store) -> Book:
    """The figures by which this office counts now."""
    with store.reading() as connection:
        return _read(text_in_force(connection, FIGURES))


@lru_cache(maxsize=8)
def _read(text: str) -> Book:
    return read_figures(text)


def read_figures(text: str) -> Book:
    """Read and check figures; raises :class:`RuleError` at the first thing wrong."""
    content = {"settings": {}, **parse_toml(text, "指标口径文件")}
    file = read_table(_File, content, "指标口径文件")
    settings = dict(file.settings)
    found = tuple(_figure(item, settings) for item in file.figures)
    seen: set[str] = set()
    for figure in found:
        if figure.key in seen:
            raise RuleError("这个 key 出现了两次，请改成不同的键", where=f"指标 {figure.key}")
        seen.add(figure.key)
    if not found:
        raise RuleError("没有任何 [[figures]]，请至少写一项指标", where="指标口径文件")
    return Book(file.version, file.title, file.source, settings, found)


def _figure(table: _Figure, settings: dict[str, int]) -> Figure:
    ledger = LEDGERS[table.ledger]
    if table.period not in PERIODS:
        days = {ColumnType.DATE, ColumnType.MOMENT}
        _column(table, "period", table.period, ledger, days, "日期列")
    figure = Figure(
        key=table.key,
        label=table.label,
        group=table.group,
        unit=table.unit,
        ledger=ledger.key,
        period=table.period,
        words=_words(table, settings),
        of=_terms(table, "of", table.of, ledger),
        counted=_terms(table, "counted", table.counted, ledger),
        passed=table.passed,
        by=table.by,
        sum=table.sum,
        over=table.over,
        days=cast("tuple[str, str]", tuple(table.days)) if table.days else None,
        matures=table.matures,
    )
    _check_shape(table, figure, ledger)
    return figure


def _words(table: _Figure, settings: dict[str, int]) -> Words:
    texts = [table.numerator, table.denominator, table.exclusions, table.source]
    used = [name for text in texts for name in _places(table, text)]
    adjustable = dict.fromkeys(
        SETTING_WORDS[name].format(settings[name]) for name in used if name in settings
    )
    # ``{round}`` is known only when the figure is worked out.
    filled = [
        text.format_map({**settings, **{one: f"{{{one}}}" for one in PLACES}}) for text in texts
    ]
    return Words(filled[0], filled[1], filled[2], filled[3], table.local, tuple(adjustable))


def _places(table: _Figure, text: str) -> list[str]:
    """The names between braces in a text, each of which must be known."""
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        raise table.fail(f"“{text[:40]}”的花括号不成对，请改正") from None
    allowed = (*PLACES, *SETTING_WORDS)
    for name in names:
        if name not in allowed:
            hint = nearest(name, allowed)
            raise table.fail(f"不认识 {{{name[:40]}}}，可用：{'、'.join(allowed)}。{hint}")
    return names


def _terms(
    table: _Figure, field: str, conditions: dict[str, Any], ledger: Ledger
) -> tuple[Term, ...]:
    found: list[Term] = []
    for key, given in conditions.items():
        if isinstance(given, dict):
            found += _bounds(table, field, key, given, ledger)
        else:
            found.append(_choice(table, field, key, given, ledger))
    return tuple(found)


def _bounds(
    table: _Figure, field: str, key: str, given: dict[str, Any], ledger: Ledger
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


def _choice(table: _Figure, field: str, key: str, given: Any, ledger: Ledger) -> Term:
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


def _column(
    table: _Figure, field: str, key: str, ledger: Ledger, types: Any, meaning: str
) -> Column:
    column = ledger.by_key.get(key)
    if column is None or column.rule.masked:
        hint = nearest(key, ledger.by_key)
        raise table.fail(f"{field} 写的 {key} 不是{ledger.label}台账的列，请改正。{hint}")
    if column.type not in types:
        raise table.fail(f"{field} 写的 {key}（{column.label}）不是{meaning}，请换一列")
    return column


def _check_shape(table: _Figure, figure: Figure, ledger: Ledger) -> None:
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
