"""A mapping as the text of a mapping file: what a wizard settled, in a form people can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from geo.crs import WGS84
from ledger.domain.columns import ColumnType
from ledger.exchange.reading.mapping import EXTRA_TYPES, FileMapping


def mapping_text(mapping: FileMapping) -> str:
    """The mapping as TOML; `ledger.exchange.reading.mapping.parse_mapping` reads it back as it
    is.
    """
    lines: list[str] = []
    if mapping.crs != WGS84:
        lines.append(f"crs = {_text(mapping.crs.name)}")
    if mapping.history != "auto":
        lines.append(f"history = {_text(mapping.history)}")
    if mapping.blank != "keep":
        lines.append(f"blank = {_text(mapping.blank)}")
    if mapping.ignore:
        lines.append(f"ignore = [{', '.join(map(_text, mapping.ignore))}]")
    lines += _table("columns", mapping.columns)
    for key, pairs in mapping.values.items():
        lines += _table(f"values.{_text(key)}", pairs)
    given = {key: value for key, value in mapping.constants.items() if value is not None}
    lines += _table("constants", given)
    if mapping.extra:
        lines.append("[extra]")
        for item in mapping.extra:
            kind = _text(_EXTRA_NAMES[item.column.type])
            lines.append(f"{_text(item.name)} = {{ column = {_text(item.header)}, type = {kind} }}")
    return "\n".join([*lines, ""])


_EXTRA_NAMES: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "text",
    **{kind: name for name, kind in EXTRA_TYPES.items() if kind is not ColumnType.TEXT},
}


def _table(name: str, content: Mapping[str, Any]) -> list[str]:
    if not content:
        return []
    return [f"[{name}]", *(f"{_text(key)} = {_value(value)}" for key, value in content.items())]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    return _text(str(value))


def _text(text: str) -> str:
    """A quoted text; JSON's escapes are those of TOML, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
