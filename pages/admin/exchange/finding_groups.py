"""导入, step 3: findings that one word settles, as the lines of a table to type into."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.findings import Finding
from pages._text import clip
from pages.admin.exchange.import_state import Group, Wizard


def grouped(found: Sequence[Finding], identity: Sequence[str]) -> list[Group]:
    """The same text with the same thing wrong is one line, but for what names a single record."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for at, item in enumerate(found):
        alone = not item.was or item.key is None or item.key in identity
        same = (at,) if alone else (item.kind, item.key, item.was, item.message)
        groups.setdefault(same, []).append(item)
    return [
        Group(items[0], tuple(item.row for item in items if item.row is not None))
        for items in groups.values()
    ]


def frame_of_groups(wizard: Wizard, checked: Checked) -> pd.DataFrame:
    """The groups of the wizard with what was typed for them so far."""
    lines = []
    for group in wizard.groups:
        found = group.found
        first = (group.rows[0], found.key or "")
        rows = "、".join(map(checked.place, group.rows[:3]))
        typed = wizard.typed.get(first)
        lines.append(
            {
                "行": rows + (f" 等{len(group.rows)}行" if len(group.rows) > 3 else ""),
                "列": clip(found.column, 40),
                "文件中是": clip(found.was, 80),
                "问题": clip(found.message, 300),
                "改为": "空" if typed == "" else typed,
                "不导入": set(group.rows) <= wizard.dropped,
            }
        )
    frame = pd.DataFrame(lines)
    return frame.astype({"改为": "object"}) if len(frame) else frame
