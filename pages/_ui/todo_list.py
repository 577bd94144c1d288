"""Lines of a to-do list: what to do, with which record, by when; each leads to its record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from markupsafe import Markup

from ledger.casework.awaiting import Group
from ledger.casework.listing import Item, Listed
from pages._text import markup, safe, shortened

# Parameter of a record's address that names the act whose form is to be open.
STEP = "step"
# Colour never stands alone: a sign and the word go with it.
_SIGNS = {"red": "▲ ", "amber": "● "}
_LINE = """<li><a href="{}" target="_self"><span class="what">{}</span>\
<span class="which">{}</span><span class="when">{}</span></a>{}</li>"""


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


def list_html(items: Iterable[Item], *, visit: bool = False) -> Markup:
    """The lines as HTML."""
    return lines_html(line_html(item, visit=visit) for item in items)


def lines_html(lines: Iterable[Markup]) -> Markup:
    """A list of lines, each by `one_line`."""
    return markup('<ul class="todo-list">{}</ul>', Markup().join(lines))


def one_line(
    address: str, what: str, which: Iterable[str | None], when: Markup, beside: Markup
) -> Markup:
    """A line that leads to an address: what it is, which record, when; a button stands beside."""
    parts = Markup(" · ").join(shortened(part) for part in which if part)
    return markup(_LINE, address, shortened(what, 120), parts, when, beside)


def line_html(item: Item, *, visit: bool = False) -> Markup:
    """One line: what is to be done, the record, its area, the day and the deadline's state."""
    day = markup('<span class="todo-when">{}</span>', item.day) if item.day else Markup()
    return one_line(
        address_of(item, visit=visit),
        item.what,
        (item.number, item.title, item.area_name),
        state_html(item) + day,
        act_html(item),
    )


def act_html(item: Item) -> Markup:
    """The button that stops the clock of a line, or whose turn it is."""
    if item.act is not None:
        button = '<a class="todo-act" href="{}" target="_self">{}</a>'
        return markup(button, act_address(item), safe(item.act.label))
    if item.others:
        return markup('<span class="todo-others">等{}</span>', safe(item.others))
    return Markup()


def state_html(item: Item) -> Markup:
    """The state of a deadline: a word, with a sign if it is amber or red."""
    if not item.words:
        return Markup()
    colour = item.colour if item.colour in _SIGNS else ""
    sign = _SIGNS.get(item.colour, "")
    return markup('<span class="todo-state {}">{}{}</span>', colour, sign, safe(item.words))
