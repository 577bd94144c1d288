"""Institutions of tier four ("red") in or beside the hotspots of an answer, and whether the two
meet more often than by chance (`geo.meeting`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from geo.hotspot_classes import HotspotClass
from geo.meeting import LEAST_AREAS, Meeting, Verdict, in_or_beside, meeting
from geo.weights import Neighbours
from ledger.domain.access import Action, Actor, under
from ledger.records.revisions import read_revisions
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.hotspots import answer_of, asked
from ledger.storage import Store
from ledger.storage.tables import institutions as table

RED = "4"


@dataclass(frozen=True)
class RedHome:
    """An institution of tier four in an area that is a hotspot, or ``beside`` one.

    ``area`` is the code of that area, ``hot`` are the codes of the hotspots it is or touches.
    """

    id: int
    name: str
    area: str
    beside: bool
    hot: tuple[str, ...]


@dataclass(frozen=True)
class RedHomes:
    """``homes`` that are listed, ``near`` the codes of all areas in or beside hotspots."""

    homes: tuple[RedHome, ...]
    near: tuple[str, ...]
    meeting: Meeting


def red_homes(store: Store, actor: Actor, answer: Answer) -> RedHomes:
    """The red homes in or beside the hotspots of an answer that was given to the actor.

    Homes are counted as they stand today, by the areas of the answer; one that lies in none of
    them (placed no closer than a township) is left out.

    Raises
    ------
    Refused
        If the actor may not read institutions.
    """
    actor.require(Action.READ, "institutions")
    _, question = asked(store, actor, answer.request)
    neighbours = answer_of(store, question).neighbours
    reader = Actor("", actor.role, actor.scope_code, actor.scope_path)
    return _found(store, reader, answer, neighbours, read_revisions(store).data)


@lru_cache(maxsize=64)
def _found(
    store: Store, actor: Actor, answer: Answer, neighbours: Neighbours, _revision: int
) -> RedHomes:
    hot = pd.Series(False, index=list(neighbours.codes))
    hot[answer.of_class(HotspotClass.HOT)] = True
    near = pd.Series(in_or_beside(hot.to_numpy(), neighbours), index=hot.index)
    counted, red = _counted(store, actor, answer)
    homes = [float(counted.get(code, 0)) for code in hot.index]
    marked = [float(len(red.get(code, ()))) for code in hot.index]
    shapes = answer.regions.frame.set_index("code").geometry.reindex(hot.index)
    judged = meeting(
        np.array(marked),
        np.array(homes),
        near.to_numpy(),
        shapes,
    )
    beside = {code: () if hot[code] else _hot_beside(code, hot, neighbours) for code in red}
    found = [
        RedHome(number, name, code, not hot[code], beside[code] or (code,))
        for code, ids in sorted(red.items(), key=lambda one: (not hot[one[0]], one[0]))
        if near[code]
        for number, name in ids
    ]
    return RedHomes(tuple(found), tuple(near.index[near]), judged)


def _hot_beside(code: str, hot: pd.Series[bool], neighbours: Neighbours) -> tuple[str, ...]:
    row = neighbours.matrix[[hot.index.get_loc(code)]].indices
    return tuple(sorted(neighbours.codes[at] for at in row if hot.iloc[at]))


def _counted(
    store: Store, actor: Actor, answer: Answer
) -> tuple[Mapping[str, int], Mapping[str, list[tuple[int, str]]]]:
    """All homes by area, and the red ones: (id, name)."""
    path = table.c.area_path
    where = (
        table.c.deleted.is_(False),
        actor.scope_condition(path),
        under(path, answer.place.path),
    )
    every = select(path, func.count()).where(*where).group_by(path)
    marked = select(path, table.c.id, table.c.name).where(*where, table.c.tier == RED)
    homes: dict[str, int] = {}
    red: dict[str, list[tuple[int, str]]] = {}
    with store.reading() as connection:
        for at, number in connection.execute(every):
            if (code := _area_of(at, answer.regions.known)) is not None:
                homes[code] = homes.get(code, 0) + number
        for at, number, name in connection.execute(marked.order_by(table.c.name, table.c.id)):
            if (code := _area_of(at, answer.regions.known)) is not None:
                red.setdefault(code, []).append((number, name))
    return homes, red


def _area_of(path: str | None, known: frozenset[str]) -> str | None:
    """The area among the known ones that a path leads through."""
    return next((code for code in (path or "").split("/") if code in known), None)


def meeting_words(found: Meeting, level: str) -> str:
    """What a meeting comes to, in one sentence for people. ``level`` names the areas."""
    if not found.marked:
        return "没有四类(红色)机构。"
    counted = f"四类(红色)机构共{found.marked}家，{found.together}家在热点或紧邻热点的{level}"
    if np.isnan(found.p):
        few = f"没有热点，或有机构的{level}不到{LEAST_AREAS}个"
        return f"{counted}；是不是巧合无法判断：{few}，数据太少。"
    about = f"约{found.expected:.0f}家" if found.expected >= 1 else "不到1家"
    expected = f"如果互不相干，应为{about}"
    chance = f"保持两者各自的分布、互相错开位置，{_share(found.p)}的情形会碰到这么多或更多"
    said = "超出偶然" if found.verdict is Verdict.MORE else "可能只是偶然"
    return f"{counted}，{expected}；{chance}：{said}。"


def _share(p: float) -> str:
    return "不到1%" if p < 0.01 else f"{100 * p:.0f}%"
