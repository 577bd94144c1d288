"""A ledger page's view ↔ the parameters of its address, so that a view can be sent to a colleague.

The language of the address: ``q`` words to look for, ``area`` a code, ``sort`` keys separated by
commas with ``-`` for descending, ``bin=1`` the bin, ``page``, ``size``, ``record``, ``tab`` the
section of the opened record (`SECTIONS`); a condition is ``column.operator=value``, repeated for
several values; ``_`` among the values of ``in`` is blank, ``!`` says that there is none that could
match; ``name.set=text`` is a row set (`ledger.records.rowsets`), and so is ``due=overdue``: it
stays relative to the day on which the address is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, get_args

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import NUMERIC, Column, ColumnType, Ledger, ValueRefused
from ledger.domain.errors import Invalid
from ledger.domain.timing.clock import local_text
from ledger.records.query import PAGE_SIZES, SYSTEM_KEYS, Condition, Operator, Selection
from ledger.records.rowsets import row_set
from pages._text import clip

Params = Mapping[str, Sequence[str]]
DEFAULT_SIZE = 50
MAX_TEXT = 200
MAX_CONDITIONS = 40
MAX_NUMBER = 1e15
BLANK = "_"
RELATIVE = "due"
NOTHING = "!"
DEFAULT_SORT = Selection().sort
# The sections of an opened record: what stands in the address → its label.
SECTIONS: Mapping[str, str] = {
    "why": "等级依据",
    "steps": "办理",
    "facts": "资料",
    "place": "位置",
    "related": "往来",
    "files": "附件",
    "history": "历史",
}
SECTION = "tab"
_FLAGS = ("blank", "not_blank")
_BY_RANGE = NUMERIC | {ColumnType.DATE, ColumnType.MOMENT}
_BY_CHOICE = frozenset({ColumnType.CHOICE, ColumnType.TRI})
_TRI = {"yes": True, "no": False, BLANK: None}


@dataclass(frozen=True)
class View:
    """What a ledger page shows: the selection, one page of it, and the record that is open, at one
    of its `SECTIONS` (empty: the first)."""

    selection: Selection = field(default_factory=Selection)
    page: int = 1
    size: int = DEFAULT_SIZE
    record: int | None = None
    section: str = ""

    def with_selection(self, selection: Selection) -> View:
        """Another selection, from its first page on."""
        return replace(self, selection=selection, page=1, record=None, section="")


def operators_of(column: Column) -> tuple[Operator, ...]:
    """The ways in which a column can be filtered on a page."""
    if column.type in _BY_CHOICE:
        return ("in",)
    if column.type in _BY_RANGE:
        return ("ge", "le", "blank", "not_blank")
    return ("contains", "blank", "not_blank")


def _readable(column: Column) -> tuple[Operator, ...]:
    """The ways in which an address may filter a column: those of a page, and a text as it is."""
    offered = operators_of(column)
    return (*offered, "eq") if "contains" in offered else offered


def write_address(view: View) -> dict[str, list[str]]:
    """The parameters of a view; those with their default value are left out."""
    selection, params = view.selection, dict[str, list[str]]()
    if selection.text:
        params["q"] = [selection.text]
    if selection.area_path is not None:
        params["area"] = [_code_at(selection.area_path)]
    for condition in selection.conditions:
        params.setdefault(_name_of(condition), []).extend(_written(condition))
    if selection.sort != DEFAULT_SORT:
        params["sort"] = [",".join(f"{'-' * down}{key}" for key, down in selection.sort)]
    if selection.deleted:
        params["bin"] = ["1"]
    if view.page != 1:
        params["page"] = [str(view.page)]
    if view.size != DEFAULT_SIZE:
        params["size"] = [str(view.size)]
    if view.record is not None:
        params["record"] = [str(view.record)]
        if view.section:
            params[SECTION] = [view.section]
    return params


def read_address(
    ledger: Ledger, atlas: Atlas, actor: Actor, params: Params
) -> tuple[View, tuple[str, ...]]:
    """The view of an address and, in Chinese, the parts of it that cannot be applied.

    Never raises: an address is typed, shortened and forwarded by people. What cannot be
    followed is left out of the view and named in the second part.
    """
    return _Reader(ledger, atlas, actor, params).read()


class _Reader:
    """Reads one address, part by part, collecting problems."""

    def __init__(self, ledger: Ledger, atlas: Atlas, actor: Actor, params: Params) -> None:
        self._ledger, self._atlas, self._actor = ledger, atlas, actor
        self._params = {key: list(values) for key, values in params.items()}
        self._problems: list[str] = []

    def read(self) -> tuple[View, tuple[str, ...]]:
        selection = Selection(
            text=self._text("q"),
            conditions=self._conditions(),
            area_path=self._area(),
            sort=self._sort(),
            deleted=self._one("bin") == "1",
        )
        size = self._whole("size") or DEFAULT_SIZE
        if size not in PAGE_SIZES:
            self._problems.append(f"每页条数只能是{'、'.join(map(str, PAGE_SIZES))}")
            size = DEFAULT_SIZE
        record = self._whole("record")
        view = View(selection, self._whole("page") or 1, size, record, self._section(record))
        return view, tuple(self._problems)

    def _section(self, record: int | None) -> str:
        section = self._one(SECTION)
        if record is None or section in ("", *SECTIONS):
            return section if record is not None else ""
        self._problems.append(f"记录没有名为“{clip(section, 20)}”的一栏")
        return ""

    def _one(self, name: str) -> str:
        values = self._params.get(name) or [""]
        return values[-1]

    def _text(self, name: str) -> str:
        try:
            return " ".join(checked_text(self._one(name)).split())
        except ValueRefused as refused:
            self._problems.append(f"搜索词{refused}")
            return ""

    def _whole(self, name: str) -> int | None:
        text = self._one(name)
        if not text:
            return None
        if text.isascii() and text.isdigit() and 0 < len(text) <= 12 and int(text) > 0:
            return int(text)
        labels = {"page": "页码", "size": "每页条数", "record": "记录编号"}
        self._problems.append(f"{labels[name]}“{clip(text, 20)}”不是正整数")
        return None

    def _area(self) -> str | None:
        code = self._one("area")
        if not code:
            return None
        area = self._atlas.get(code)
        if area is None or not self._actor.sees(area.path):
            self._problems.append(f"没有代码为“{clip(code, 40)}”的区域，或不在您的辖区内")
            return None
        return area.path

    def _sort(self) -> tuple[tuple[str, bool], ...]:
        keys: dict[str, bool] = {}
        for part in filter(None, self._one("sort").split(",")):
            key = part.removeprefix("-")
            column = self._ledger.by_key.get(key)
            known = column is not None and not column.rule.masked
            if not known and key not in SYSTEM_KEYS:
                self._problems.append(f"不能按“{clip(key, 40)}”排序")
            else:
                keys.setdefault(key, part.startswith("-"))
        found = tuple(keys.items())[:3]
        return DEFAULT_SORT if found == self._ledger.order else found

    def _conditions(self) -> tuple[Condition, ...]:
        found: list[Condition] = []
        for name, values in self._params.items():
            if name == RELATIVE:
                name = f"{RELATIVE}.set"
            if "." not in name:
                continue
            try:
                found += read_conditions(self._ledger, name, values)
            except Invalid as invalid:
                self._problems.append(str(invalid))
        if len(found) > MAX_CONDITIONS:
            self._problems.append(f"筛选条件过多，只采用前{MAX_CONDITIONS}个")
        return tuple(found[:MAX_CONDITIONS])


def read_conditions(ledger: Ledger, name: str, values: Iterable[str]) -> list[Condition]:
    """The conditions of one parameter such as ``beds.ge``. Raises `Invalid` in Chinese."""
    key, _, operator = name.rpartition(".")
    if operator == "set":
        return [_row_set(ledger, key, value) for value in values]
    column = ledger.by_key.get(key)
    if column is None or column.rule.masked:
        raise Invalid(f"{ledger.label}没有名为“{clip(key, 40)}”的列")
    if operator not in get_args(Operator) or operator not in _readable(column):
        raise Invalid(f"“{column.label}”列不能按“{clip(operator, 20)}”筛选")
    try:
        return _conditions_of(column, operator, list(values))
    except ValueRefused as refused:
        raise Invalid(f"“{column.label}”列的筛选值有误：{refused}") from None


def _row_set(ledger: Ledger, key: str, text: str) -> Condition:
    """A named condition; putting its text into words shows that it can be read."""
    row_set(ledger.key, key).words(text)
    return Condition(key, "set", text)


def _conditions_of(column: Column, operator: Any, values: list[str]) -> list[Condition]:
    if operator in _FLAGS:
        return [Condition(column.key, operator)]
    if operator == "in":
        given = [value for value in values if value != NOTHING]
        return [Condition(column.key, "in", tuple(_choice(column, value) for value in given))]
    if operator in ("contains", "eq"):
        texts = [checked_text(value).strip() for value in values]
        return [Condition(column.key, operator, text) for text in texts if text]
    return [Condition(column.key, operator, _bound(column, value)) for value in values]


def _choice(column: Column, text: str) -> str | bool | None:
    if text == BLANK:
        return None
    if column.type is ColumnType.TRI:
        if text not in _TRI:
            raise ValueRefused(f"“{clip(text, 20)}”无法识别，只能是 yes、no 或 {BLANK}")
        return _TRI[text]
    if text not in {choice.key for choice in column.choices}:
        raise ValueRefused(f"“{clip(text, 20)}”不在可选项内")
    return text


def _bound(column: Column, text: str) -> int | float | date:
    value = column.parse(checked_text(text))
    if not isinstance(value, (int, float, date)):
        raise ValueRefused("请填写界限")
    if not isinstance(value, date) and abs(value) > MAX_NUMBER:
        raise ValueRefused("数字过大")
    return value


def checked_text(text: str) -> str:
    """A text fit for a search. Raises `ValueRefused` on controls, halves of letters and length."""
    if len(text) > MAX_TEXT:
        raise ValueRefused(f"过长，最多{MAX_TEXT}字")
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueRefused("含有无法识别的字符")
    return text


def _name_of(condition: Condition) -> str:
    named = f"{condition.key}.{condition.operator}"
    return RELATIVE if named == f"{RELATIVE}.set" else named


def _written(condition: Condition) -> list[str]:
    value = condition.value
    if condition.operator in _FLAGS:
        return ["1"]
    if condition.operator == "set":
        return [str(value)]
    if condition.operator == "in":
        return [_written_choice(one) for one in value] or [NOTHING]
    if isinstance(value, datetime):
        return [local_text(value)]
    return [value.isoformat() if isinstance(value, date) else str(value)]


def _written_choice(value: Any) -> str:
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _code_at(path: str) -> str:
    return path.strip("/").rpartition("/")[2]
