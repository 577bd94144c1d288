"""Fill a blank form of a higher office from the ledgers, in its own layout.

Read the file, recognise its tables, add rows where there are too few, answer each cell, write what
is sure. What is not sure stays blank and is listed with the reason. A cell that holds something is
never overwritten silently: old and new are listed, and it is replaced only when that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geo.atlas import Atlas
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor
from ledger.domain.calling import Through, here
from ledger.domain.errors import in_file
from ledger.domain.timing import clock
from ledger.exchange.reading.area_names import AreaNames
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.reporting.figures.rulefile import figures_in_force
from ledger.reporting.forms.filled import FilledCell, OpenCell
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.form_files import open_form
from ledger.reporting.forms.form_filler import FormFiller
from ledger.reporting.forms.form_periods import read_asked
from ledger.reporting.forms.form_shapes import Form
from ledger.reporting.forms.form_words import form_words
from ledger.reporting.forms.old_and_new import kept_apart
from ledger.reporting.forms.recalled_answers import recalled
from ledger.reporting.forms.recognising import recognise
from ledger.reporting.forms.source_sheet import source_rows
from ledger.storage import Store
from ledger.storage.again import tried_again


@dataclass(frozen=True)
class FilledForm:
    """A form as it was filled. ``form`` are its tables with rows added, before anything was
    written; ``content`` is the file, ``suffix`` its kind, ``path`` that of the area reported."""

    content: bytes
    suffix: str
    form: Form
    cells: tuple[FilledCell, ...]
    open: tuple[OpenCell, ...]
    notes: tuple[str, ...]
    area: str
    path: str
    when: str

    @property
    def fingerprint(self) -> str:
        """Of the blank form."""
        return self.form.fingerprint


def fill_form(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    scope_code: str | None = None,
    period: str = "",
    mapping: FormAnswers | None = None,
    through: Through = here,
) -> FilledForm:
    """Fill a form with what the actor may see and export; nothing is written to the ledgers.

    Parameters
    ----------
    path : Path
        The blank form: xlsx or docx.
    scope_code : str, optional
        The area that is reported; without it the one that the form names (填报单位), else all that
        the actor sees.
    period : str
        The form's period as `form_periods.read_asked` takes it; empty: what the form states.
    mapping : FormAnswers, optional
        What was answered about the form's words; without it what the actor's office or one above
        it answered before, if it did.
    through : Through
        Where the file is read and filled.

    Raises
    ------
    Refused
        If the actor may not export.
    NotFound
        For an area that is not there or not in the actor's scope.
    InvalidFile
        If the file cannot be read or holds nothing that looks like a form.
    """
    actor.require(Action.READ)
    actor.require(Action.EXPORT)
    filled = through(_filled, store, actor, path, scope_code, period, mapping)
    _remember(store, actor, path, filled)
    return filled


def _filled(
    store: Store,
    actor: Actor,
    path: Path,
    scope_code: str | None,
    period: str,
    mapping: FormAnswers | None,
) -> FilledForm:
    """Read and fill; nothing is written to the database."""
    told = mapping or FormAnswers()
    book, atlas = figures_in_force(store), current_atlas(store)
    where = area_path(actor, atlas, None if scope_code == "*" else scope_code)
    words = form_words(store)
    with in_file(path):
        file = open_form(path)
        form = recognise(file.grids(), words)
    with store.reading() as connection, in_file(path):
        if scope_code is None:
            where = _named_in_form(form, atlas, actor) or where
        if mapping is None:
            told = recalled(connection, actor, form.fingerprint) or told
        asked = read_asked(period or told.period, clock.today()) if period or told.period else None
        filler = FormFiller(connection, actor, atlas, book, words, where, told, asked)
        form = filler.make_room(file, form)
        outcome = filler.fill(form)
    kept = kept_apart(form, outcome, told)
    for cell in kept.cells:
        file.write(cell)
    area = atlas.get(where.strip("/").rpartition("/")[2])
    when = asked.label if asked is not None else filler.when
    file.add_sources(*source_rows(form, kept, area.name if area else "全部区域", when))
    return FilledForm(
        content=file.saved(),
        suffix=file.suffix,
        form=form,
        cells=tuple(kept.cells),
        open=tuple(kept.open),
        notes=(*file.notes, *filler.notes),
        area=area.name if area else "全部区域",
        path=where,
        when=when,
    )


@tried_again
def _remember(store: Store, actor: Actor, path: Path, filled: FilledForm) -> None:
    """The log records who filled which form, and how many cells."""
    after = {
        "cells": len(filled.cells),
        "open": len(filled.open),
        "area": filled.path.strip("/"),
    }
    change = audit.Change("fill_form", number=path.name[:80], after=after)
    with store.writing() as connection:
        audit.append(connection, actor, [change])


def _named_in_form(form: Form, atlas: Atlas, actor: Actor) -> str | None:
    """The path of the area that stands behind 填报单位, where it is one of the actor's."""
    names = AreaNames(atlas, actor)
    for at in range(len(form.grids)):
        office = form.office_said(at)
        if office:
            try:
                found = names.read([office])
            except ValueError:
                continue
            code = found if isinstance(found, str) else str(found.value)
            if code in atlas and actor.sees(atlas[code].path):
                return atlas[code].path
    return None
