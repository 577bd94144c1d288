"""The first call on every page: the signed-in user, and their right to see the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError, Refused
from ledger.people import sessions
from ledger.people.sessions import Session
from ledger.records.places.areas import current_atlas
from ledger.records.revisions import Revisions, read_revisions
from ledger.storage import Store
from pages import _database
from pages._cookies import SESSION_COOKIE
from pages._text import plain
from pages._ui import notices


@dataclass(frozen=True)
class Visitor:
    """Who looks at a page, and in which session."""

    actor: Actor
    session: Session


_known: ContextVar[Visitor | None] = ContextVar("visitor", default=None)


def session_token() -> str | None:
    """The session token of the browser's cookie; tests of pages put their own in its place."""
    return st.context.cookies.get(SESSION_COOKIE)


def store() -> Store:
    """The database: one engine a process."""
    return _database.store()


def atlas(revisions: Revisions | None = None) -> Atlas:
    """Today's tree of areas; ``revisions`` are those that this run has read already."""
    return current_atlas(store(), (revisions or read_revisions(store())).areas)


def revisions() -> Revisions:
    """How often data and areas changed: an argument of everything that is kept."""
    return read_revisions(store())


@contextmanager
def known(who: Visitor) -> Iterator[None]:
    """Within the run of one page: the visitor whom the frame around the page has just checked."""
    token = _known.set(who)
    try:
        yield
    finally:
        _known.reset(token)


def visitor(*actions: Action) -> Visitor:
    """The signed-in visitor, checked once a run; without the right to all ``actions`` a refusal.

    Ends the run of the page if there is no session, a right is missing, or the database cannot
    be used.
    """
    try:
        checked = _known.get()
        found = (
            sessions.actor_for(store(), session_token())
            if checked is None
            else (checked.actor, checked.session)
        )
        if found is None or found[1].must_change:
            notices.session_over()
            st.stop()
        actor, session = found
        for action in actions:
            actor.require(action)
    except LedgerError as error:
        refused(error)
        st.stop()
    return Visitor(actor, session)


def refused(error: LedgerError) -> None:
    """Show what a service refused, in its own words."""
    if isinstance(error, Refused):
        st.warning(plain(error, None), icon=":material/block:")
        return
    problems = getattr(error, "problems", ())
    if len(problems) > 1:
        lines = "\n".join(f"- {plain(problem, None)}" for problem in problems[:20])
        more = f"\n\n另有 {len(problems) - 20} 处。" if len(problems) > 20 else ""
        st.error(f"有 {len(problems)} 处需要修改：\n{lines}{more}", icon=":material/error:")
        return
    st.error(plain(error, None), icon=":material/error:")
