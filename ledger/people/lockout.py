"""Counting failed sign-ins in the database, by address and by name; when the next may be tried.

Failures are counted for a name *from an address*: five wrong guesses hold the name for whoever
guessed, and for nobody else, so nobody locks an administrator out from another machine. Names that
exist and names that do not are counted alike, so that no wait tells which names there are; every
process counts on, and a restart forgets nothing. Of what was typed only a hash is kept, with the
key of the key file: it may be a password in the wrong field.

An address that fails often, whatever the names, is first slowed down, each failure making the wait
longer, and at last held for as long as a name would be. Both limits are wide enough for an office
behind one proxy.
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
# The first half of a key says whose name it is, so that an administrator can let somebody in.
_HALF = 32


@dataclass(frozen=True)
class Count:
    """Failures since a moment; before ``until``, if there is one, nothing may be tried."""

    failures: int
    since: datetime
    until: datetime | None = None

    def waits(self, now: datetime) -> datetime | None:
        """The end of the wait, or None if a try is allowed."""
        return self.until if self.until is not None and now < self.until else None


@dataclass(frozen=True)
class Rule:
    """What failures lead to.

    The first ``free`` cost nothing. From there on the next try has to wait 1, 2, 4 … seconds, at
    most `LONGEST_WAIT`. The failure number ``limit`` costs ``hold``; after that, or when
    ``remembered`` has passed since the first failure, the count begins anew.
    """

    free: int
    limit: int
    hold: timedelta
    remembered: timedelta

    def after_failure(self, before: Count | None, now: datetime) -> Count:
        """The count with one failure more; a failure during a wait changes nothing."""
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
        # No power larger than needed: the exponent grows with the setting.
        return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - self.free, 10)))

    def _is_over(self, count: Count, now: datetime) -> bool:
        return count.failures >= self.limit or now - count.since > self.remembered


def name_rule() -> Rule:
    """For a name from an address: ``lockout_failures`` in a day, then ``lockout_minutes``; without
    waits before that."""
    limit = max(1, settings().lockout_failures)
    return Rule(limit, limit, _hold(), max(NAMES_REMEMBERED, _hold()))


def address_rule() -> Rule:
    """Slower after four times as many failures as a name may have, held after ten times."""
    limit = max(1, settings().lockout_failures)
    return Rule(SLOW_FACTOR * limit, HOLD_FACTOR * limit, _hold(), _hold())


def key_of_name(store: Store, folded: str, address: str) -> str:
    """How a name, tried from an address, is called in the table; whether it exists or not."""
    return _key(store, "name", folded)[:_HALF] + _key(store, "from", address)[:_HALF]


def key_of_address(store: Store, address: str) -> str:
    """How an address is called in the table."""
    return _key(store, "address", address)


def counts(connection: Connection, keys: Iterable[str]) -> Mapping[str, Count]:
    """What is counted under these keys; nothing for a key that has not failed."""
    query = select(table).where(table.c.key.in_(list(keys)))
    return {row.key: Count(row.failures, row.since, row.until) for row in connection.execute(query)}


def forget_name(store: Store, connection: Connection, folded: str) -> int:
    """Let a name be tried again from every address; returns how many had failed."""
    begun = _key(store, "name", folded)[:_HALF]
    return connection.execute(delete(table).where(table.c.key.startswith(begun))).rowcount


def forget(connection: Connection, key: str) -> None:
    """Begin anew after a success."""
    connection.execute(delete(table).where(table.c.key == key))


def keep(connection: Connection, key: str, before: Count | None, after: Count) -> None:
    """Write a count in the place of the one before."""
    values = {"failures": after.failures, "since": after.since, "until": after.until}
    if before is None:
        connection.execute(insert(table).values(key=key, **values))
    elif before != after:
        connection.execute(update(table).where(table.c.key == key).values(**values))


def forget_old(connection: Connection, now: datetime) -> None:
    """Delete what no rule looks at any more."""
    oldest = now - name_rule().remembered
    over = or_(table.c.until.is_(None), table.c.until <= now)
    connection.execute(delete(table).where(and_(table.c.since < oldest, over)))


def _hold() -> timedelta:
    return timedelta(minutes=settings().lockout_minutes)


def _key(store: Store, kind: str, text: str) -> str:
    # The sealer compares texts without blanks and dashes; names differ by them, digests do not.
    digest = hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
    return store.sealer.fingerprint(f"{kind}:{digest}")
