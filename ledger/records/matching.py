"""Match newly registered firms with known institutions: by code, else by name and address.

The rules:

1. The same valid credit code is the same legal entity: 100.
2. Otherwise names are compared without place names, company forms and punctuation. A name's own
   words (阳光) weigh `OWN_SHARE`, the whole with its trade words (阳光养老院) the rest, for
   阳光养老服务中心 and 月光养老服务中心 share seven of eight characters and are strangers. Names
   without words of their own (养老服务中心) prove little: at most `TRADE_ONLY_MOST`.
3. With both addresses known the score is `NAME_SHARE` of the name and the rest of the address: the
   name leads, since many firms share a building, and firms move. Without, the name alone counts for
   at most `NAME_ONLY_MOST`. Another house number is another place: at most `OTHER_HOUSE_MOST`.
4. Two different valid codes are two legal entities, however alike: at most `OTHER_CODE_MOST`, so
   that somebody looks.

Scores run from 0 to 100; the similarity of two texts is rapidfuzz's normalised indel ratio.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from stdnum.cn import uscc

# From this score on two records are taken for the same firm without a check by a person: the names
# differ only in company form at one address, or are equal and an address is missing.
SAME_FROM = 88
# From this score on a record is shown as a possible match.
POSSIBLE_FROM = 55
OWN_SHARE = 0.7
NAME_SHARE = 0.7
NAME_ONLY_MOST = 90
TRADE_ONLY_MOST = 60
OTHER_HOUSE_MOST = 40
OTHER_CODE_MOST = SAME_FROM - 8
RUNNER_UPS = 3

# So many new firms are compared with all institutions at once: 256 × 10,000 bytes of scores.
_BLOCK = 256
# Per new firm, so many of the most similar names are compared by address too.
_CLOSEST = 8

_FORMS = re.compile(
    "有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|合伙企业|"
    "特殊普通合伙|普通合伙|有限合伙|个人独资企业?|个体工商户|民办非企业单位"
)
_TRADE = re.compile(
    "养老|老年|敬老|护老|托老|康养|医养|护理|照护|照料|照护|养护|日间|居家|社区|结合|服务|公寓|"
    "中心|福利|机构|健康|管理|产业|发展|科技|咨询|公司|集团|之家|院|站|部|店|园"
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_NOT_TEXT = re.compile(r"[^\w]|_")
_ADMIN_END = re.compile("(?:特别行政区|自治州|自治县|自治区|街道|[省市州盟县区旗镇乡村])$")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_NUMBER = re.compile(r"\d+")

_ELDER_CARE = re.compile(
    "养老服务|居家养老|社区养老|机构养老|养老机构|医养结合|康养服务|养老院|敬老院|养老公寓|老年公寓|"
    "托老|老年人?照[料护]|老年人?养护|老年人?护理|养老护理|养老照[料护]"
)
# What a scope excludes: 不含养老服务, (不含医疗、养老服务), 除养老服务外, 养老服务除外.
_TAKEN_OUT = re.compile(
    r"\((?:不含|不包括|不包含|不得|严禁)[^()]*\)|(?:不含|不包括|不包含|不得|严禁)[^,;。()]*"
    r"|除了?[^,;。()]*?(?:以外|之外|外)|[^,;。()]*除外"
)


@dataclass(frozen=True)
class Firm:
    """One side of a comparison: a new entity, or an institution with all its names."""

    names: tuple[str, ...]
    address: str = ""
    credit_code: str = ""


@dataclass(frozen=True)
class Candidate:
    """An institution that may be the firm: its position in the list, the score, and why."""

    index: int
    score: int
    why: str


@dataclass(frozen=True)
class Match:
    """The most similar institutions, best first; none below `POSSIBLE_FROM`."""

    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The best candidate, if its score reaches `SAME_FROM`; otherwise None."""
        first = self.candidates[0] if self.candidates else None
        return first if first is not None and first.score >= SAME_FROM else None


def match(new: Sequence[Firm], known: Sequence[Firm], places: Iterable[str] = ()) -> list[Match]:
    """Compare every new firm with every known institution.

    Parameters
    ----------
    new, known : sequence of Firm
        1,000 against 10,000 take seconds.
    places : iterable of str
        Names of the county and its towns, which stand before names and addresses (示例县甲云镇…).

    Returns
    -------
    list of Match
        One for every new firm, in order.
    """
    sheet = _Sheet(known, place_names(places))
    found: list[Match] = []
    for start in range(0, len(new), _BLOCK):
        found += sheet.match(new[start : start + _BLOCK])
    return found


def concerns_elder_care(scope: str | None) -> bool:
    """Whether a business scope (经营范围) holds 养老服务 or one of its known variants.

    Excluded services do not count: 不含养老服务, 除养老服务外, (养老服务除外).
    """
    if not scope:
        return False
    text = unicodedata.normalize("NFKC", scope)
    return _ELDER_CARE.search(_TAKEN_OUT.sub("", re.sub(r"\s+", "", text))) is not None


def normal_name(name: str, places: Sequence[str] = ()) -> str:
    """A name without width, case, punctuation, company forms and the places before it.

    ``places`` as from `place_names`. A name that consists only of a place and a trade keeps its
    place (甲云镇敬老院), because only the place distinguishes such institutions.
    """
    text = unicodedata.normalize("NFKC", name)
    text = _BRACKETS.sub(lambda part: "" if _plain(part[1]) in places else part[0], text)
    text = _plain(text)
    return _without_places(_FORMS.sub("", text) or text, places, lambda rest: _own(rest) != "")


def normal_address(address: str, places: Sequence[str] = ()) -> str:
    """An address without width, case, punctuation and the places before it."""
    return _without_places(_plain(address), places)


def valid_code(code: str | None) -> str:
    """A credit code as it is compared; empty if it is not valid (check digit, mod 31)."""
    text = _plain(code or "").upper()
    return text if uscc.is_valid(text) else ""


def name_score(one: str, other: str) -> float:
    """How alike two normalised names are, 0–100."""
    whole = fuzz.ratio(one, other)
    mine, theirs = _own(one), _own(other)
    if not mine or not theirs:
        return min(whole, TRADE_ONLY_MOST)
    return OWN_SHARE * fuzz.ratio(mine, theirs) + (1 - OWN_SHARE) * whole


def address_score(one: str, other: str) -> float:
    """How alike two normalised addresses are, 0–100; an added floor or room does not matter."""
    short, long = sorted((one, other), key=len)
    score = 100.0 if len(short) >= 4 and short in long else fuzz.ratio(one, other)
    mine, theirs = _numbers(short), _numbers(long)
    return min(score, OTHER_HOUSE_MOST) if mine and theirs and mine[0] not in theirs else score


class _Sheet:
    """The known institutions, normalised once for all comparisons."""

    def __init__(self, known: Sequence[Firm], places: tuple[str, ...]) -> None:
        self.places = places
        self.codes = [valid_code(firm.credit_code) for firm in known]
        self.by_code = {code: at for at, code in reversed(list(enumerate(self.codes))) if code}
        self.addresses = [normal_address(firm.address, places) for firm in known]
        self.by_address: dict[str, list[int]] = {}
        for at, address in enumerate(self.addresses):
            if _numbers(address):
                self.by_address.setdefault(address, []).append(at)
        named = [(normal_name(n, places), at) for at, firm in enumerate(known) for n in firm.names]
        named = [(name, at) for name, at in named if name]
        self.names = [name for name, _ in named]
        self.owners = np.array([at for _, at in named], dtype=np.intp)
        self.own = [_own(name) or name for name in self.names]
        self.names_of: dict[int, list[str]] = {}
        for name, at in named:
            self.names_of.setdefault(at, []).append(name)

    def match(self, new: Sequence[Firm]) -> list[Match]:
        """The matches of one block."""
        names = [[normal_name(n, self.places) for n in firm.names if n] for firm in new]
        flat = [(name, row) for row, own in enumerate(names) for name in own if name]
        closest: list[set[int]] = [set() for _ in new]
        if flat and self.names:
            scores = self._rough([name for name, _ in flat])
            some = min(_CLOSEST, scores.shape[1])
            nearest = np.argpartition(-scores.astype(np.int16), some - 1, axis=1)[:, :some]
            for (_, row), columns in zip(flat, nearest, strict=True):
                closest[row] |= set(self.owners[columns].tolist())
        return [
            self._ranked(firm, own, near)
            for firm, own, near in zip(new, names, closest, strict=True)
        ]

    def _rough(self, names: list[str]) -> NDArray[np.uint8]:
        """Rough scores, new names × known names: half of own words and a quarter of whole names."""
        own = [_own(name) or name for name in names]
        by_own = process.cdist(own, self.own, scorer=fuzz.ratio, dtype=np.uint8)
        whole = process.cdist(names, self.names, scorer=fuzz.ratio, dtype=np.uint8)
        # Halved, so that the weighted sum fits into one byte.
        rough: NDArray[np.uint8] = by_own // 2 + whole // 4
        return rough

    def _ranked(self, firm: Firm, names: Sequence[str], near: set[int]) -> Match:
        code = valid_code(firm.credit_code)
        if code in self.by_code:
            return Match((Candidate(self.by_code[code], 100, "统一社会信用代码相同"),))
        address = normal_address(firm.address, self.places)
        near = near | set(self.by_address.get(address, ())[:_CLOSEST])
        scored = [self._compared(at, names, address, code) for at in sorted(near)]
        kept = [candidate for candidate in scored if candidate.score >= POSSIBLE_FROM]
        kept.sort(key=lambda candidate: (-candidate.score, candidate.index))
        return Match(tuple(kept[: RUNNER_UPS + 1]))

    def _compared(self, at: int, names: Sequence[str], address: str, code: str) -> Candidate:
        pairs = [(one, other) for one in names for other in self.names_of.get(at, ())]
        name = max((name_score(one, other) for one, other in pairs), default=0.0)
        there = self.addresses[at]
        words = [_alike("名称", name)]
        if address and there:
            place = address_score(address, there)
            score = NAME_SHARE * name + (1 - NAME_SHARE) * place
            words.append(_alike("地址", place))
        else:
            score = name * NAME_ONLY_MOST / 100
            words.append("地址不全,仅按名称比对")
        if code and self.codes[at]:
            score = min(score, OTHER_CODE_MOST)
            words.append("信用代码不同")
        return Candidate(at, round(score), "，".join(words))


def _alike(what: str, score: float) -> str:
    return f"{what}相同" if score >= 99.5 else f"{what}相似度{score:.0f}%"


@lru_cache(maxsize=65_536)
def _plain(text: str) -> str:
    return _NOT_TEXT.sub("", unicodedata.normalize("NFKC", text)).casefold()


def place_names(places: Iterable[str]) -> tuple[str, ...]:
    """Place names with and without their kind (示例县, 示例), the longest first."""
    names = {name for place in places if (name := _plain(place or ""))}
    names |= {short for name in names if len(short := _ADMIN_END.sub("", name)) > 1}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _without_places(
    text: str, places: Sequence[str], enough: Callable[[str], bool] = lambda rest: len(rest) > 1
) -> str:
    """The text without the place names at its front, as long as ``enough`` accepts the rest."""
    # Most texts begin with none of the thousands of places: one ``startswith`` tests them all.
    whichever = tuple(places)
    while text.startswith(whichever):
        first = next(filter(text.startswith, whichever))
        if not enough(text[len(first) :]):
            break
        text = text[len(first) :]
    return text


def _own(name: str) -> str:
    """The name without words of the trade."""
    return _TRADE.sub("", name)


def _numbers(address: str) -> list[str]:
    """The numbers of an address (一村 is 1村); the first is the house or the village."""
    return _NUMBER.findall(address.translate(_DIGITS))
