"""The office's settings about time: holiday lists of further years, its own set of clocks.

Both move deadlines, so the deadlines of all records are computed again in the same transaction.
A deadline is computed, not typed, so this counts as no change of the record.
"""

from __future__ import annotations

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing.calendar import YearArrangement
from ledger.domain.timing.holiday_lists import read_year_list
from ledger.records import reckoning
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas, require_reach
from ledger.records.surroundings import (
    CLOCK_PROFILE,
    HOLIDAY_LISTS,
    clocks_in_force,
    surroundings_of,
)
from ledger.storage import Store, options
from ledger.storage.again import tried_again


def profiles(store: Store) -> tuple[str, dict[str, str]]:
    """The key of the set of local clocks in force, and all sets: key → label."""
    with store.reading() as connection:
        clocks = clocks_in_force(connection)
        chosen = options.read(connection, CLOCK_PROFILE) or clocks.profile
        return str(chosen), dict(clocks.profiles)


def choose_profile(store: Store, actor: Actor, profile: str) -> int:
    """Put another set of local clocks in force; returns how many records got another deadline.

    Raises
    ------
    Refused
        If the actor may not change settings for all areas.
    Invalid
        If there is no such set.
    """
    require_reach(store, actor, Action.MANAGE_OPTIONS)
    before, known = profiles(store)
    if profile not in known:
        raise Invalid(f"没有这一套办法，可用：{'、'.join(known.values())}")
    return _change(store, actor, CLOCK_PROFILE, profile, "办理期限办法", before, profile)


def loaded_years(store: Store) -> tuple[int, ...]:
    """The years whose holiday lists the office loaded."""
    with store.reading() as connection:
        return tuple(sorted(int(year) for year in options.read(connection, HOLIDAY_LISTS, {})))


def load_holiday_list(store: Store, actor: Actor, text: str) -> YearArrangement:
    """Store the State Council's holiday list of one year, pasted as it was published.

    Raises `Refused`, or `Invalid` with one problem per line that cannot be read; then nothing is
    written.
    """
    require_reach(store, actor, Action.MANAGE_OPTIONS)
    year = read_year_list(text)
    with store.reading() as connection:
        lists = dict(options.read(connection, HOLIDAY_LISTS, {}))
    lists[str(year.year)] = text
    _change(store, actor, HOLIDAY_LISTS, lists, "节假日安排", None, str(year.year))
    return year


@tried_again
def _change(
    store: Store,
    actor: Actor,
    key: str,
    value: object,
    label: str,
    before: str | None,
    after: str,
) -> int:
    atlas = current_atlas(store)
    with store.writing() as connection:
        options.write(connection, key, value)
        change = audit.Change(
            "option", number=label, before={label: before} if before else None, after={label: after}
        )
        audit.append(connection, actor, [change])
        surroundings = surroundings_of(store, connection, atlas)
        return reckoning.work_out(connection, actor, surroundings, judged=False).deadlines
