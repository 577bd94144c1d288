"""Rows of a list of people: name, role, area, phone and user name, as offices write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.atlas import Atlas
from ledger.domain import values
from ledger.domain.access import ROOT_PATH, Actor, Role
from ledger.domain.columns import Column, ColumnType, ValueRefused
from ledger.domain.errors import Invalid, InvalidFile, Problem
from ledger.exchange.reading.area_names import LEVEL_WORDS, AreaNames
from ledger.exchange.reading.header_rows import HeaderRows, Label, find_header, fold
from ledger.exchange.reading.tables_in import Sheet, read_sheet
from ledger.exchange.reading.understanding import Understood
from ledger.people.new_accounts import user_name_of
from ledger.people.users import WHOLE_TREE, checked_display_name, checked_name

_PHONE = Column("phone", "电话", ColumnType.PHONE)
_HEADERS: Mapping[str, frozenset[str]] = {
    key: frozenset(map(fold, words.split()))
    for key, words in {
        "person": "姓名 名字 人员姓名 名称",
        "role": "角色 岗位 身份 人员类型 人员类别",
        "phone": "电话 手机 手机号 手机号码 联系电话 电话号码 联系方式",
        "user": "用户名 账号 登录名 登录账号 用户账号",
        "area": "辖区 区域 所属区域 负责区域 管辖区域 管理区域 辖区代码 区域代码 所在区域",
        **{f"level{at}": " ".join(words) for at, words in enumerate(LEVEL_WORDS)},
    }.items()
}
_ROLES: Mapping[str, Role] = {
    fold(word): role
    for role, words in {
        Role.GRID_WORKER: "网格员 专职网格员 网格长 网格",
        Role.VILLAGE_STAFF: "村(社区)专干 专干 村专干 社区专干 村居专干 村干部 社区干部",
        Role.OFFICE_STAFF: "镇(街道)经办 经办 经办人 经办人员 镇经办 街道经办 工作人员",
        Role.LEADER: "镇(街道)领导 领导 镇领导 街道领导 分管领导 包片领导",
        Role.AUDITOR: "审计员 审计",
        Role.ADMIN: "系统管理员 管理员",
    }.items()
    for word in (role.value, *words.split())
}
_EVERYWHERE = frozenset({"*", "全部", "全部区域", "全域", "全辖区"})
# Whoever has one of these roles usually has an area of this level; a wider one is asked about.
_USUAL = {Role.GRID_WORKER: ("grid", "网格"), Role.VILLAGE_STAFF: ("village", "村(社区)")}


@dataclass(frozen=True)
class Person:
    """A row as an account: ``name`` is empty where the user name follows from the person's."""

    row: int
    name: str
    display_name: str
    role: Role
    scope_code: str
    phone: str


@dataclass(frozen=True)
class PersonRow:
    """One row with its number as Excel counts; ``person`` is None where it cannot be taken."""

    row: int
    person: Person | None
    problems: tuple[Problem, ...]


def read_rows(path: Path, sheet: str | None, atlas: Atlas, actor: Actor) -> list[PersonRow]:
    """The people of a list, each with what is wrong.

    Raises
    ------
    InvalidFile
        If the file is no table, or lacks the columns of name, role or area.
    """
    table = read_sheet(path, sheet, lambda rows: _find(Sheet(rows, "", is_text=True))[1])
    header, _ = _find(table)
    places = _places(header)
    lacking = [
        words
        for keys, words in ((("person",), "姓名"), (("role",), "角色"), (_AREAS, "辖区"))
        if not any(key in places for key in keys)
    ]
    if lacking:
        raise InvalidFile(
            f"没有找到“{'”“'.join(lacking)}”列。表头请写：姓名、角色、辖区(或镇(街道)、村(社区)、"
            "网格各一列)，另可有电话、用户名",
            path.name,
        )
    reader = _Reader(places, atlas, actor)
    found = []
    for at, cells in enumerate(table.rows[header.last + 1 :], start=header.last + 2):
        # A line with one text is a remark below the list, not somebody.
        if sum(not _is_blank(cell) for cell in cells) > 1:
            found.append(reader.read(at, cells))
    return found


_AREAS = ("area", "level0", "level1", "level2")


def _find(table: Sheet) -> tuple[HeaderRows, int]:
    return find_header(table, _key_of, lambda keys: {"person", "role"} <= keys)


def _key_of(label: Label) -> str | None:
    text = fold(label.leaf)
    return next((key for key, words in _HEADERS.items() if text in words), None)


def _places(header: HeaderRows) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, label in enumerate(header.labels):
        key = _key_of(label)
        if key is not None:
            found.setdefault(key, at)
    return found


class _Reader:
    """Reads rows, given where each column stands."""

    def __init__(self, places: Mapping[str, int], atlas: Atlas, actor: Actor) -> None:
        self._places, self._atlas, self._actor = places, atlas, actor
        self._names = AreaNames(atlas, actor)

    def read(self, row: int, cells: Sequence[Any]) -> PersonRow:
        """One row; every cell that cannot be taken is a problem of its own."""
        problems: list[Problem] = []
        read_cells: dict[str, Any] = {}
        for column, read in _CELLS.items():
            try:
                read_cells[column] = read(self, cells)
            except (ValueRefused, Invalid) as error:
                said = error.problems[0].message if isinstance(error, Invalid) else str(error)
                problems.append(Problem(row, column, said))
        if problems:
            return PersonRow(row, None, tuple(problems))
        keys = ("用户名", "姓名", "角色", "辖区", "电话")
        person = Person(row, *(read_cells[key] for key in keys))
        if not person.name:
            try:
                checked_name(user_name_of(person.display_name))
            except Invalid:
                said = "不能直接作用户名，请加一列“用户名”并填写"
                return PersonRow(row, None, (Problem(row, "姓名", said),))
        return PersonRow(row, person, self._doubts(person))

    def _doubts(self, person: Person) -> tuple[Problem, ...]:
        usual = _USUAL.get(person.role)
        area = self._atlas.get(person.scope_code)
        if usual is None or usual[0] not in self._atlas.levels:
            return ()
        if area is not None and self._atlas.levels.index(area.level) >= self._atlas.levels.index(
            usual[0]
        ):
            return ()
        named = "全部区域" if area is None else f"“{area.name}”"
        said = f"{person.role.label}的辖区一般是一个{usual[1]}，这里是{named}，其中的记录都能看到"
        return (Problem(person.row, "辖区", said, "warning"),)

    def text(self, cells: Sequence[Any], key: str) -> str:
        """The text of one column, without blanks around it; a number as it is written."""
        at = self._places.get(key)
        cell = cells[at] if at is not None and at < len(cells) else None
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return "" if cell is None else re.sub(r"\s+", " ", str(cell)).strip()

    def person(self, cells: Sequence[Any]) -> str:
        """姓名."""
        text = self.text(cells, "person")
        if not text:
            raise ValueRefused("没有填写姓名")
        return checked_display_name(text)

    def role(self, cells: Sequence[Any]) -> Role:
        """角色, by its key, its label or what offices call it."""
        text = self.text(cells, "role")
        role = _ROLES.get(fold(text))
        if role is None:
            known = "、".join(one.label for one in Role)
            raise ValueRefused(
                f"没有角色“{text[:20]}”，可填：{known}" if text else f"没有填写，可填：{known}"
            )
        return role

    def scope(self, cells: Sequence[Any]) -> str:
        """辖区: the narrowest area that is named, below the others of the row."""
        named = [
            (int(key[-1]) if key[-1].isdecimal() else None, text)
            for key in (*_AREAS[1:], _AREAS[0])
            if (text := self.text(cells, key))
        ]
        if not named:
            raise ValueRefused("没有填写，请写区域名称或代码；全部区域写 *")
        if len(named) == 1 and values.fold(named[0][1]) in _EVERYWHERE:
            if self._actor.scope_path != ROOT_PATH:
                raise ValueRefused("您的辖区不是全部区域，请写辖区内的区域")
            return WHOLE_TREE
        found = self._names.read([text for _, text in named], [level for level, _ in named])
        return str(found.value) if isinstance(found, Understood) else found

    def phone(self, cells: Sequence[Any]) -> str:
        """电话, which may be empty."""
        return str(_PHONE.parse(self.text(cells, "phone")) or "")

    def user(self, cells: Sequence[Any]) -> str:
        """用户名, which may be empty."""
        text = self.text(cells, "user")
        return checked_name(text) if text else ""


_CELLS = {
    "姓名": _Reader.person,
    "角色": _Reader.role,
    "辖区": _Reader.scope,
    "电话": _Reader.phone,
    "用户名": _Reader.user,
}


def _is_blank(cell: Any) -> bool:
    return cell is None or not str(cell).strip()
