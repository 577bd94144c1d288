"""Make a bulletin: gather what it says, draw its pictures, freeze both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from geo.atlas import Atlas
from ledger.casework.map_overview import area_path, top_of
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.people import office
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.reporting.bulletins import archive, cases, clusters, movements, situation
from ledger.reporting.bulletins.counted_rows import CountedRows
from ledger.reporting.bulletins.fonts import chinese_font
from ledger.reporting.bulletins.gathering import Question
from ledger.reporting.bulletins.kinds import covered, kind_named, title_of
from ledger.reporting.bulletins.model import Content, Section
from ledger.storage import Store

_TRIES = 3
Pictures = dict[str, bytes]


def make(store: Store, actor: Actor, kind_key: str, until: date, scope_code: str | None) -> int:
    """Gather and freeze a bulletin as a draft; returns its id.

    Parameters
    ----------
    kind_key : str
        daily, weekly, halfmonthly, monthly.
    until : date
        The last day, not after today.
    scope_code : str, optional
        The area; None or ``*`` for everything the actor sees.

    Raises
    ------
    Refused
        If the actor may not make bulletins.
    NotFound
        For an area that is not there or not theirs.
    Invalid
        For an unknown kind or a day to come.
    Unequipped
        Without a Chinese font for the pictures.
    """
    question = asked(store, actor, kind_key, until, scope_code)
    content, pictures = gather(question)
    return archive.keep(store, actor, content, question.scope_path, pictures)


def asked(
    store: Store, actor: Actor, kind_key: str, until: date, scope_code: str | None
) -> Question:
    """A bulletin's question, held against the actor's rights; raises as `make`."""
    actor.require(Action.MAKE_BULLETIN)
    kind = kind_named(kind_key)
    if until > clock.today():
        raise Invalid(f"截止日期{until}在今天({clock.today()})之后，还没有数据，请改为今天或更早")
    atlas = current_atlas(store)
    code = scope_of(atlas, actor, scope_code)
    path = area_path(actor, atlas, code)
    area = atlas.get(code)
    name = area.name if area else "全部辖区"
    inside = replace(actor, scope_code=code or "*", scope_path=path)
    period = covered(kind, until)
    return Question(store, inside, atlas, kind, period, code or "*", path, name)


def scope_of(atlas: Atlas, actor: Actor, scope_code: str | None) -> str | None:
    """The code of the area asked for; None for the whole tree.

    A tree with one root is that area: its leader sees what is made for all of it.
    """
    code = top_of(actor) if scope_code in (None, "", "*") else scope_code
    roots = atlas.roots()
    return roots[0].code if code is None and len(roots) == 1 else code


def gather(question: Question) -> tuple[Content, Pictures]:
    """Everything the bulletin says and its pictures, from one state of the database.

    Sections are read one after the other; if somebody saves in between, all of it is read again,
    so that no list contradicts its count.
    """
    chinese_font()
    for _ in range(_TRIES):
        before = _revision(question.store)
        found = _gathered(question)
        if _revision(question.store) == before:
            break
    return found


def _gathered(question: Question) -> tuple[Content, Pictures]:
    as_of = clock.now()
    question = replace(question, counted=CountedRows())
    sections: list[Section] = []
    pictures: Pictures = {}
    for gathered in _SECTIONS:
        section, drawn = gathered(question)
        sections.append(section)
        pictures |= drawn
    content = Content(
        question.kind.key,
        question.scope_code,
        question.scope_name,
        question.period.start,
        question.period.end,
        as_of,
        office.read_office(question.store),
        title_of(question.kind, question.scope_name),
        tuple(sections),
        question.counted.numbers,
        question.counted.groups,
    )
    return content, pictures


def _without_pictures(
    section: Callable[[Question], Section],
) -> Callable[[Question], tuple[Section, Pictures]]:
    return lambda question: (section(question), {})


_SECTIONS: tuple[Callable[[Question], tuple[Section, Pictures]], ...] = (
    situation.section,
    _without_pictures(movements.section),
    _without_pictures(cases.cases_section),
    _without_pictures(cases.overdue_section),
    clusters.section,
)


def _revision(store: Store) -> int:
    with store.reading() as connection:
        return audit.revision(connection)
