"""Numbers that are links: each opens the ledger page with exactly the rows that it counts.

The link says how many rows it stands for (``data-rows``), which is what the test that follows
every number compares with the rows of the page behind it (`tests.pages.numbers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from markupsafe import Markup

from geo.atlas import Atlas
from ledger.records.query import Condition, Selection
from pages._text import attribute
from pages._views.address import View, write_address


def rows_address(ledger_key: str, selection: Selection) -> str:
    """The address of the ledger page that lists a selection."""
    query = urlencode(write_address(View(selection)), doseq=True)
    return f"{ledger_key}?{query}" if query else ledger_key


def area_rows(atlas: Atlas, code: str | None, conditions: Iterable[Condition] = ()) -> Selection:
    """The rows under an area (None: under every area in scope) that meet the conditions."""
    path = None if code is None else atlas[code].path
    return Selection(conditions=tuple(conditions), area_path=path)


def number_link(
    said: object, address: str, rows: int, attributes: Mapping[str, str] | None = None
) -> Markup:
    """A text, or HTML, as the link to an address that lists ``rows`` rows; further attributes."""
    more = "".join([f' {name}="{attribute(one)}"' for name, one in (attributes or {}).items()])
    inside = said if isinstance(said, Markup) else attribute(said)
    html = f'<a href="{attribute(address)}" data-rows="{rows}" target="_self"{more}>{inside}</a>'
    return Markup(html)  # noqa: S704 - each part is escaped
