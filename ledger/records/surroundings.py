"""What is needed to write records: areas, rules, clocks, calendar and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from geo.atlas import Atlas
from ledger.domain.tiers import RuleSet
from ledger.domain.timing.calendar import Calendar, calendar_with
from ledger.domain.timing.clockfile import read_clocks
from ledger.domain.timing.clocks import Clocks
from ledger.domain.timing.holiday_lists import read_year_list
from ledger.records.rulebook import (
    DEADLINES,
    TIERS,
    parse_rules,
    text_in_force,
    texts_in_force,
)
from ledger.storage import Store, options
from ledger.storage.keys.secrets import Sealer

CLOCK_PROFILE = "clock_profile"
HOLIDAY_LISTS = "holiday_lists"


@dataclass(frozen=True)
class Surroundings:
    """One installation's areas, rules, clocks, calendar and keys at one moment."""

    atlas: Atlas
    rules: RuleSet
    sealer: Sealer
    clocks: Clocks
    calendar: Calendar


def surroundings_of(store: Store, connection: Connection, atlas: Atlas) -> Surroundings:
    """The surroundings in force now, with the given areas."""
    texts = texts_in_force(connection, (TIERS, DEADLINES))
    chosen = options.read_some(connection, (CLOCK_PROFILE, HOLIDAY_LISTS))
    return Surroundings(
        atlas,
        parse_rules(texts[TIERS]),
        store.sealer,
        _clocks(texts[DEADLINES], chosen.get(CLOCK_PROFILE)),
        _calendar(_listed(chosen.get(HOLIDAY_LISTS, {}))),
    )


def clocks_in_force(connection: Connection) -> Clocks:
    """The clocks in force, with the set of local clocks that the office chose."""
    return clocks_of(connection, text_in_force(connection, DEADLINES))


def clocks_of(connection: Connection, text: str) -> Clocks:
    """The clocks of a rule file's text, with the office's set of local clocks if it has it."""
    return _clocks(text, options.read(connection, CLOCK_PROFILE))


def calendar_in_force(connection: Connection) -> Calendar:
    """The calendar, with the holiday lists of the years that the office loaded."""
    return _calendar(_listed(options.read(connection, HOLIDAY_LISTS, {})))


def _listed(lists: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(year), str(text)) for year, text in lists.items()))


@lru_cache(maxsize=8)
def _clocks(text: str, profile: str | None) -> Clocks:
    clocks = read_clocks(text)
    return clocks.with_profile(profile) if profile and profile in clocks.profiles else clocks


@lru_cache(maxsize=8)
def _calendar(lists: tuple[tuple[str, str], ...]) -> Calendar:
    return calendar_with(read_year_list(text) for _, text in lists)
