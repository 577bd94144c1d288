"""Reading one table of a rule file: every field asked for by name, leftovers refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ledger.domain.tiers.errors import RuleError, nearest


def _shown(value: object) -> str:
    """What the file says, as its writer would write it, cut short."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


class Table:
    """One TOML table, read field by field.

    Each method takes a field away and returns it checked; :meth:`end` then refuses whatever was
    not asked for, so that a misspelt field never passes silently. All raise :class:`RuleError`.
    """

    def __init__(self, content: object, where: str) -> None:
        if not isinstance(content, Mapping):
            raise RuleError("应当是一张表（每行写“名称 = 值”），请改写", where=where)
        self.where = where
        self._left: dict[str, Any] = dict(content)
        self._asked: set[str] = set()

    def fail(self, message: str) -> RuleError:
        """An error that names this table."""
        return RuleError(message, where=self.where)

    def take(self, key: str) -> Any:
        """The raw value, or None when the field is absent."""
        self._asked.add(key)
        return self._left.pop(key, None)

    def text(self, key: str, meaning: str) -> str:
        """A text that must be there and not be blank."""
        value = self.take(key)
        if value is None:
            raise self.fail(f'缺少 {key}（{meaning}），请补上一行 {key} = "…"')
        return self._checked_text(key, value)

    def optional_text(self, key: str) -> str:
        """A text, or an empty one when the field is absent."""
        value = self.take(key)
        return "" if value is None else self._checked_text(key, value)

    def _checked_text(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"{key} 应当是带引号的文字且不能为空，现在是 {_shown(value)}")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when absent."""
        return tuple(self._checked_text(key, item) for item in self.items(key))

    def items(self, key: str) -> list[Any]:
        """A list; empty when absent."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.fail(f"{key} 应当是列表，例如 {key} = […]，现在是 {_shown(value)}")
        return value

    def flag(self, key: str) -> bool:
        """``true`` or ``false``; false when absent."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            raise self.fail(f"{key} 应当是 true 或 false，现在是 {_shown(value)}")
        return bool(value)

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number within bounds, or None when absent."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(f"{key} 应当是 {low} 到 {high} 的整数，现在是 {_shown(value)}")
        return value

    def number(self, key: str) -> Decimal | None:
        """A finite number, or None when absent."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise self.fail(f"{key} 应当是数字（不带引号），现在是 {_shown(value)}")
        number = Decimal(value)
        if not number.is_finite() or abs(number) > Decimal(10) ** 15:
            raise self.fail(f"{key} 太大或不是有限的数字，现在是 {_shown(value)}")
        return number

    def day(self, key: str, meaning: str) -> date:
        """A calendar day that must be there."""
        value = self.take(key)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value.strip())
            except ValueError:
                raise self.fail(
                    f"{key} 应当是日期，例如 2024-10-01，现在是 {_shown(value)}"
                ) from None
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.fail(f"缺少 {key}（{meaning}）或不是日期，请写成 {key} = 2024-10-01")
        return value

    def keys(self) -> tuple[str, ...]:
        """The fields not taken yet, in the order of the file."""
        return tuple(self._left)

    def tables(self, key: str) -> dict[str, Any]:
        """A table of tables, by name; empty when absent."""
        value = self.take(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.fail(f"{key} 应当是一组表，例如 [{key}.名称]，现在是 {_shown(value)}")
        return value

    def end(self) -> None:
        """Refuse fields that nobody asked for."""
        for key in self._left:
            hint = nearest(key, self._asked)
            raise self.fail(f"不认识 {key}，请删去或改正。{hint}")
