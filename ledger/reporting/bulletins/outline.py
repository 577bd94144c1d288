"""A bulletin from top to bottom as it is read: the same on the page and in the Word file.

Here the frozen content meets what people write (the number, the next steps, who issued it), and
headings, tables and pictures get their running numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ledger.domain.timing.clock import OFFICE
from ledger.domain.timing.periods import Period
from ledger.reporting.bulletins.counted_rows import Counted
from ledger.reporting.bulletins.kinds import number_label
from ledger.reporting.bulletins.model import Block, Content, Heading, Picture, Section, Table, Text

NEXT_STEPS = "下一步工作"
NOT_FILLED_IN = "（待填写）"
_NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Paper:
    """A bulletin with everything that people add to its content."""

    content: Content
    year: int
    number: int
    state: str
    next_steps: str
    made_at: datetime
    issued_at: datetime | None = None

    @property
    def label(self) -> str:
        """How it is numbered."""
        return number_label(self.year, self.number)


@dataclass(frozen=True)
class Outline:
    """What stands on the paper, in its order; headings and captions with their numbers.

    ``counted`` are the rows of its numbers (`ledger.reporting.bulletins.model.Content`).
    """

    title: str
    subtitles: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Block, ...]], ...]
    annex: str
    signature: str
    dated: str
    counted: tuple[Counted, ...] = ()


def outline_of(paper: Paper) -> Outline:
    """The paper from top to bottom."""
    content = paper.content
    draft = {"draft": "（草稿，未签发）", "superseded": "（已由新稿替换）"}.get(paper.state, "")
    sections = [*content.sections, _next_steps(paper.next_steps)]
    day = (paper.issued_at or paper.made_at).astimezone(OFFICE).date()
    return Outline(
        content.title,
        (f"{paper.label}{draft}", f"（{days_in_words(content.period)}）"),
        tuple(_numbered(sections)),
        "附件：主要指标和清单（电子表格）" if content.tables else "",
        content.office or content.scope_name,
        day_in_words(day),
        content.counted,
    )


def days_in_words(period: Period) -> str:
    """The days of a bulletin; a week by its days, for its number says little to a reader."""
    if period.kind != "week":
        return period.label
    span = period.span_label
    return span if period.start.year != period.end.year else f"{period.start.year}年{span}"


def day_in_words(day: date) -> str:
    """A day as documents write it: 2026年11月2日, no zeros before the numbers (7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def numeral(number: int) -> str:
    """1–99 in Chinese, as headings are numbered."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")


def _next_steps(typed: str) -> Section:
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    return Section("next", NEXT_STEPS, tuple(map(Text, lines or [NOT_FILLED_IN])))


def _numbered(sections: Sequence[Section]) -> Iterator[tuple[str, tuple[Block, ...]]]:
    tables = pictures = 0
    for at, section in enumerate(sections, start=1):
        blocks: list[Block] = []
        headings = 0
        for block in section.blocks:
            if isinstance(block, Table) and block.most == 0:
                continue
            if isinstance(block, Heading):
                headings += 1
                block = Heading(f"（{numeral(headings)}）{block.text}")
            elif isinstance(block, Table):
                tables += 1
                block = replace(block, caption=f"表{tables}　{block.caption}")
            elif isinstance(block, Picture):
                pictures += 1
                block = replace(block, caption=f"图{pictures}　{block.caption}")
            blocks.append(block)
        yield f"{numeral(at)}、{section.heading}", tuple(blocks)
