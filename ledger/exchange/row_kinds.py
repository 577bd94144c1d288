"""Which rows below a header are records, and which are sums, signatures, remarks or units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from ledger.exchange.loose_numbers import UNITS, plain
from ledger.exchange.understanding import LeftOut

_TOTAL = re.compile(
    r"(?:[^\d,，。;；]{0,12}?)(?:合计|总计|小计|共计|累计|总和|合\W?计)(?:数|\(?[\d.]*[家户个人]?\)?)?"
)
_SIGNATURE = re.compile(
    r"(?:填表|填报|制表|审核|复核|审批|经办|报送|统计|上报|录入|编制|单位负责|分管领导|主要领导|主管|"
    r"负责人签|领导签|签字|盖章|联系人)[^:]{0,12}:.*"
    r"|(?:填表|填报|制表|审核|复核|经办|报送|统计|编制)(?:人|单位|日期|时间|人员)[^:]{0,8}"
    r"|.{0,12}\((?:盖章|公章|签字|签章)\).{0,12}"
)
_REMARK = re.compile(
    r"(?:备?注|说明|填表说明|填报说明|注意事项|附注|备注说明)(?:[::].*|\d*[.、].*)"
)
_SECTION = re.compile(
    r"(?:\(?[一二三四五六七八九十]{1,3}\)?[、.)]|第[一二三四五六七八九十]+[部类章]).{0,40}"
)
_EXAMPLE = re.compile(r"(?:填写)?(?:示例|样例|范例|例子|例)\d*:?")
_NUMBERING = re.compile(r"\(?(?:\d{1,3}|[甲乙丙丁戊己庚辛]|[a-z])(?:=.*)?\)?")
_UNIT_WORDS = frozenset(unit for known in UNITS.values() for unit in known) | {"平方米", "%", "岁"}
# Only rows right below the header name units or number the columns.
_NEAR = 2


class RowKinds:
    """Tells what each row below a header is.

    ``title`` is the position of the column that names a record, ``known`` those of all columns
    that were recognised; ``names`` the header's own texts; ``across`` gives the last column to
    which a row's first merged cell reaches.
    """

    def __init__(
        self,
        title: int | None,
        known: Sequence[int],
        names: Sequence[str],
        across: dict[int, int],
        header_last: int,
    ) -> None:
        self._title = title
        self._known = sorted(known)
        self._names = [plain(name.rpartition("/")[2]) for name in names]
        self._across = across
        self._header_last = header_last
        self.units: list[int] = []

    def left_out(self, at: int, row: Sequence[Any]) -> LeftOut | None:
        """Why the row at index ``at`` is no record; None when it is one."""
        # Nearly every row of a large file ends here: it has many cells, and begins with nothing
        # that a sum or a signature begins with.
        head = _head(row)
        if len(head) > 3 and at > self._header_last + _NEAR and not self._suspect(head):
            return None
        filled = [(i, cell) for i, cell in enumerate(row) if cell is not None and cell != ""]
        first = filled[0][1]
        texts = [(i, unicodedata.normalize("NFKC", str(c)).strip()) for i, c in filled]
        texts = [(i, text) for i, text in texts if text]
        if not texts:
            return None
        reason = self._near_header(at, texts) or self._reason(at, texts)
        return None if reason is None else LeftOut(at + 1, reason, str(first).strip()[:40])

    def _suspect(self, filled: Sequence[tuple[int, Any]]) -> bool:
        for _, cell in filled[:3]:
            if cell.__class__ is str and (
                "计" in cell or "表" in cell or "审" in cell or "示例" in cell or cell[-1:] in ":："
            ):
                return True
        return self._repeats(filled)

    def _repeats(self, filled: Sequence[tuple[int, Any]]) -> bool:
        at, cell = filled[0]
        return (
            cell.__class__ is str and at < len(self._names) and plain(cell) == self._names[at] != ""
        )

    def _near_header(self, at: int, texts: Sequence[tuple[int, str]]) -> str | None:
        if at > self._header_last + _NEAR:
            return None
        words = [plain(text).removeprefix("单位:").strip("()") for _, text in texts]
        if all(word in _UNIT_WORDS or not word or word in {"单位", "-"} for word in words) and any(
            word in _UNIT_WORDS for word in words
        ):
            self.units.append(at)
            return "单位行"
        numbered = [word for word in words if _NUMBERING.fullmatch(word)]
        digits = [int(word) for word in words if word.isdigit()]
        counting = digits == sorted(set(digits)) and len(digits) > 2
        if len(numbered) == len(words) > 2 and counting and digits[-1] <= len(self._names) + 1:
            return "栏次行"
        return None

    def _reason(self, at: int, texts: Sequence[tuple[int, str]]) -> str | None:
        title = next((text for i, text in texts if i == self._title), "")
        first_at, first = texts[0]
        same = [t for i, t in texts if i < len(self._names) and plain(t) == self._names[i] != ""]
        if len(same) >= 2 and len(same) * 2 > len(texts):
            return "重复的表头"
        lone = len(texts) == 1 or self._reaches_far(at, first_at)
        before = [text for i, text in texts if self._title is None or i <= self._title][:4]
        if any(_is_total(text) for text in before) and (not title or _is_total(title)):
            return "合计或小计行"
        if any(_SIGNATURE.fullmatch(_no_blanks(text)) for _, text in texts[:2]) and (
            len(texts) <= 8
            and (
                not title
                or _SIGNATURE.fullmatch(_no_blanks(title)) is not None
                or (first_at != self._title and ":" in first)
            )
        ):
            return "填表人、审核人等落款"
        if _REMARK.fullmatch(first) and len(texts) <= 2:
            return "表下的说明"
        if _EXAMPLE.fullmatch(_no_blanks(first)) and len(texts) > 1:
            return "填写示例"
        if lone and (self._reaches_far(at, first_at) or (_SECTION.fullmatch(first) and not title)):
            return "分段的小标题"
        return None

    def _reaches_far(self, at: int, first_at: int) -> bool:
        """Whether the row's first cell is merged over half of the columns or more."""
        last = self._across.get(at)
        if last is None or not self._known:
            return False
        covered = [position for position in self._known if first_at <= position <= last]
        return len(covered) > 1 and len(covered) * 2 >= len(self._known)


def _head(row: Sequence[Any]) -> list[tuple[int, Any]]:
    """The first four cells that hold anything, with their positions."""
    found: list[tuple[int, Any]] = []
    for at, cell in enumerate(row):
        if cell is not None and cell != "":
            found.append((at, cell))
            if len(found) == 4:
                break
    return found


def _no_blanks(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _is_total(text: str) -> bool:
    return _TOTAL.fullmatch(_no_blanks(text).rstrip(":")) is not None
