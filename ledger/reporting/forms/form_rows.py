"""What a row of a form is: a header, labels with blanks, a line, a note; where they end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ledger.domain.values import fold
from ledger.reporting.forms.form_grid import FormGrid
from ledger.reporting.forms.form_shapes import LineKind

_DEEPEST = 4
NOTE = re.compile(
    r"(?:填报|报送|填表|制表|审核|复核|审批|经办|统计|上报|截止|联系|报表|负责人|分管|主管|主要领导|"
    r"单位|说明|注|备注|日期|时间|年度|期间|周期|附件|附表|盖章|签字|签章)[^:]{0,12}:.*"
    r"|(?:附件|附表)\d*|.{0,12}年.{0,6}月(?:.{0,6}日)?|单位:.*|.*\(?(?:盖章|公章|签字|签章)\)?"
    r"|(?:说明|注|备注|填表说明)\d*[:.、].*|[※*].*|\d{1,2}[.、].{6,}"
)
TOTAL = re.compile(r".{0,8}(?:合计|总计|小计|共计|汇总)\d*(?:\([^)]*\))?")
_NUMBERING = re.compile(r"\(?(?:\d{1,3}|[甲乙丙丁戊己庚辛]|[a-z])(?:=.*)?\)?")
_UNITS = (
    "家 户 个 人 所 处 张 元 万元 千元 亿元 百元 万 件 条 次 人次 % 项 份 册 场 场次 批 批次 "
    "起 天 岁 月 个月 宗 件次 万人次 名 平方米 轮 分 ‰ 例 笔 期 百分比 张床 万份 百分点 位"
)
UNIT_WORDS = frozenset(_UNITS.split())


def is_header(grid: FormGrid, row: int, at: Sequence[int]) -> bool:
    """Whether a row names the columns of a table; ``at`` are its filled places."""
    cells = [grid.at(row, one) for one in at]
    if any(cell.formula or cell.is_number for cell in cells):
        return False
    texts = [fold(cell.text) for cell in cells]
    if len(texts) < 2 or any(len(text) > 60 for text in texts):
        return False
    if any(text.endswith(":") or NOTE.fullmatch(text) for text in texts[:1]):
        return False
    if all(NOTE.fullmatch(text) or text.endswith(":") for text in texts):
        return False
    return not any(":" in text and not text.startswith("其中") for text in texts)


def is_pairs(grid: FormGrid, row: int, at: Sequence[int]) -> bool:
    """Whether every label of a row has a blank cell to its right, up to the next one."""
    if any(grid.at(row, one).formula for one in at):
        return False
    labels = [one for one in at if not grid.at(row, one).is_number]
    if not labels or len(labels) > 6:
        return False
    texts = [fold(grid.at(row, one).text) for one in labels]
    if any(NOTE.fullmatch(text) for text in texts) or any(len(text) > 30 for text in texts):
        return False
    framed = all(grid.at(row, one).framed for one in labels)
    if not framed or len(at) != len(labels):
        return False
    blanks = [blank_beside(grid, row, one) for one in labels]
    if not all(blanks):
        return False
    # A header may have a blank corner, never a blank beside each of its names; the names of
    # groups, with names below the blanks, are a header.
    return not any(
        blank is not None
        and grid.at(row + 1, blank).text
        and len(labels) > 1
        and _names_below(grid, row, blank)
        for blank in blanks
    )


def _names_below(grid: FormGrid, row: int, column: int) -> bool:
    below = grid.filled(row + 1)
    return len(below) > 2 and column in below and not is_pairs(grid, row + 1, below)


def blank_beside(grid: FormGrid, row: int, column: int) -> int | None:
    """The column of the blank cell right of a label; None where there is none."""
    _, _, _, right = grid.span(row, column)
    place = right + 1
    if place >= grid.width or not grid.is_first(row, place):
        return None
    cell = grid.at(row, place)
    return place if cell.framed and (cell.is_blank or cell.is_number) else None


def header_end(grid: FormGrid, first: int) -> int:
    """The last row of a header that begins at ``first``."""
    last = first
    while last - first < _DEEPEST - 1:
        bottoms = [
            bottom
            for row in range(first, last + 1)
            for _, _, bottom, _ in grid.beginning(row)
            if last < bottom < first + _DEEPEST
        ]
        wide = any(
            right > left and grid.at(last, left).text for _, left, _, right in grid.beginning(last)
        )
        if bottoms:
            last = max(bottoms)
        elif _wordy(grid, last + 1) and (wide or _groups(grid, last)):
            last += 1
        else:
            break
    return last


def _wordy(grid: FormGrid, row: int) -> bool:
    at = grid.filled(row)
    cells = [grid.at(row, one) for one in at]
    return len(at) > 1 and not any(
        cell.formula or cell.is_number or (TOTAL.fullmatch(cell.folded) and len(at) < 3)
        for cell in cells
    )


def _groups(grid: FormGrid, row: int) -> bool:
    """Whether names stand below the blanks of a row: a group's name over several columns."""
    above, below = set(grid.filled(row)), set(grid.filled(row + 1))
    gaps = {
        at for at in range(min(above), grid.width) if at not in above and grid.is_first(row, at)
    }
    return bool(gaps & below) and len(below) > 2 and min(below) >= min(above) + 1


def numbering(grid: FormGrid, row: int) -> tuple[int, dict[int, str]]:
    """Past a row of column numbers or of units; and the units."""
    units: dict[int, str] = {}
    for _ in range(2):
        at = grid.filled(row)
        texts = [grid.at(row, one).folded.strip("()") for one in at]
        texts = [text.removeprefix("单位:") for text in texts]
        if len(at) > 1 and all(text in UNIT_WORDS or text in ("-", "单位") for text in texts):
            units |= dict(zip(at, texts, strict=True))
        elif not (
            len(at) > 2 and all(_NUMBERING.fullmatch(text) for text in texts) and _counts_up(texts)
        ):
            break
        row += 1
    return row, units


def lines_below(
    grid: FormGrid, row: int, named: Sequence[int], examples: frozenset[str], *, framed: bool
) -> Iterator[tuple[int, LineKind]]:
    """The rows to be filled below a header, and their kinds; ``examples`` are the words of one."""
    while row < len(grid.rows):
        at = [one for one in grid.filled(row) if one <= named[-1]]
        cells = [grid.at(row, one) for one in at]
        texts = [cell.folded for cell in cells]
        in_frame = sum(grid.shown(row, one).framed for one in named) * 2 > len(named)
        total = any(TOTAL.fullmatch(text) for text in texts[:2])
        if framed and not in_frame and not total:
            return
        if not framed and (not at or _closes(grid, row, at)):
            return
        if framed and in_frame and at and _closes(grid, row, at) and not total:
            return
        kind: LineKind = "total" if total else "row"
        if texts and texts[0] in examples:
            kind = "example"
        yield row, kind
        if framed and not in_frame:
            return
        row += 1


def _closes(grid: FormGrid, row: int, at: Sequence[int]) -> bool:
    """Whether a row is a note below the table, or the header of the next one."""
    raw = [fold(grid.at(row, one).text) for one in at]
    # A line may be numbered as notes are, but it has a unit or a code beside its name.
    most = 1 if raw[0][:1].isdigit() else 3
    if any(NOTE.fullmatch(text) for text in raw[:1]) and len(at) <= most:
        return True
    wide = grid.span(row, at[0])
    return len(at) == 1 and wide[3] - wide[1] >= 3 and len(raw[0]) > 12


def _counts_up(texts: Sequence[str]) -> bool:
    digits = [int(text) for text in texts if text.isdigit()]
    return len(digits) > 1 and digits == list(range(digits[0], digits[0] + len(digits)))
