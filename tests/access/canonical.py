"""Whatever a service returns, in a form that can be compared between two databases."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Row

# What is handed in rather than found out, and what differs by the minute or is random.
_NOT_TOLD = frozenset(
    {"store", "atlas", "sealer", "connection", "database_bytes", "free_bytes", "password"}
    | {"measured"}
)


def canonical(value: Any) -> Any:
    """Plain lists, pairs and texts that say everything the value says."""
    if isinstance(value, bytes):
        return _unpacked(value)
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.to_csv()
    if isinstance(value, np.ndarray):
        return canonical(value.tolist())
    if is_dataclass(value) and not isinstance(value, type):
        told = [one.name for one in fields(value) if one.name not in _NOT_TOLD]
        return [type(value).__name__, [(name, canonical(getattr(value, name))) for name in told]]
    if isinstance(value, Row):
        return canonical(dict(value._mapping))
    if isinstance(value, Mapping):
        return sorted(((repr(key), canonical(one)) for key, one in value.items()), key=repr)
    if isinstance(value, Set):
        return sorted((canonical(one) for one in value), key=repr)
    if isinstance(value, list | tuple):
        return [canonical(one) for one in value]
    text = repr(value)
    return type(value).__name__ if " at 0x" in text else text


def _unpacked(content: bytes) -> Any:
    """A workbook or document by its parts, without the moment at which it was packed."""
    if not content.startswith(b"PK"):
        return repr(content)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [name for name in packed.namelist() if "core.xml" not in name]
        return [(name, _unpacked(packed.read(name))) for name in parts]
