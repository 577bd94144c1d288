"""Lines of a to-do list: what to do, with which record, by when; each leads to its record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from ledger.casework.awaiting import Group
from ledger.casework.listing import Item, Listed
from pages._text import attribute, clip, safe

# Parameter of a record's address that names the act whose form is to be open.
STEP = "step"
# Colour never stands alone: a sign and the word go with it.
_SIGNS = {"red": "▲ ", "amber": "● "}


_DATED = (Group.OVERDUE_LEGAL, Group.OVERDUE, Group.DUE_SOON, Group.WAITING, Group.URGED)


def dated(groups: tuple[Listed, ...]) -> list[Item]:
    """What is to be done, each record once, by date; what has no date comes last."""
    found: dict[tuple[str, int], Item] = {}
    for one in groups:
        if one.group in _DATED:
            for item in one.items:
                found.setdefault((item.ledger, item.record_id), item)
    return sorted(found.values(), key=lambda item: (item.due_on or date.max, item.number))


def address_of(item: Item, *, visit: bool = False) -> str:
    """Where a line leads to: its record, or with ``visit`` the visit of an institution."""
    if visit and item.ledger == "institutions":
        return f"inspect?{urlencode({'institution': item.number})}"
    return f"{item.ledger}?{urlencode({'record': item.record_id})}"


def act_address(item: Item) -> str:
    """Where the button of a line leads to: the form of the act that stops its clock."""
    act = item.act
    if act is not None and act.kind == "visit":
        return address_of(item, visit=True)
    step = {} if act is None else {STEP: act.key}
    return f"{address_of(item)}&{urlencode(step)}"


def list_html(items: Iterable[Item], *, visit: bool = False) -> str:
    """The lines as HTML."""
    lines = "".join(line_html(item, visit=visit) for item in items)
    return f'<ul class="todo-list">{lines}</ul>'


def line_html(item: Item, *, visit: bool = False) -> str:
    """One line: what is to be done, the record, its area, the day and the deadline's state."""
    which = " · ".join(
        safe(clip(part, 60)) for part in (item.number, item.title, item.area_name) if part
    )
    day = f'<span class="todo-when">{item.day}</span>' if item.day else ""
    return (
        f'<li><a href="{attribute(address_of(item, visit=visit))}" target="_self">'
        f'<span class="what">{safe(clip(item.what, 120))}</span>'
        f'<span class="which">{which}</span>'
        f'<span class="when">{state_html(item)}{day}</span></a>{act_html(item)}</li>'
    )


def act_html(item: Item) -> str:
    """The button that stops the clock of a line, or whose turn it is."""
    if item.act is not None:
        link = attribute(act_address(item))
        return f'<a class="todo-act" href="{link}" target="_self">{safe(item.act.label)}</a>'
    return f'<span class="todo-others">等{safe(item.others)}</span>' if item.others else ""


def state_html(item: Item) -> str:
    """The state of a deadline: a word, with a sign if it is amber or red."""
    if not item.words:
        return ""
    colour = item.colour if item.colour in _SIGNS else ""
    sign = _SIGNS.get(item.colour, "")
    return f'<span class="todo-state {colour}">{sign}{safe(item.words)}</span>'
