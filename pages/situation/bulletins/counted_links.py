"""The numbers of a bulletin as links to the rows that they counted when it was made."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ledger.domain.ledgers import LEDGERS
from ledger.records import bulletin_rows
from ledger.records.query import Condition, Selection
from ledger.reporting.bulletins.counted_rows import Counted, Group
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from pages._text import markup, safe
from pages._ui.html_table import Cell, html_table
from pages._views.rows_link import number_link, rows_address

_HEADS = ("台账", "条数")


def counted_link(
    text: str, counted: Sequence[Counted], at: int, bulletin_id: int, unit: str = ""
) -> Markup:
    """A number as the link to its rows: the ledger's page, or for rows of several ledgers
    (`shared_html`) a list of their pages. ``unit`` is what a table says of it elsewhere."""
    one = counted[at]
    if len(one.groups) == 1:
        address = _address(one.groups[0], bulletin_id)
    else:
        address = f"bulletins?id={bulletin_id}&rows={at}"
    said = {"title": f"查看这些记录：{one.label}"} | ({"data-unit": unit} if unit else {})
    return number_link(safe(text), address, one.rows, said)


def _address(group: Group, bulletin_id: int) -> str:
    text = bulletin_rows.text_of(bulletin_id, group.number)
    frozen = Condition(bulletin_rows.KEY, "set", text)
    return rows_address(group.ledger, Selection(conditions=(frozen,)))


def shared_html(found: Bulletin, at: int) -> Markup:
    """What a number of several ledgers counted, by ledger."""
    one = found.content.counted[at]
    rows = [
        (
            LEDGERS[group.ledger].label,
            Cell(number_link(f"{group.rows:,} 条", _address(group, found.entry.id), group.rows)),
        )
        for group in one.groups
    ]
    back = markup('<a href="bulletins?id={}" target="_self">← 回到通报</a>', found.entry.id)
    head = markup(
        '<p class="bulletins">{}</p><h1 class="bulletin-title">{}</h1>'
        '<p data-total="{}">制作通报时共计入{}条记录，分在{}本台账：</p>',
        back,
        safe(one.label),
        one.rows,
        one.rows,
        len(one.groups),
    )
    return head + html_table(_HEADS, rows, frame="bulletins", label=one.label)
