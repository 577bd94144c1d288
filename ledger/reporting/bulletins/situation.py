"""总体情况: the institutions as they stand, and the figures of the period with comparisons."""

from __future__ import annotations

from ledger.domain.timing import clock
from ledger.reporting.bulletins import numbers, standing
from ledger.reporting.bulletins.gathering import Question
from ledger.reporting.bulletins.model import Block, Heading, Section, Text


def section(question: Question) -> tuple[Section, dict[str, bytes]]:
    """The section 总体情况 with its pictures."""
    found, pictures = standing.blocks(question)
    blocks: list[Block] = [Heading("机构和风险等级"), *found]
    counted, charts = numbers.blocks(question)
    blocks += counted
    blocks.append(Text(f"以上各数为{clock.local_text(clock.now())}提取的台账数据。"))
    return Section("situation", "总体情况", tuple(blocks)), pictures | charts
