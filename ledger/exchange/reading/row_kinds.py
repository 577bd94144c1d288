"""Which rows below a header are records, and which are sums, signatures, remarks or units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.exchange.reading.header_rows import fold
from ledger.exchange.reading.loose_numbers import UNITS, plain
from ledger.exchange.reading.understanding import LeftOut

_COUNT = r":?\(?[\d.,]*(?:家|户|个|人|所|处|张|元|万元|件|条|次)?\)?"
_TOTAL = re.compile(
    rf"[^\d,。;]{{0,12}}?(?:合计|总计|小计|共计|累计|总和|总数|汇总|平均|合\W?计)数?{_COUNT}"
    rf"|(?:合|总|共|全[镇村县区市街]*共|本[页表月]共)(?:计|有)?:?\d[\d.,]*(?:家|户|个|人|所|处|张|件|条|次).{{0,12}}"
)
_SIGNATURE = re.compile(
    r"(?:填表|填报|制表|审核|复核|审批|经办|报送|统计|上报|录入|编制|单位负责|分管领导|主要领导|主管|"
    r"负责人签|领导签|签字|盖章|联系人)[^:]{0,12}:.*"
    r"|(?:填表|填报|制表|审核|复核|经办|报送|统计|编制)(?:人|单位|日期|时间|人员)[^:]{0,8}"
    r"|.{0,12}(?:\((?:盖章|公章|签字|签名|签章)\)|盖章|公章|签字|签名|签章):?.{0,12}"
)
# A day alone, as it stands below a table.
_DAY = re.compile(r"(?:日期:?)?\d{2,4}[-年./]\d{1,2}[-月./](?:\d{1,2}日?)?")
_REMARK = re.compile(
    r"(?:备?注|说明|填表说明|填报说明|注意事项|附注|备注说明)(?:\d*[:.、].*)|※.*|\*{1,3}.*"
)
_SECTION = re.compile(
    r"(?:\(?[一二三四五六七八九十]{1,3}\)?[、.)]|第[一二三四五六七八九十]+[部类章]).{0,40}"
)
# A lone numbered text that is called as places are is a record, though its other cells are blank.
_CALLED_SO = re.compile(r".*(?:院|所|中心|公寓|之家|站|社|家园|山庄|基地|部|店)(?<!场所)")
_EXAMPLE = re.compile(r"(?:填写)?(?:示例|样例|范例|例子|例)\d*:?")
_NUMBERING = re.compile(r"\(?(?:\d{1,3}|[甲乙丙丁戊己庚辛]|[a-z])(?:=.*)?\)?")
_UNIT_WORDS = frozenset(unit for known in UNITS.values() for unit in known) | {"平方米", "%", "岁"}
# What some word of a sum, a signature or an example holds.
_HINT = re.compile(r"[计表审签章共总均例]|汇总|经办|报送|复核")
# Only rows right below the header name units or number the columns.
_NEAR = 2


class RowKinds:
    """Tells what each row below a header is.

    ``title`` is the position of the column that names a record, ``known`` those of all columns
    that were recognised; ``names`` all that stands above each column; ``across`` gives the last
    column to which a row's first merged cell reaches; ``words`` are what columns are called.
    """

    def __init__(
        self,
        title: int | None,
        known: Sequence[int],
        names: Sequence[Sequence[str]],
        across: dict[int, int],
        header_last: int,
        words: Mapping[str, str],
    ) -> None:
        self._title = title
        self._known = sorted(known)
        self._names = [{plain(part) for part in parts} for parts in names]
        self._across = across
        self._header_last = header_last
        self._words = words
        # With blanks and marks that do not count.
        self._longest = 2 * max(map(len, [*words, *(p for parts in names for p in parts)]))
        self._quick = {*words, *(part for parts in names for part in parts)}
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
            if cell.__class__ is str and (_HINT.search(cell) or cell[-1:] in ":："):
                return True
        return self._repeats(filled)

    def _repeats(self, filled: Sequence[tuple[int, Any]]) -> bool:
        return any(self._stands_above(at, cell) for at, cell in filled[:2])

    def _stands_above(self, at: int, cell: Any) -> bool:
        """Whether a cell repeats what the header says above it."""
        if cell.__class__ is not str or at >= len(self._names) or len(cell) > self._longest:
            return False
        return plain(cell) in self._names[at]

    def is_lone(self, row: Sequence[Any]) -> bool:
        """Whether a row holds nothing but a name, of several known columns, that is not called as
        places are."""
        head = _head(row)
        if len(head) != 1 or head[0][0] != self._title or len(self._known) < 2:
            return False
        return not _CALLED_SO.fullmatch(_no_blanks(str(head[0][1])))

    def foreign_header(self, row: Sequence[Any]) -> str | None:
        """A name of a column where a record is due: another table's header, or a form's words.

        In a row that was not left out: the first such word, or None.
        """
        head = _head(row)
        title = next((cell for i, cell in head if i == self._title), None)
        may_be = title.__class__ is str and len(title) <= self._longest
        if may_be and fold(title) in self._words:
            return str(title).strip()
        # Two words and more, and nothing but words, are a header whatever stands in between.
        if not any(cell.__class__ is str and cell.strip() in self._quick for _, cell in head):
            return None
        filled = [cell for cell in row if cell is not None and cell != ""]
        found = [cell for cell in filled if cell.__class__ is str and fold(cell) in self._words]
        if len(found) < 2 or len(found) * 2 <= len(filled):
            return None
        return str(found[0]).strip() if all(c.__class__ is str for c in filled) else None

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
        other = [text for i, text in texts if not self._stands_above(i, text)]
        repeated = len(texts) - len(other) >= 2 and len(other) * 2 < len(texts)
        if repeated and not any(fold(text) in self._words for text in other):
            return "重复的表头"
        lone = len(texts) == 1 or self._reaches_far(at, first_at)
        if self._is_total(texts, title):
            return "合计或小计行"
        if any(_SIGNATURE.fullmatch(_no_blanks(text)) for _, text in texts[:2]) and (
            len(texts) <= 8
            and (
                not title
                or first_at != self._title
                or _SIGNATURE.fullmatch(_no_blanks(title)) is not None
            )
        ):
            return "填表人、审核人等落款"
        if lone and _DAY.fullmatch(_no_blanks(first)):
            return "填表日期"
        if _REMARK.fullmatch(first) and len(texts) <= 2:
            return "表下的说明"
        if _EXAMPLE.fullmatch(_no_blanks(first)) and len(texts) > 1:
            return "填写示例"
        if lone and (self._reaches_far(at, first_at) or self._is_section(first, title)):
            return "分段的小标题"
        return None

    def _is_total(self, texts: Sequence[tuple[int, str]], title: str) -> bool:
        """Whether a word for a sum stands before the name, as it, or anywhere without a name."""
        if title and not _is_total(title):
            return any(_is_total(text) for i, text in texts[:4] if i < (self._title or 0))
        return any(_is_total(text) for _, text in texts[:6])

    def _is_section(self, first: str, title: str) -> bool:
        if not _SECTION.fullmatch(first):
            return False
        return not title or (len(self._known) > 1 and not _CALLED_SO.fullmatch(first))

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
