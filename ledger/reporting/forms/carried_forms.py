"""Kept forms of all offices, as they are taken along in the one file of settings.

Each belongs to an area's path (`ledger.reporting.forms.kept_forms`); where the other database has
no such area, it is left out and counted. What was sent of a form stays: that is data.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, insert, select

from ledger.domain.access import ROOT_PATH, Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.records.places.areas import in_force
from ledger.reporting.forms.form_answers import parse_answers
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import kept_forms as table
from ledger.storage.tables import areas


class CarriedForm(BaseModel):
    """A blank form, its file in base64, and what was answered about it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    scope_path: str = Field(max_length=500)
    fingerprint: str = Field(max_length=64)
    name: str = Field(min_length=1, max_length=120)
    suffix: Literal["xlsx", "docx"]
    blank: str
    content: str = Field(max_length=200_000)


_PLAIN = ("scope_path", "fingerprint", "name", "suffix", "content")


def all_forms(connection: Connection) -> list[CarriedForm]:
    """Every kept form of every office, in the caller's transaction."""
    rows = connection.execute(select(*(table.c[key] for key in _PLAIN), table.c.blank))
    return [
        CarriedForm(**(dict(row) | {"blank": base64.b64encode(row["blank"]).decode()}))
        for row in rows.mappings()
    ]


def check_forms(forms: Sequence[CarriedForm]) -> None:
    """Raise `Invalid` for a form whose file or answers cannot be read."""
    for one in forms:
        try:
            base64.b64decode(one.blank, validate=True)
        except (binascii.Error, ValueError):
            raise Invalid(f"空表“{one.name}”的内容已被改坏") from None
        parse_answers(one.content)


def missing_forms(
    connection: Connection, forms: Sequence[CarriedForm]
) -> tuple[list[CarriedForm], int]:
    """Those that are not here yet, and how many belong to areas that are not here."""
    if not forms:
        return [], 0
    known = {ROOT_PATH, *connection.scalars(select(areas.c.path).where(in_force()))}
    have = set(map(tuple, connection.execute(select(table.c.scope_path, table.c.fingerprint))))
    new = [one for one in forms if (one.scope_path, one.fingerprint) not in have]
    placed = [one for one in new if one.scope_path in known]
    return placed, len(new) - len(placed)


@tried_again
def take_forms(store: Store, actor: Actor, forms: Sequence[CarriedForm]) -> None:
    """Add what is not here yet; what an office has already stays.

    Raises
    ------
    Refused
        If the actor may not change settings.
    """
    actor.require(Action.MANAGE_OPTIONS)
    stamp = {"updated_at": clock.now(), "updated_by": actor.name}
    with store.writing() as connection:
        new, _ = missing_forms(connection, forms)
        for one in new:
            values = one.model_dump() | {"blank": base64.b64decode(one.blank)} | stamp
            connection.execute(insert(table).values(values))
        if new:
            change = audit.Change("option", number="本单位设置", after={"上级报表的空表": len(new)})
            audit.append(connection, actor, [change])
