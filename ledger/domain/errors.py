"""Errors that services raise. Every message is Chinese and says what to do next.

LedgerError
├── Refused            the actor may not do this
├── NotFound           not there, or not in the actor's scope (one answer for both)
├── Invalid            values that cannot be taken; carries one Problem per cell
│   └── InvalidFile    the same of a file; carries its name and that of the sheet
├── Conflict           the record changed since it was read
├── Outdated           what was shown is no longer so; look again before anything is written
├── Cancelled          the person who waited for the work stopped it
├── StorageError       the database cannot be used as it is
└── Unequipped         the machine lacks something that the work needs
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell. ``row`` counts as Excel does, header included."""

    row: int | None
    column: str | None
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = "".join(
            [
                f"第{self.row}行" if self.row is not None else "",
                f"“{self.column}”列" if self.column else "",
            ]
        )
        return f"{place}：{self.message}" if place else self.message


class LedgerError(Exception):
    """Base of the errors that services raise; ``str()`` is a Chinese message for the screen."""


class Refused(LedgerError):
    """The actor's role does not allow the action."""


class NotFound(LedgerError):
    """No such record in the actor's scope; the same error for out-of-scope and missing records."""

    def __init__(self, what: str = "记录") -> None:
        super().__init__(f"没有找到该{what}，或不在您的辖区内。请返回列表刷新后重试。")


class Unequipped(LedgerError):
    """The machine lacks something, such as a font; the message says what to install."""


class Invalid(LedgerError):
    """Values that cannot be taken; nothing was written."""

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (
            (Problem(None, None, problems),) if isinstance(problems, str) else tuple(problems)
        )
        super().__init__("；".join(str(problem) for problem in self.problems[:5]))


class InvalidFile(Invalid):
    """A file that cannot be taken: ``file`` is its name, ``sheet`` empty where there is none.

    Messages of the problems need not name either: ``str()`` puts both in front, once.
    """

    def __init__(self, problems: Sequence[Problem] | str, file: str, sheet: str = "") -> None:
        super().__init__(problems)
        self.file, self.sheet = file, sheet
        place = f"“{file}”" + (f"工作表“{sheet}”" if sheet else "")
        has_place = self.problems[0].row is not None or self.problems[0].column
        self.args = (place + ("" if has_place else "：") + str(self),)


@contextmanager
def in_file(path: Path, sheet: str = "") -> Iterator[None]:
    """Add the file's name, and the sheet's if there is one, to every `Invalid` of the block.

    Raises
    ------
    InvalidFile
        For every `Invalid`; one that names its file already goes through as it is.
    """
    try:
        yield
    except InvalidFile:
        raise
    except Invalid as error:
        raise InvalidFile(error.problems, path.name, sheet) from error


@dataclass(frozen=True)
class FieldConflict:
    """One field of a record that two people edited.

    ``before`` is what both had read, ``theirs`` what stands now, ``mine`` what I typed; a
    ``clash`` needs a choice, everything else merges.
    """

    key: str
    label: str
    before: Any
    theirs: Any
    mine: Any
    clash: bool


class Conflict(LedgerError):
    """Somebody else saved the record after it was read here; nothing was written.

    With ``fields`` the editor can compare, choose, and save again on ``version``.
    """

    def __init__(
        self,
        number: str,
        by: str,
        *,
        record_id: int | None = None,
        version: int | None = None,
        fields: Sequence[FieldConflict] = (),
    ) -> None:
        self.number, self.by = number, by
        self.record_id, self.version = record_id, version
        self.fields = tuple(fields)
        super().__init__(f"{number} 已被 {by} 修改。您的修改没有保存，请刷新后对照再改。")

    @property
    def clashes(self) -> tuple[FieldConflict, ...]:
        """The fields that both changed, differently."""
        return tuple(field for field in self.fields if field.clash)


class Outdated(LedgerError):
    """What the user was shown has changed since; nothing was written."""

    def __init__(self, what: str) -> None:
        super().__init__(f"检查之后{what}，没有写入任何内容。请重新检查后再导入。")


class Cancelled(LedgerError):
    """A person stopped the work (:mod:`ledger.domain.progress`); nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__("已取消，没有写入任何内容。")


class StorageError(LedgerError):
    """The database is missing, locked, damaged or newer than this program."""
