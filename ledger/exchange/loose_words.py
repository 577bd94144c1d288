"""Words as people write them: ✓ and ×, "无" and "/", names with blanks inside, boxes ticked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from ledger.columns import Column
from ledger.exchange.understanding import Understood, shown
from ledger.values import fold, phones_in

# What tells "there is none": an answer, other than a blank.
NONE_WORDS = frozenset(
    {"无", "没有", "没", "无此项", "无此情况", "暂无", "均无", "none", "nil", "零"}
)
NONE_SIGNS = frozenset(
    [
        "/",
        "\\",
        "-",
        "--",
        "---",
        "—",
        "——",
        "――",
        "―",
        "–",
        "－",
        "／",
        "、",
        "〇",
        "╱",
        "∕",
        "n/a",
    ]
)

_YES = frozenset({"对", "属实", "存在", "有的", "是的", "已", "√√", "☑", "✅", "●", "■", "v", "ok"})
_NO = frozenset(
    {"没有", "没", "不是", "未", "不", "非", "错", "x", "✘", "❌", "╳", "〤", "☒", "不存在"}
)
_NO |= NONE_WORDS
_UNKNOWN = frozenset(
    {"不明", "待查", "待核", "待核实", "待定", "不了解", "不掌握", "?", "？", "未核实"}
)
_TICKED = re.compile(r"[☑√✓✔■☒✅]|\[[x√v✓]\]")
_OPEN = re.compile(r"[□☐○◯]|\[\]")
# 是, 有 and their opposites, and then a remark: "有(2起)", "否，已退".
_HEAD = re.compile(r"(是|有|对|否|无|没有|不是)[,,;;::(。.!、](.*)")
_LETTERS = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_BETWEEN_CJK = re.compile(r"(?<=[\u3400-\u9fff])[ \u00a0\u3000\t]+(?=[\u3400-\u9fff])")
_NUMBERING = re.compile(r"^(?:\(?[0-9a-d①-⑨一二三四五]{1,2}[).、．:]|[①-⑨])")


def is_none(text: str) -> bool:
    """Whether a cell tells that there is none, rather than nothing at all."""
    return is_none_sign(text) or fold(text) in NONE_WORDS


def is_none_sign(text: str) -> bool:
    """Whether only a stroke stands there, as offices draw it through a cell."""
    return text.strip() in NONE_SIGNS or fold(text) in NONE_SIGNS


def tidy_text(text: str) -> str:
    """A name or short text: half-width digits and letters, no blanks between Chinese characters.

    Punctuation stays as it is; so do blanks between Latin words.
    """
    half = _LETTERS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    seen = _UNSEEN.sub("", half).replace("\u3000", " ").replace("\u00a0", " ")
    return _BETWEEN_CJK.sub("", seen).strip()


def read_tri(text: str) -> Understood | None:
    """Ticks, crosses, boxes and words that stand for 是, 否 or 不详; None when they do not."""
    folded = fold(text).strip("。.!！")
    if is_none_sign(text):
        return Understood(False, f"划线：“{shown(text)}”按“否”理解，请核对", sure=False)
    for words, value, label in ((_YES, True, "是"), (_NO, False, "否"), (_UNKNOWN, None, "不详")):
        if folded in words:
            return Understood(value, f"写法：“{shown(text)}”按“{label}”理解")
    boxed = _boxed(folded)
    if boxed is not None:
        return read_tri_word(boxed, text)
    found = _HEAD.match(folded)
    if found is None:
        return None
    value = found[1] in {"是", "有", "对"}
    label = "是" if value else "否"
    return Understood(value, f"带有说明：“{shown(text)}”按“{label}”理解，请核对", sure=False)


def read_tri_word(word: str, was: str) -> Understood | None:
    """One word beside a ticked box."""
    values: Mapping[str, bool | None] = {
        "是": True, "有": True, "对": True, "否": False, "无": False, "不": False, "没有": False,
        "不详": None, "不清楚": None, "未知": None,
    }  # fmt: skip
    if word not in values:
        return None
    label = {True: "是", False: "否", None: "不详"}[values[word]]
    return Understood(values[word], f"勾选：“{shown(was)}”按“{label}”理解")


def _boxed(folded: str) -> str | None:
    """The one choice that is ticked in "☑是 □否" or "是√ 否□"; None when that is not clear."""
    if not _TICKED.search(folded):
        return None
    marks = [(m.start(), m.end(), True) for m in _TICKED.finditer(folded)]
    marks += [(m.start(), m.end(), False) for m in _OPEN.finditer(folded)]
    marks.sort()
    before = marks[0][0] == 0  # the box stands before its word
    ends = [start for start, _, _ in marks[1:]] + [len(folded)]
    starts = [0] + [end for _, end, _ in marks[:-1]]
    words = [
        (folded[end:until] if before else folded[since:start], ticked)
        for (start, end, ticked), until, since in zip(marks, ends, starts, strict=True)
    ]
    chosen = [word.strip(",、;/") for word, ticked in words if ticked]
    return chosen[0] if len(chosen) == 1 else None


def read_choice(column: Column, text: str) -> Understood | None:
    """A choice with a number before it, a ticked box, or a remark behind; None for no choice."""
    folded = fold(text)
    known = column.choice_by_text
    bare = _NUMBERING.sub("", folded).strip("。.;；,，")
    if bare in known:
        return _chosen(column, known[bare], text, "写法", sure=True)
    boxed = _boxed(folded)
    if boxed is not None:
        ticked = known.get(_NUMBERING.sub("", boxed))
        return None if ticked is None else _chosen(column, ticked, text, "勾选", sure=True)
    if _OPEN.search(folded):
        return None
    named = {key for word, key in known.items() if len(word) > 1 and bare.startswith(word)}
    longest = max((word for word in known if bare.startswith(word)), key=len, default="")
    if len(named) == 1 or (longest and len(longest) > 1 and bare[len(longest) :][:1] in "(,;:、"):
        return _chosen(column, known[longest], text, "带有说明", sure=False)
    return None


def _chosen(column: Column, key: str, was: str, manner: str, *, sure: bool) -> Understood:
    label = column.choice_labels[key]
    check = "" if sure else "，请核对"
    return Understood(key, f"{manner}：“{shown(was)}”按“{label}”理解{check}", sure)


_DEGREES = re.compile(
    r"(?:东经|北纬|经度|纬度|[en])?:?(\d{1,3})[°度](?:(\d{1,2})[′'分])?"
    r"(?:(\d{1,2}(?:\.\d+)?)(?:″|\"|秒|''|′′))?[en]?"
)
_DECIMAL = re.compile(r"(?:东经|北纬|经度|纬度|lng|lon|lat|[en])?:?(\d{1,3}\.\d+)[°度]?[en]?")
_PAIR = re.compile(r"[\[(]?\D{0,3}(\d{1,3}\.\d+)\D{1,4}(\d{1,3}\.\d+)[°度en]?[\])]?")


def read_degrees(text: str) -> float | None:
    """ "东经120°1′12″", "E120.02" or "120.02°" in degrees; None when it is none of these."""
    # Minutes are kept apart from what NFKC would make of the double mark.
    half = unicodedata.normalize("NFKC", text.replace("″", '"').replace("”", '"')).lower()
    half = re.sub(r"\s+", "", half).replace("’", "′")
    decimal = _DECIMAL.fullmatch(half)
    if decimal:
        return float(decimal[1])
    found = _DEGREES.fullmatch(half)
    if found is None:
        return None
    minutes, seconds = float(found[2] or 0), float(found[3] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return round(int(found[1]) + minutes / 60 + seconds / 3600, 9)


def read_pair(text: str) -> tuple[float, float] | None:
    """Longitude and latitude of a cell that holds both; in China the larger is the longitude."""
    found = _PAIR.fullmatch(
        re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()
    )
    if found is None:
        return None
    one, other = float(found[1]), float(found[2])
    return (max(one, other), min(one, other))


_CALLED = re.compile(r"^(?:联系)?(?:电话|手机|tel|手机号|号码):?", re.IGNORECASE)
_AREA_CODE = re.compile(r"\((0\d{2,3})\)[ -]*")


def read_phone(text: str) -> Understood | None:
    """The numbers in a cell that also says whose they are; None when there are none."""
    half = re.sub(r"(?<=\d)[ ]+(?=\d)", "", unicodedata.normalize("NFKC", text).strip())
    half = _AREA_CODE.sub(r"\1-", _CALLED.sub("", half))
    numbers, rest = phones_in(half)
    if not numbers or len(numbers) > 3:
        return None
    joined = "、".join(numbers)
    sure = not rest.strip(" 、,;/()-:")
    return Understood(joined, f"电话：“{shown(text)}”按“{joined}”理解", sure=sure)
