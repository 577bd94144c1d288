"""Codes for areas that a file has by name alone, out of a list of codes and names.

The list is one that the office brings, such as the statistical codes that the National Bureau of
Statistics publishes (https://www.stats.gov.cn/sj/tjbz/qhdm/): all levels in one column. A name is
looked for below its parent only, first as it is written, then without the words for office and kind
(:mod:`geo.names`). What is not found, or found twice, is left to whoever loads the file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
from rapidfuzz import fuzz, process

from geo.atlas import Atlas
from geo.codes import levels_of, normalise_codes
from geo.levels import level_above
from geo.names import bare_name, without_aside

_CLOSE = 60
_PROPOSED = 5


@dataclass(frozen=True, slots=True)
class Coded:
    """An area of the list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What the list has for one row of a file.

    ``place`` is the row's place in the file (0 = first). ``found`` is the one area that bears the
    name, exactly (``exact``) or but for the words for its office; None if none or several do, which
    ``proposed`` lists, nearest first.
    """

    place: int
    name: str
    parent: str
    found: Coded | None
    exact: bool
    proposed: tuple[Coded, ...] = ()


class CodeList:
    """A list of codes and names, by level and parent.

    Parameters
    ----------
    codes, names
        Of equal length, all levels mixed, padded with zeros or not. Rows without a level (a
        province, a word) are passed over.
    """

    def __init__(self, codes: Iterable[object], names: Iterable[object]) -> None:
        frame = pd.DataFrame({"code": list(codes), "name": list(names)})
        frame["level"] = levels_of(frame["code"])
        frame = frame[frame["level"].notna()]
        self._of_level: dict[str, list[Coded]] = {}
        for level, part in frame.groupby("level"):
            plain = normalise_codes(part["code"], str(level), "cn")
            texts = part["name"].astype("string").fillna("").str.strip()
            self._of_level[str(level)] = [
                Coded(code, name) for code, name in zip(plain, texts, strict=True) if name
            ]

    def with_known(self, atlas: Atlas) -> "CodeList":
        """The list with the areas that are loaded already, where it lacks their level."""
        for level in atlas.levels:
            if level not in self._of_level:
                self._of_level[level] = [
                    Coded(code, atlas[code].name) for code in atlas.codes(level)
                ]
        return self

    def __len__(self) -> int:
        return sum(map(len, self._of_level.values()))

    def below(self, level: str, under: str) -> list[Coded]:
        """The areas of a level whose codes begin with that of ``under``, in the list's order."""
        return [one for one in self._of_level.get(level, ()) if one.code.startswith(under)]

    def matches(
        self,
        level: str,
        under: str,
        names: Sequence[str],
        parents: Sequence[str] | None = None,
        places: Sequence[int] | None = None,
    ) -> list[NameMatch]:
        """What the list has for each name.

        Parameters
        ----------
        level
            Of the names; see :mod:`geo.codes`.
        under
            The code of the area in which all of them lie.
        parents
            The name of the area just above each, where the file has it ("" where it has none).
        places
            The rows' places in the file, 0…n-1 if not given.
        """
        every = self.below(level, under)
        above = self.below(level_above(level) or level, under)
        at = range(len(names)) if places is None else places
        given = [""] * len(names) if parents is None else parents
        return [
            _match(place, name.strip(), parent.strip(), every, above)
            for place, name, parent in zip(at, names, given, strict=True)
        ]


def _match(
    place: int, name: str, parent: str, every: Sequence[Coded], above: Sequence[Coded]
) -> NameMatch:
    known = _called(parent, above)[0] if parent else ()
    # A word that is no parent's name, such as that of a folder, narrows nothing down.
    pool = [one for one in every if one.code.startswith(tuple(up.code for up in known))] or every
    if not known:
        pool = list(every)
    found, exact = _called(name, pool)
    if len(found) == 1:
        return NameMatch(place, name, parent, found[0], exact)
    return NameMatch(
        place, name, parent, None, False, tuple(found[:_PROPOSED]) or _near(name, pool)
    )


def _called(name: str, pool: Sequence[Coded]) -> tuple[tuple[Coded, ...], bool]:
    """The areas of that name, and whether it is written exactly so."""
    if not name:
        return (), False
    same = tuple(one for one in pool if one.name == name)
    if same:
        return same, True
    bare = bare_name(name)
    return tuple(one for one in pool if bare_name(one.name) == bare), False


def _near(name: str, pool: Sequence[Coded]) -> tuple[Coded, ...]:
    if not name:
        return ()
    found = process.extract(
        without_aside(name),
        [bare_name(one.name) for one in pool],
        scorer=fuzz.ratio,
        processor=bare_name,
        limit=_PROPOSED,
        score_cutoff=_CLOSE,
    )
    return tuple(pool[place] for _, _, place in found)
