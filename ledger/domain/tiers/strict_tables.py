"""Strict models of the tables in files of rules; what pydantic refuses is said in Chinese.

A file of rules is declared as models: every field with its type and bounds, nothing else allowed,
no text taken for a number. :func:`read_table` checks a whole file and raises the first thing wrong
as a :class:`RuleError` that names the table, the field and what to do.

Checks that need several fields are validators of the model; their ``ValueError`` is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, ClassVar, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic import ValidationError as Refusals
from pydantic.fields import FieldInfo

from ledger.domain.tiers.errors import RuleError, nearest

LARGEST = 10**15


class FieldRefused(ValueError):
    """What is wrong with one field: said after its name (``{0}``) and before what is written."""


class StrictTable(BaseModel):
    """One TOML table. ``places`` say how errors call it, the first that can be filled in.

    In braces stand the table's own texts, ``{step}`` for its name, ``{number}`` for its place in
    a list, ``{outer}`` for the table it is in.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    places: ClassVar[tuple[str, ...]] = ()


Table = TypeVar("Table", bound=StrictTable)


def needed(meaning: str, example: str = '"…"', **bounds: Any) -> Any:
    """A field that must be there, with what it means and how it may be written."""
    return Field(description=meaning, examples=[example], **bounds)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise FieldRefused("应当是数字（不带引号）")
    return Decimal(value)


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            raise FieldRefused("应当是日期，例如 2024-10-01") from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise FieldRefused("不是日期，请写成 2024-10-01 这样")
    return value


def _key(key: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
        raise FieldRefused("应以小写字母开头，只含小写字母、数字、下划线")
    return key


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[Text, AfterValidator(_key)]
Number = Annotated[Decimal, BeforeValidator(_number), Field(ge=-LARGEST, le=LARGEST)]
Day = Annotated[date, BeforeValidator(_day)]


class Head(StrictTable):
    """What every file of rules says of itself."""

    version: Text = needed("版本号")
    title: Text = needed("名称")
    source: Text = needed("依据")


class DatedHead(Head):
    """The same of a file that begins to hold on a day."""

    effective: Day = needed("生效日期", "2024-10-01")


def read_table(model: type[Table], content: object, called: str) -> Table:
    """The content of a file of rules as its model.

    Parameters
    ----------
    model : type
        The model of the whole file.
    content : object
        What TOML made of it; numbers with a point are ``Decimal``.
    called : str
        What people call the file, e.g. ``规则文件``.

    Raises
    ------
    RuleError
        For the first thing wrong; unknown fields of a table come after all others.
    """
    try:
        return model.model_validate(content)
    except Refusals as refused:
        error = refused.errors(include_url=False)[0]
    place = _locate(model, content, called, error["loc"])
    raise RuleError(_message(error, place), where=place.where)


class _Place:
    """A table of the file, how errors call it, and the field that is wrong ("" for the whole)."""

    def __init__(self, table: type[StrictTable], where: str) -> None:
        self.table, self.where, self.field = table, where, ""


def _locate(
    model: type[StrictTable], content: object, called: str, steps: Sequence[str | int]
) -> _Place:
    """Follow pydantic's ``loc`` through models and content."""
    place = _Place(model, called)
    for step in steps:
        content = _inside(content, step)
        inner, several = _held(place.table.model_fields.get(place.field or str(step)))
        if inner and several is bool(place.field):
            place.where = _called(inner, content, step, place.where, str(steps[-1]))
            place.table, place.field = inner, ""
        elif not place.field:
            place.field = str(step)
        elif isinstance(step, str):
            place.where, place.field = f"[{place.field}]", step
    return place


def _inside(content: object, step: str | int) -> object:
    if isinstance(content, Mapping):
        return content.get(step)
    return content[step] if isinstance(content, list) and isinstance(step, int) else None


def _held(field: FieldInfo | None) -> tuple[type[StrictTable] | None, bool]:
    """The model of the tables in a field, and whether it holds several of them."""
    annotation = None if field is None else field.annotation
    if get_origin(annotation) is UnionType:
        annotation = get_args(annotation)[0]
    several = get_origin(annotation) in (list, tuple, dict)
    held: Any = annotation
    if several:
        held = get_args(annotation)[1 if get_origin(annotation) is dict else 0]
    is_table = isinstance(held, type) and issubclass(held, StrictTable)
    return held if is_table else None, several


def _called(
    table: type[StrictTable], content: object, step: str | int, outer: str, wrong: str
) -> str:
    own = content.items() if isinstance(content, Mapping) else ()
    known: dict[str, object] = {
        key: value.strip()
        for key, value in own
        if isinstance(value, str) and value.strip() and key != wrong
    }
    number = {"number": step + 1} if isinstance(step, int) else {}
    for words in table.places:
        try:
            return words.format_map({**known, **number, "step": step, "outer": outer})
        except KeyError:
            continue
    return outer


# What is said of a field by the type of pydantic's error; the value follows.
_WORDS = {
    "string_type": "应当是带引号的文字且不能为空",
    "string_too_short": "应当是带引号的文字且不能为空",
    "bool_type": "应当是 true 或 false",
    "int_type": "应当是整数",
    "list_type": "应当是列表，例如 {0} = […]",
    "tuple_type": "应当是列表，例如 {0} = […]",
    "dict_type": "应当是一组表，例如 [{0}.名称]",
    "finite_number": "太大或不是有限的数字",
    "decimal_max_places": "最多两位小数",
}


def _message(error: Mapping[str, Any], place: _Place) -> str:
    kind, context = error["type"], error.get("ctx", {})
    table, field = place.table, place.field
    info = table.model_fields.get(field)
    match kind:
        case "value_error" if isinstance(context["error"], FieldRefused):
            words = str(context["error"]).format(field)
        case "value_error":
            return str(context["error"])
        case "model_type":
            return "应当是一张表（每行写“名称 = 值”），请改写"
        case "extra_forbidden":
            return f"不认识 {field}，请删去或改正。{nearest(field, table.model_fields)}"
        case "missing" if info is not None:
            example = (info.examples or ['"…"'])[0]
            return f"缺少 {field}（{info.description}），请补上一行 {field} = {example}"
        case "dict_type" if not _held(info)[0]:
            name = field if info else f"{place.where[1:-1]}.{field}"
            words = f"应当是一张表：先写 [{name}]，下面每行写 名称 = 值"
        case "list_type" | "tuple_type" if info is not None and info.examples:
            words = f"应当是列表，例如 {field} = {info.examples[0]}"
        case "greater_than_equal" | "less_than_equal" | "int_type":
            words = _bounds(info, context)
        case _:
            words = _WORDS.get(kind, "不可用").format(field)
    return f"{field} {words}，现在是 {shown(error['input'])}"


def _bounds(info: FieldInfo | None, context: Mapping[str, Any]) -> str:
    limits = info.metadata if info else []
    low = next((limit.ge for limit in limits if hasattr(limit, "ge")), None)
    high = next((limit.le for limit in limits if hasattr(limit, "le")), None)
    if isinstance(low, int) and isinstance(high, int) and info and info.annotation is not Decimal:
        return f"应当是 {low} 到 {high} 的整数"
    most = "".join(filter(str.isdigit, str(context.get("le", context.get("ge", "")))))
    return f"应当在 -{most} 到 {most} 之间" if most else _WORDS["int_type"]


def shown(value: object) -> str:
    """What the file says, as its writer would write it, cut short."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
