"""What an office answered about a form before: found again by the form's fingerprint."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ledger.domain.access import Actor
from ledger.reporting.forms.form_answers import FormAnswers, parse_answers
from ledger.storage.own_tables import kept_forms as table


def offices_of(actor: Actor) -> list[str]:
    """The paths whose forms somebody uses: the own one and those above, nearest last."""
    steps = [step for step in actor.scope_path.split("/") if step]
    return ["/", *("/" + "/".join(steps[: at + 1]) + "/" for at in range(len(steps)))]


def recalled(connection: Connection, actor: Actor, fingerprint: str) -> FormAnswers | None:
    """The answers kept for a form by the actor's office, or by the nearest above it."""
    query = select(table.c.scope_path, table.c.content).where(
        table.c.fingerprint == fingerprint, table.c.scope_path.in_(offices_of(actor))
    )
    rows = sorted(connection.execute(query).all(), key=lambda row: len(row.scope_path))
    return parse_answers(rows[-1].content) if rows else None
