"""A ledger page's view ↔ the parameters of its address, so that a view can be sent to a colleague.

The language of the address: ``q`` words to look for, ``area`` a code, ``sort`` keys separated by
commas with ``-`` for descending, ``bin=1`` the bin, ``page``, ``size``, ``record``, ``tab`` the
section of the opened record (`SECTIONS`); a condition is ``column.operator=value``, repeated for
several values; ``_`` among the values of ``in`` is blank, ``!`` says that there is none that could
match; ``name.set=text`` is a row set (`ledger.records.rowsets`), and so is ``due=overdue``: it
stays relative to the day on which the address is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger, ValueRefused
from ledger.domain.errors import Invalid
from ledger.records.query import PAGE_SIZES, SYSTEM_KEYS, Condition, Selection
from pages._text import clip
from pages._views.condition_parameters import (
    RELATIVE,
    checked_text,
    parameter_of,
    read_conditions,
    written_values,
)

Params = Mapping[str, Sequence[str]]
DEFAULT_SIZE = 50
MAX_CONDITIONS = 40
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


def write_address(view: View) -> dict[str, list[str]]:
    """The parameters of a view; those with their default value are left out."""
    selection, params = view.selection, dict[str, list[str]]()
    if selection.text:
        params["q"] = [selection.text]
    if selection.area_path is not None:
        params["area"] = [_code_at(selection.area_path)]
    for condition in selection.conditions:
        params.setdefault(parameter_of(condition), []).extend(written_values(condition))
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


def _code_at(path: str) -> str:
    return path.strip("/").rpartition("/")[2]
