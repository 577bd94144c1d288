"""Forms that an office keeps: the blank file and what was answered about it, so that the second
time takes one click.

A form belongs to the area of the user who kept it and is used there and below. A form that comes
again is known by its fingerprint and keeps its answers.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Row, delete, insert, select, update

from ledger.domain.access import Action, Actor
from ledger.domain.calling import Through, here
from ledger.domain.errors import Invalid, NotFound, in_file
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.reporting.forms.filling import FilledForm, fill_form
from ledger.reporting.forms.form_answers import FormAnswers, answers_text, parse_answers
from ledger.reporting.forms.form_files import open_form
from ledger.reporting.forms.form_words import form_words
from ledger.reporting.forms.recalled_answers import offices_of
from ledger.reporting.forms.recognising import recognise
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import kept_forms as table

# Of a blank form.
MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class KeptForm:
    """A form that is kept; ``own``: by the actor's own office, which may change and forget it."""

    id: int
    name: str
    suffix: str
    answers: FormAnswers
    updated_at: datetime
    updated_by: str
    own: bool


def keep_form(store: Store, actor: Actor, path: Path, *, through: Through = here) -> int:
    """Keep a blank form, in place of the same one that the office had; returns its id.

    The file is read by ``through``.

    Raises
    ------
    Refused
        If the actor may not export.
    InvalidFile
        If it cannot be read, holds no table with a header, or is larger than 10 MB.
    """
    actor.require(Action.EXPORT)
    with in_file(path):
        if path.stat().st_size > MOST_BYTES:
            raise Invalid("超过 10 MB，不像一张空表，请检查是否选错文件")
        content = path.read_bytes()
    suffix, fingerprint = through(_known_by, store, path)
    return _kept(store, actor, path.name[:120], suffix, fingerprint, content)


def _known_by(store: Store, path: Path) -> tuple[str, str]:
    """Which kind of file a form is, and its fingerprint."""
    with in_file(path):
        file = open_form(path)
        form = recognise(file.grids(), form_words(store))
    return file.suffix, form.fingerprint


@tried_again
def _kept(
    store: Store, actor: Actor, name: str, suffix: str, fingerprint: str, content: bytes
) -> int:
    values = {
        "name": name,
        "suffix": suffix,
        "blank": content,
        "updated_at": clock.now(),
        "updated_by": actor.name,
    }
    which = (table.c.scope_path == actor.scope_path, table.c.fingerprint == fingerprint)
    with store.writing() as connection:
        query = update(table).where(*which).values(values).returning(table.c.id)
        found = connection.execute(query).scalar()
        if found is None:
            new = {"scope_path": actor.scope_path, "fingerprint": fingerprint, "content": ""}
            query = insert(table).values(values | new).returning(table.c.id)  # type: ignore[assignment]
            found = connection.execute(query).scalar_one()
        audit.append(connection, actor, [audit.Change("keep_form", number=name[:80])])
    return int(found)


def kept_forms(store: Store, actor: Actor) -> tuple[KeptForm, ...]:
    """The forms of the actor's office and those above it, the last used first."""
    actor.require(Action.EXPORT)
    with store.reading() as connection:
        query = select(table).where(table.c.scope_path.in_(offices_of(actor)))
        rows = connection.execute(query.order_by(table.c.updated_at.desc())).all()
    return tuple(_form(row, actor) for row in rows)


def kept_form(store: Store, actor: Actor, form_id: int) -> KeptForm:
    """One of these forms. Raises `NotFound` for any other."""
    actor.require(Action.EXPORT)
    with store.reading() as connection:
        return _form(_row(connection, actor, form_id), actor)


def fill_kept(
    store: Store,
    actor: Actor,
    form_id: int,
    *,
    scope_code: str | None = None,
    period: str = "",
    overwrite: bool = False,
    through: Through = here,
) -> FilledForm:
    """Fill a kept form with its answers; ``through`` and what it raises as `fill_form`, and
    `NotFound`."""
    actor.require(Action.EXPORT)
    with store.reading() as connection:
        row = _row(connection, actor, form_id)
    answers = replace(_form(row, actor).answers, replace=overwrite)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(row.name).name or f"form.{row.suffix}")
        path.write_bytes(row.blank)
        return fill_form(
            store,
            actor,
            path,
            scope_code=scope_code,
            period=period,
            mapping=answers,
            through=through,
        )


@tried_again
def answer_form(store: Store, actor: Actor, form_id: int, answers: FormAnswers) -> None:
    """Keep what was answered about a form; a form of an office above becomes one's own.

    Raises
    ------
    Invalid
        For answers that are not among those there are.
    NotFound
        If there is no such form.
    """
    actor.require(Action.EXPORT)
    answers.senses(form_words(store))
    content = answers_text(answers)
    parse_answers(content)
    with store.writing() as connection:
        row = _row(connection, actor, form_id)
        values = {"content": content, "updated_at": clock.now(), "updated_by": actor.name}
        which = (table.c.scope_path == actor.scope_path, table.c.fingerprint == row.fingerprint)
        changed = connection.execute(update(table).where(*which).values(values))
        if not changed.rowcount:
            same = {key: row._mapping[key] for key in ("name", "suffix", "blank", "fingerprint")}
            mine = {"scope_path": actor.scope_path}
            connection.execute(insert(table).values(same | mine | values))
        audit.append(connection, actor, [audit.Change("answer_form", number=row.name[:80])])


@tried_again
def forget_form(store: Store, actor: Actor, form_id: int) -> None:
    """Forget a form of the actor's own office, with what was sent of it. Raises `NotFound`."""
    actor.require(Action.EXPORT)
    with store.writing() as connection:
        row = _row(connection, actor, form_id)
        if row.scope_path != actor.scope_path:
            raise NotFound("报表")
        connection.execute(delete(table).where(table.c.id == form_id))
        audit.append(connection, actor, [audit.Change("forget_form", number=row.name[:80])])


def _row(connection: Connection, actor: Actor, form_id: int) -> Row[tuple[object, ...]]:
    where = (table.c.id == form_id, table.c.scope_path.in_(offices_of(actor)))
    row = connection.execute(select(table).where(*where)).first()
    if row is None:
        raise NotFound("报表")
    return row


def _form(row: Row[tuple[object, ...]], actor: Actor) -> KeptForm:
    return KeptForm(
        row.id,
        row.name,
        row.suffix,
        parse_answers(row.content),
        row.updated_at,
        row.updated_by,
        row.scope_path == actor.scope_path,
    )
