"""The views that a person keeps: read once a run, for the menu and for the page of a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from ledger.domain.access import Action, Actor
from ledger.people.saved_views import SavedView, views_of
from ledger.storage import Store

_known: ContextVar[Sequence[SavedView] | None] = ContextVar("views", default=None)


@contextmanager
def views_read_once(store: Store, actor: Actor) -> Iterator[Sequence[SavedView]]:
    """Within the run of one page: all views that the actor sees, none for who may not read."""
    found = views_of(store, actor) if actor.may(Action.READ) else ()
    token = _known.set(found)
    try:
        yield found
    finally:
        _known.reset(token)


def views_of_ledger(store: Store, actor: Actor, ledger_key: str) -> tuple[SavedView, ...]:
    """The actor's views of one ledger, their own ones first."""
    known = _known.get()
    if known is None:
        return views_of(store, actor, ledger_key)
    return tuple(one for one in known if one.ledger == ledger_key)
