"""The mapping file that says how to read a foreign table (TOML).

::

    crs = "gcj02"                # of lon and lat; default wgs84
    history = "auto"             # cases of the past: "auto" (default), "yes" or "no"
    blank = "keep"               # blank cells of an existing record: "keep" (default) or "clear"
    ignore = ["备注"]            # headers of columns that are not to be read
    [columns]                    # ledger key = "header in the file"
    name = "Provider Name"
    [values.prepaid_use]         # "what the file says" = "ledger key or label"; "" for blank
    "none taken" = "none"
    [constants]                  # for every row whose file has nothing in that column
    kind = "养老院"
    [extra]                      # further facts: name = "number|tri|text|choice"
    total_fines = "number"       # header and name are the same
    stars = { column = "Star Rating", type = "number" }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from geo.crs import WGS84, SourceCrs, parse_crs
from geo.errors import GeoError
from ledger.domain.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.domain.errors import Invalid, in_file
from ledger.domain.tiers import RuleError
from ledger.domain.tiers.errors import nearest
from ledger.domain.tiers.files import place_of
from ledger.domain.tiers.strict_tables import StrictTable, Text, read_table

EXTRA_TYPES: Mapping[str, ColumnType] = {
    "number": ColumnType.NUMBER,
    "tri": ColumnType.TRI,
    "text": ColumnType.TEXT,
    "choice": ColumnType.TEXT,
}
_LARGEST = 1_000_000
_LONGEST_NAME = 80
_EXTRA_TEXT = 2000


@dataclass(frozen=True)
class ExtraColumn:
    """A column of the file that is kept as a further fact: its header and how cells are read."""

    name: str
    header: str
    column: Column


@dataclass(frozen=True)
class FileMapping:
    """How to read one file.

    ``columns`` maps ledger keys to headers; ``values`` per key (or extra name) what the file says
    to what is parsed instead; ``constants`` are parsed values. ``crs`` is that of lon and lat.
    ``ignore`` are headers of columns that are not to be read, whatever they look like.
    ``history``: whether its new cases are cases of the past (`ledger.exchange.importing.history`).
    """

    crs: SourceCrs = WGS84
    history: Literal["auto", "yes", "no"] = "auto"
    blank: Literal["keep", "clear"] = "keep"
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    extra: tuple[ExtraColumn, ...] = ()
    ignore: tuple[str, ...] = ()

    @property
    def is_bare(self) -> bool:
        """Whether it says nothing of columns and cells: then a file is read as without it."""
        constants = {key: one for key, one in self.constants.items() if key == "area_code"}
        return self == FileMapping(crs=self.crs, history=self.history, constants=constants)


def _source_crs(name: object) -> SourceCrs:
    if not isinstance(name, str):
        raise ValueError('crs 应当是带引号的文字，例如 crs = "wgs84"')
    try:
        return parse_crs(name)
    except GeoError as error:
        raise ValueError(f"crs 有误：{error}") from None


class _Extra(StrictTable):
    places = ("[extra] 的 {step}",)

    column: Text = ""
    type: str = ""

    @model_validator(mode="before")
    @classmethod
    def _check(cls, content: object) -> object:
        table = content if isinstance(content, dict) else {"type": content}
        unknown = [key for key in table if key not in cls.model_fields]
        if unknown:
            raise ValueError(f"只能写 column 和 type，不认识“{unknown[0]}”")
        kind = table.get("type")
        if not isinstance(kind, str) or kind not in EXTRA_TYPES:
            raise ValueError(f"类型只能是：{'、'.join(EXTRA_TYPES)}")
        return table


class _File(StrictTable):
    crs: Annotated[Any, BeforeValidator(_source_crs)] = WGS84
    history: Literal["auto", "yes", "no"] = "auto"
    blank: Literal["keep", "clear"] = "keep"
    ignore: list[Text] = Field(default_factory=list)
    columns: dict[str, Text] = Field(default_factory=dict)
    values: dict[str, dict[str, object]] = Field(default_factory=dict)
    constants: dict[str, object] = Field(default_factory=dict)
    extra: dict[str, _Extra] = Field(default_factory=dict)

    @field_validator("history", mode="before")
    @classmethod
    def _past_or_not(cls, choice: object) -> object:
        if choice not in ("auto", "yes", "no"):
            raise ValueError('history 只能是 "auto"(自动判断)、"yes"(历史数据)或 "no"(正在办理的)')
        return choice

    @field_validator("blank", mode="before")
    @classmethod
    def _keep_or_clear(cls, choice: object) -> object:
        if choice not in ("keep", "clear"):
            raise ValueError('blank 只能是 "keep"(空白格不改动原值)或 "clear"(空白格清空原值)')
        return choice


def read_mapping(path: Path, ledger: Ledger) -> FileMapping:
    """Read and check a mapping file. Raises `InvalidFile` saying what is wrong where."""
    with in_file(path):
        return parse_mapping(_text_of(path), ledger)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        raise Invalid(f"没有找到映射文件({path})，请检查路径") from None
    except OSError as error:
        raise Invalid(f"无法读取映射文件({path}，{error.strerror})") from None
    if len(content) > _LARGEST:
        raise Invalid("映射文件超过 1 MB，请检查是否选错文件")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("映射文件不是 UTF-8 编码，请另存为 UTF-8 后重试") from None


def parse_mapping(text: str, ledger: Ledger) -> FileMapping:
    """Check the text of a mapping file against the ledger's declaration. Raises `Invalid`."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = place_of(error)
        message = f"映射文件{place}的 TOML 写法有误，文字要加引号，每行写 名称 = 值"
        raise Invalid(message) from None
    except RecursionError:
        raise Invalid("映射文件的括号层数过多，请改写") from None
    try:
        file = read_table(_File, content, "")
    except RuleError as error:
        raise Invalid(f"映射文件 {error}") from None
    extra = tuple(_extra_column(name, item, ledger) for name, item in file.extra.items())
    return FileMapping(
        crs=file.crs,
        history=file.history,
        blank=file.blank,
        columns=_columns(file.columns, ledger),
        values=_values(file.values, ledger, extra),
        constants=_constants(file.constants, ledger),
        extra=extra,
        ignore=tuple(file.ignore),
    )


def _columns(table: Mapping[str, str], ledger: Ledger) -> dict[str, str]:
    used: dict[str, str] = {}
    for key, header in table.items():
        _declared(ledger, key, "columns")
        if header in used:
            raise Invalid(f"映射文件把“{header}”列同时给了 {used[header]} 和 {key}，请只留一个")
        used[header] = key
    return {key: header for header, key in used.items()}


def _values(
    table: Mapping[str, Mapping[str, object]], ledger: Ledger, extra: tuple[ExtraColumn, ...]
) -> dict[str, dict[str, str]]:
    further = {item.name: item.column for item in extra}
    found: dict[str, dict[str, str]] = {}
    for key, pairs in table.items():
        column = further.get(key) or _declared(ledger, key, "values")
        where = f"[values.{key}]"
        for said, meant in pairs.items():
            _parsed(column, meant, f"{where} 的“{said}”")
        found[key] = {said.strip(): str(meant) for said, meant in pairs.items()}
    return found


def _constants(table: Mapping[str, Any], ledger: Ledger) -> dict[str, Any]:
    return {
        key: _parsed(_declared(ledger, key, "constants"), value, f"[constants] 的 {key}")
        for key, value in table.items()
    }


def _extra_column(name: str, item: _Extra, ledger: Ledger) -> ExtraColumn:
    where = f"[extra] 的 {name}"
    if name in ledger.by_key:
        raise Invalid(
            f"映射文件 {where} 已是台账的列“{ledger.label_of(name)}”，请写在 [columns] 里"
        )
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise Invalid(f"映射文件 {where[:40]} 的名称应有 1 至 {_LONGEST_NAME} 个字")
    header = item.column or name.strip()
    return ExtraColumn(
        name, header, Column(name, header, EXTRA_TYPES[item.type], length=_EXTRA_TEXT)
    )


def _declared(ledger: Ledger, key: str, section: str) -> Column:
    column = ledger.by_key.get(key)
    if column is None:
        hint = nearest(key, ledger.by_key)
        further = "。要留作规则用的其他事实，请写在 [extra] 里" if section == "columns" else ""
        raise Invalid(f"映射文件 [{section}] 中的“{key}”不是{ledger.label}的列{further}。{hint}")
    if column.computed and not column.brought:
        raise Invalid(f"映射文件 [{section}] 中的 {key}({column.label})由系统计算，不能导入")
    return column


def _parsed(column: Column, value: object, where: str) -> Any:
    if isinstance(value, dict | list):
        raise Invalid(f"映射文件 {where} 应当是一个值，不能是列表或表")
    try:
        return column.parse(value)
    except ValueRefused as refused:
        raise Invalid(f"映射文件 {where}：{refused}") from None
