"""Numbers of a form that a paper does not tell: counts below three (`ledger.domain.small_counts`).

A form goes up to a higher office, so it is a paper. The command line without ``--as`` writes the
office's own tables, which hide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.domain.small_counts import GUARDED, HIDDEN, VILLAGES, is_small, with_others
from ledger.reporting.forms.answering import Answer, CannotTell
from ledger.reporting.forms.asked_cells import Asked, Asking

Place = tuple[int, int]


def hidden_cells(
    asking: Asking,
    asked: Mapping[Place, Asked],
    answers: Mapping[Place, Answer | CannotTell | None],
) -> dict[Place, str]:
    """What stands in cells instead of their numbers: those of tables of areas of any level, and
    all of a form of a single village or grid, in ledgers that tell of people."""
    setting = asking.setting
    found: dict[Place, str] = {}
    area = setting.atlas.get(setting.path.strip("/").rpartition("/")[2])
    in_village = area is not None and area.level in VILLAGES
    if not setting.hides or not (asking.by_area or in_village):
        return {}
    for column in asking.columns:
        cells = [
            (at, answer)
            for at, one in asked.items()
            if at[1] == column.at
            and isinstance(answer := answers[at], Answer)
            and one.meaning is not None
            and one.meaning.count.ledger in GUARDED
        ]
        words = [HIDDEN if any(map(is_small, answer.parts)) else "" for _, answer in cells]
        has_total = any(line.kind == "total" for line in asking.table.lines)
        if asking.by_area and has_total:
            words = with_others(words, [answer.parts for _, answer in cells])
        found |= {at: word for (at, _), word in zip(cells, words, strict=True) if word}
    return found
