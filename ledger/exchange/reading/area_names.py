"""Areas as files name them: a code, a name, or township, village and grid each in a column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz, process

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import ValueRefused
from ledger.exchange.reading.loose_words import tidy_text
from ledger.exchange.reading.tables_in import Sheet
from ledger.exchange.reading.understanding import Note, Understood, shown

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
_OFFICE = re.compile(
    r"(?:村民委员会|居民委员会|社区居委会|村委会|居委会|便民服务中心|人民政府|办事处)$"
)
_KIND = re.compile(r"(?:社区|街道|网格|镇|乡|村)$")
# What stands behind a name in brackets: 演示一村(东片).
_ASIDE = re.compile(r"[(（][^()（）]*[)）]$")
_CLOSE = 70


class AreaNames:
    """Finds the area that one or several names mean, within the actor's scope first."""

    def __init__(self, atlas: Atlas, actor: Actor) -> None:
        self._atlas = atlas
        exact: dict[str, list[str]] = {}
        loose: dict[str, list[str]] = {}
        for area in atlas:
            exact.setdefault(area.name, []).append(area.code)
            loose.setdefault(_bare(area.name), []).append(area.code)
        self._exact, self._loose = exact, loose
        self._actor = actor

    def read(self, names: Sequence[str]) -> str | Understood:
        """The code of the area that the last of the names means, below those before it.

        Raises
        ------
        ValueRefused
            When no area or several in scope are called so; similar names are suggested. An area
            elsewhere is answered like one that is nowhere.
        """
        above = None
        for at, name in enumerate(names):
            text = tidy_text(name)
            last = at == len(names) - 1
            if text in self._atlas and not (last and self._elsewhere(text)):
                above = text
                continue
            codes, sure = self._called(text, above)
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

    def _elsewhere(self, code: str) -> bool:
        return not self._actor.sees(self._atlas[code].path)

    def _called(self, text: str, above: str | None) -> tuple[tuple[str, ...], bool]:
        """The codes of that name, and whether they are called exactly so."""
        for names, asked in ((self._exact, text), (self._loose, _bare(text))):
            codes = self._within(names, asked, above)
            if codes:
                return codes, names is self._exact
        return (), True

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
        """Names in the actor's scope that are written much like this one, nearest first."""
        mine = [area.name for area in self._atlas if self._actor.sees(area.path)]
        found = process.extract(
            _ASIDE.sub("", text),
            mine,
            scorer=fuzz.ratio,
            processor=lambda name: _ASIDE.sub("", name),
            limit=most,
            score_cutoff=_CLOSE,
        )
        return tuple(dict.fromkeys(name for name, _, _ in found))


def named_above(sheet: Sheet, first: int, atlas: Atlas, actor: Actor) -> Note | None:
    """A doubt where a title or the sheet's name names an area that no column of the table does.

    ``first`` is the index of the header's first row. The rows are not placed by it: a list may
    hold what lies elsewhere.
    """
    titles = [("标题", str(cell)) for row in sheet.rows[:first] for cell in row if cell]
    for where, text in [*titles, ("工作表名称", sheet.name), ("文件名", sheet.file)]:
        said = tidy_text(text)
        mine = (_ASIDE.sub("", area.name) for area in atlas if actor.sees(area.path))
        names = [name for name in mine if len(name) > 2 and name in said]
        if names:
            name = max(names, key=len)
            message = (
                f"{where}写的是“{name}”，表中没有所属区域一列，各行没有按它归入，请核对；"
                "需要时请加一列“所属区域”"
            )
            return Note(None, None, message, sure=False)
    return None


def _bare(name: str) -> str:
    """A name without the word for its office or kind: 演示一村村委会, 演示一村(东), 演示一."""
    text = _OFFICE.sub("", _ASIDE.sub("", name) or name)
    bare = _KIND.sub("", text)
    return bare if len(bare) > 1 else text


def area_cells(rows: Sequence[Sequence[Any]], positions: Sequence[int]) -> list[Any]:
    """One cell per row: the narrowest name; a tuple of names where broader ones stand beside."""
    cells: list[Any] = []
    for row in rows:
        named = [row[at] for at in positions if at < len(row) and not _empty(row[at])]
        cells.append(named[0] if len(named) == 1 else tuple(map(str, named)) if named else "")
    return cells


def _empty(raw: Any) -> bool:
    return raw is None or (raw.__class__ is str and not raw.strip())
