"""The frame of pages for a tablet held in one hand: one column, large targets, short words."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

from ledger.domain.access import Action, Actor
from pages._text import safe
from pages._ui.stylesheet import stylesheet

STYLE = Path(__file__).with_name("field_style.css")
_PAGES = Path(__file__).parents[1]
MY_GRID = _PAGES / "field" / "my_grid" / "page.py"
INSPECT = _PAGES / "field" / "inspect" / "page.py"
TODO = _PAGES / "records" / "todo" / "page.py"
ENTITIES = _PAGES / "records" / "entities" / "page.py"


def apply_field_style() -> None:
    """Put the rest of the page into one column."""
    st.html(stylesheet(STYLE))


def headline(title: object, said: str = "") -> None:
    """A page's title and one line of answer; ``said`` is HTML that is safe already."""
    line = f'<p class="field-said">{said}</p>' if said else ""
    st.html(f'<h1 class="field-title">{safe(title)}</h1>{line}')


def section(title: str, note: str = "") -> None:
    """The heading of a part of the page."""
    behind = f' <span class="field-note">{safe(note)}</span>' if note else ""
    st.html(f'<h2 class="field-section">{safe(title)}{behind}</h2>')


def parameter(name: str) -> str:
    """One parameter of the address; empty if it is not there."""
    return st.query_params.get(name, "")[:200]


def lead_to(page: Path, **parameters: Any) -> NoReturn:
    """Go to another page of the field with these parameters."""
    wanted = {key: str(value) for key, value in parameters.items() if value is not None}
    st.switch_page(page, query_params=wanted)


def run_again() -> NoReturn:
    """Run the fragment again: alone if it ran alone, otherwise with its page.

    A press that reaches the server in a run of the whole page (after a lost connection) may not
    ask for the piece alone.
    """
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def home_of(actor: Actor) -> Path:
    """The page to which a user on the spot returns."""
    return MY_GRID if actor.may(Action.WORK_GRID) else TODO


def way_back(actor: Actor, *, key: str = "field-back") -> None:
    """A button to the actor's own first page."""
    if st.button("返回", icon=":material/arrow_back:", key=key):
        lead_to(home_of(actor))
