"""Areas as files name them: a code, a name, or township, village and grid each in a column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from rapidfuzz import fuzz, process

from geo.atlas import Atlas
from geo.names import ASIDE, bare_name
from ledger.domain.access import Actor
from ledger.domain.columns import ValueRefused
from ledger.exchange.reading.area_writings import (
    LEVELS,
    grid_number,
    level_said,
    near_misses,
    without_beyond,
    without_front,
)
from ledger.exchange.reading.loose_words import tidy_text
from ledger.exchange.reading.understanding import Understood, shown

# What columns are called that name a part of the area, from the broadest to the narrowest.
LEVEL_WORDS: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "镇 乡镇 街道 镇街 镇(街道) 乡镇(街道) 街道(镇) 镇(街) 所属镇 所属街道 所属乡镇 所属镇街 "
        "所属镇(街道) 所属乡镇(街道) 所在镇 所在街道 所在乡镇 镇名 乡镇名称 街道名称 镇(街道)名称",
        "村 社区 村(社区) 村社区 村居 村(居) 村/社区 社区(村) 行政村 所属村 所属社区 所属村居 "
        "所属村(社区) 所在村 所在社区 所在村(社区) 村名 村名称 社区名称 村(社区)名称",
        "网格 所属网格 所在网格 网格名称 网格编号 责任网格",
    )
)
_CLOSE = 70
# What a template offers in its drop-down: the name of an area with its code behind it.
_LABEL = re.compile(r"(.+?)[(（]([^()（）]+)[)）]")


class AreaNames:
    """Finds the area that one or several names mean, within the actor's scope first."""

    def __init__(self, atlas: Atlas, actor: Actor) -> None:
        self._atlas = atlas
        exact: dict[str, list[str]] = {}
        loose: dict[str, list[str]] = {}
        for area in atlas:
            exact.setdefault(area.name, []).append(area.code)
            loose.setdefault(bare_name(area.name), []).append(area.code)
        self._exact, self._loose = exact, loose
        self._parents: dict[str, list[str]] = {}
        for area in atlas:
            if area.level != LEVELS[-1]:
                for name in {area.name, ASIDE.sub("", area.name), bare_name(area.name)}:
                    self._parents.setdefault(name, []).append(area.code)
        self._fronts = sorted(self._parents, key=lambda name: (-len(name), name))
        self._actor = actor
        self._suggested: dict[tuple[str, int], tuple[str, ...]] = {}

    def read(self, names: Sequence[str], levels: Sequence[int | None] = ()) -> str | Understood:
        """The code of the area that the last of the names means, below those before it.

        ``levels`` say which level each name is of (0 township, 1 village, 2 grid), where its column
        says so: a village's column never means the street of the same name.

        Raises
        ------
        ValueRefused
            When no area or several in scope are called so; similar names are suggested. An area
            elsewhere is answered like one that is nowhere.
        """
        above = None
        for at, name in enumerate(names):
            text = self._without_label(tidy_text(name))
            last = at == len(names) - 1
            if text in self._atlas and not (last and self._elsewhere(text)):
                above = text
                continue
            level = levels[at] if at < len(levels) else None
            codes, sure = self._called(text, above, level)
            if last:
                codes = tuple(code for code in codes if not self._elsewhere(code))
            if len(codes) == 1:
                above = codes[0]
            elif last:
                raise ValueRefused(self._refusal(text, codes, above))
            else:
                sure = True
            if last and not sure:
                full = self._atlas[codes[0]].name
                return Understood(codes[0], f"区域名称：“{shown(text)}”按“{full}”理解")
        if above is None:  # only broader names that nobody bears came before; cannot be reached
            raise ValueRefused("没有写明区域，请填写区域名称或代码")
        return above

    def _without_label(self, text: str) -> str:
        """The code in a text as a template offers it, 东村(990101001001), unless the name in front
        is that of another area; any other text as it is."""
        found = _LABEL.fullmatch(text)
        if found is None or found[2] not in self._atlas:
            return text
        is_its = self._atlas[found[2]].name == found[1] or found[1] not in self._exact
        return found[2] if is_its else text

    def code_of(self, name: str) -> str | None:
        """The code of the one area in scope that a name means; None for none or several."""
        try:
            found = self.read([name])
        except ValueRefused:
            return None
        return str(found.value) if isinstance(found, Understood) else found

    def _elsewhere(self, code: str) -> bool:
        return not self._actor.sees(self._atlas[code].path)

    def _called(
        self, text: str, above: str | None, level: int | None
    ) -> tuple[tuple[str, ...], bool]:
        """The codes of that name, and whether they are called exactly so."""
        for names, asked in ((self._exact, text), (self._loose, bare_name(text))):
            codes = self._of_level(self._within(names, asked, above), text, level)
            if codes:
                return codes, names is self._exact
        codes = self._numbered(text, above) or self._behind_parents(text, above, level)
        return codes, False

    def _of_level(self, codes: tuple[str, ...], text: str, level: int | None) -> tuple[str, ...]:
        """Those of the level that the name says, else of its column's; all where neither does."""
        said = level_said(text)
        if said is not None:
            fitting = tuple(code for code in codes if self._atlas[code].level == LEVELS[said])
            return fitting or (codes if level is None else self._at_level(codes, level))
        return codes if level is None else self._at_level(codes, level)

    def _at_level(self, codes: tuple[str, ...], level: int) -> tuple[str, ...]:
        # A column of villages may name a grid of one, never the street above.
        fits = LEVELS[level:] if level == 1 else LEVELS[level : level + 1]
        return tuple(code for code in codes if self._atlas[code].level in fits)

    def _numbered(self, text: str, above: str | None) -> tuple[str, ...]:
        """The grid of that number within the village that stands before it."""
        number = grid_number(text) if above is not None else None
        if number is None or above is None or self._atlas[above].level != "village":
            return ()
        grids = self._atlas.children(above)
        return tuple(area.code for area in grids if grid_number(area.name) == number)

    def _behind_parents(self, text: str, above: str | None, level: int | None) -> tuple[str, ...]:
        """The area behind the names of its parents, joined in any way: 甲云镇演示一村."""
        for whole in dict.fromkeys((text, without_beyond(text))):
            for front in self._fronts:
                rest = without_front(whole, front) if len(front) < len(whole) else None
                if rest is None:
                    continue
                for parent in self._parents[front]:
                    is_below = above is None or self._atlas[parent].path.startswith(
                        self._atlas[above].path
                    )
                    codes = self._called(rest, parent, level)[0] if is_below else ()
                    path = self._atlas[parent].path
                    codes = tuple(c for c in codes if self._atlas[c].path.startswith(path))
                    if codes:
                        return codes
            if whole != text and (found := self._called(whole, above, level)[0]):
                return found
        return ()

    def _within(
        self, names: Mapping[str, Sequence[str]], asked: str, above: str | None
    ) -> tuple[str, ...]:
        codes = tuple(names.get(asked, ()))
        if above is not None:
            path = self._atlas[above].path
            below = tuple(code for code in codes if self._atlas[code].path.startswith(path))
            codes = below or codes
        return tuple(c for c in codes if self._actor.sees(self._atlas[c].path)) or codes

    def _refusal(self, text: str, codes: Sequence[str], above: str | None) -> str:
        if codes:
            some = "、".join(codes[:5])
            return f"有{len(codes)}个区域都叫“{text}”，请改填区域代码：{some}"
        close = self.suggestions(text)
        hint = f"。是否指{'、'.join(f'“{name}”' for name in close)}？" if close else ""
        return f"没有代码或名称为“{text[:40]}”的区域，或不在您的辖区内，请核对，或先载入区域{hint}"

    def suggestions(self, text: str, most: int = 3) -> tuple[str, ...]:
        """Names in the actor's scope that are written much like this one, nearest first.

        All of them are looked through once for a text, however often a table bears it.
        """
        if (text, most) not in self._suggested:
            names, plain = self._mine
            found = process.extract(
                ASIDE.sub("", text), plain, scorer=fuzz.ratio, limit=most, score_cutoff=_CLOSE
            )
            close = [*near_misses(text, names), *(names[at] for _, _, at in found)]
            self._suggested[text, most] = tuple(dict.fromkeys(close))[:most]
        return self._suggested[text, most]

    @cached_property
    def _mine(self) -> tuple[list[str], list[str]]:
        """The names in the actor's scope, as they are and without what stands in brackets."""
        names = [area.name for area in self._atlas if self._actor.sees(area.path)]
        return names, [ASIDE.sub("", name) for name in names]


NamedAreas = tuple[tuple[int, str], ...]
"""What the columns of a row name, from broad to narrow: (level, name)."""


def area_cells(
    rows: Sequence[Sequence[Any]], positions: Sequence[int], levels: Sequence[int]
) -> list[NamedAreas | str]:
    """One cell per row: the names that stand in these columns, with the level of each; or blank."""
    cells: list[NamedAreas | str] = []
    for row in rows:
        named = tuple(
            (level, str(_whole(row[at])))
            for at, level in zip(positions, levels, strict=True)
            if at < len(row) and not _empty(row[at])
        )
        cells.append(named or "")
    return cells


def _whole(raw: Any) -> Any:
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw


def _empty(raw: Any) -> bool:
    return raw is None or (raw.__class__ is str and not raw.strip())
