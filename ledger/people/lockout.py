"""Count failed sign-ins in the database, by address and by name, and compute the wait they cause.

Failures are counted for a name *from an address*: ``lockout_failures`` wrong passwords block the
name for that address only, so nobody can lock an administrator out from another machine. Names that
exist and names that do not are counted alike, so a wait does not reveal which names exist. All
processes share the counts, and a restart keeps them. Of the typed name only a keyed hash is
stored: it may be a password in the wrong field.

An address that fails often, with any names, first has to wait longer after each failure, and is
then blocked for as long as a name. Both limits are high enough for an office behind one proxy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from ledger.domain.settings import settings
from ledger.storage import Store
from ledger.storage.own_tables import failed_sign_ins as table

SLOW_FACTOR, HOLD_FACTOR = 4, 10
LONGEST_WAIT = timedelta(seconds=30)
NAMES_REMEMBERED = timedelta(hours=24)
# The first half of a key depends on the name only, so all counts of a name can be deleted.
_HALF = 32


@dataclass(frozen=True)
class Count:
    """Failures since a moment; before ``until``, if it is set, no try succeeds."""

    failures: int
    since: datetime
    until: datetime | None = None

    def waits(self, now: datetime) -> datetime | None:
        """The end of the wait, or None if a try is allowed."""
        return self.until if self.until is not None and now < self.until else None


@dataclass(frozen=True)
class Rule:
    """The wait after a number of failures.

    Failures before number ``free`` cause no wait. From number ``free`` on the wait is 1, 2, 4 …
    seconds, at most `LONGEST_WAIT`. Failure number ``limit`` causes a wait of ``hold``; after it,
    or when ``remembered`` has passed since the first failure, the count starts again.
    """

    free: int
    limit: int
    hold: timedelta
    remembered: timedelta

    def after_failure(self, before: Count | None, now: datetime) -> Count:
        """The count with one more failure; during a wait it stays unchanged."""
        if before is not None and before.waits(now) is not None:
            return before
        if before is None or self._is_over(before, now):
            before = Count(0, now)
        failures = before.failures + 1
        wait = self._wait(failures)
        return Count(failures, before.since, now + wait if wait else None)

    def _wait(self, failures: int) -> timedelta:
        if failures >= self.limit:
            return self.hold
        if failures < self.free:
            return timedelta()
        # The exponent is bounded, because it grows with the setting.
        return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - self.free, 10)))

    def _is_over(self, count: Count, now: datetime) -> bool:
        return count.failures >= self.limit or now - count.since > self.remembered


def name_rule() -> Rule:
    """The rule for a name from an address: ``lockout_failures`` failures in a day cause a wait of
    ``lockout_minutes``; fewer cause none."""
    limit = max(1, settings().lockout_failures)
    return Rule(limit, limit, _hold(), max(NAMES_REMEMBERED, _hold()))


def address_rule() -> Rule:
    """The rule for an address: waits from four times ``lockout_failures`` on, a block at ten."""
    limit = max(1, settings().lockout_failures)
    return Rule(SLOW_FACTOR * limit, HOLD_FACTOR * limit, _hold(), _hold())


def key_of_name(store: Store, folded: str, address: str) -> str:
    """The table's key for a name tried from an address; the name need not exist."""
    return _key(store, "name", folded)[:_HALF] + _key(store, "from", address)[:_HALF]


def key_of_address(store: Store, address: str) -> str:
    """The table's key for an address."""
    return _key(store, "address", address)


def counts(connection: Connection, keys: Iterable[str]) -> Mapping[str, Count]:
    """The counts of these keys, by key; a key without failures is missing."""
    query = select(table).where(table.c.key.in_(list(keys)))
    return {row.key: Count(row.failures, row.since, row.until) for row in connection.execute(query)}


def forget_name(store: Store, connection: Connection, folded: str) -> int:
    """Delete the counts of a name from every address; returns how many there were."""
    begun = _key(store, "name", folded)[:_HALF]
    return connection.execute(delete(table).where(table.c.key.startswith(begun))).rowcount


def forget(connection: Connection, key: str) -> None:
    """Delete the count of a key, after a success."""
    connection.execute(delete(table).where(table.c.key == key))


def keep(connection: Connection, key: str, before: Count | None, after: Count) -> None:
    """Store the count ``after`` in place of ``before`` (None: there was none)."""
    values = {"failures": after.failures, "since": after.since, "until": after.until}
    if before is None:
        connection.execute(insert(table).values(key=key, **values))
    elif before != after:
        connection.execute(update(table).where(table.c.key == key).values(**values))


def forget_old(connection: Connection, now: datetime) -> None:
    """Delete counts that are too old for every rule and cause no wait."""
    oldest = now - name_rule().remembered
    over = or_(table.c.until.is_(None), table.c.until <= now)
    connection.execute(delete(table).where(and_(table.c.since < oldest, over)))


def _hold() -> timedelta:
    return timedelta(minutes=settings().lockout_minutes)


def _key(store: Store, kind: str, text: str) -> str:
    # The sealer compares texts without blanks and dashes; names differ by them, digests do not.
    digest = hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
    return store.sealer.fingerprint(f"{kind}:{digest}")
