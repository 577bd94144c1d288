"""Words as people write them: ✓ and ×, "无" and "/", names with blanks inside, boxes ticked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from ledger.domain.cell_parsers import phones_in
from ledger.domain.columns import Column
from ledger.domain.values import UNSEEN, fold
from ledger.exchange.reading.understanding import Understood, shown

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
# What may stand beside a ticked box.
_TICKED_WORDS: Mapping[str, bool | None] = {
    "是": True, "有": True, "对": True, "否": False, "无": False, "不": False, "没有": False,
    "不详": None, "不清楚": None, "未知": None,
}  # fmt: skip
_TICKED = re.compile(r"[☑√✓✔■☒✅]|\[[x√v✓]\]")
_OPEN = re.compile(r"[□☐○◯]|\[\]")
# 是, 有 and their opposites, and then a remark: "有(2起)", "否，已退".
_HEAD = re.compile(r"(是|有|对|否|无|没有|不是)[,;:(。.!、](.*)")
# Words by which a remark takes back, puts off or limits what stands before it: "已备案(已注销)",
# "是，正在办理", "否(整改中)". What such a cell says as a whole nobody can tell but a person.
_TURNS = re.compile(
    r"[不未没无非否拟待暂欠缺但除曾原]|正在|尚|仍|中$|中[),;。]|办理|申请|申报|筹备|准备|计划|整改|核实|"
    r"调查|注销|吊销|撤销|取消|过期|失效|到期|终止|停|旧|以前|之前|部分|个别|基本|可能|疑似|[?/]|或"
)
# A remark of digits alone, behind a choice without any mark: "已备案2021年", "已备案2021-05-20".
_DATED = re.compile(r"[\d年月日.\-/号第]+")
_LETTERS = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
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
    seen = UNSEEN.sub("", half).replace("\u3000", " ").replace("\u00a0", " ")
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
        word, others = boxed
        if word not in _TICKED_WORDS:
            return None
        value, sure = _TICKED_WORDS[word], all(other in _TICKED_WORDS for other in others)
        label = {True: "是", False: "否", None: "不详"}[value]
        check = "" if sure else "，请核对"
        return Understood(value, f"勾选：“{shown(text)}”按“{label}”理解{check}", sure)
    found = _HEAD.match(folded)
    if found is None:
        return None
    value = found[1] in {"是", "有", "对"}
    remark = found[2].strip(")。.!")
    if _TURNS.search(found[2]) and remark not in (_YES if value else _NO | {"否", "无"}):
        return None
    label = "是" if value else "否"
    return Understood(value, f"带有说明：“{shown(text)}”按“{label}”理解，请核对", sure=False)


def _boxed(folded: str) -> tuple[str, list[str]] | None:
    """The one choice that is ticked in "☑是 □否" or "是√ 否□", and those that are not.

    None when that is not clear.

    Every word has to stand at a box of its own: in "是√ 否" the tick may be either's.
    """
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
    beside = folded[: marks[0][0]] if before else folded[marks[-1][1] :]
    chosen = [word.strip(",、;/") for word, ticked in words if ticked]
    if len(chosen) != 1 or beside.strip(",、;/。."):
        return None
    return chosen[0], [word.strip(",、;/") for word, ticked in words if not ticked]


def read_choice(column: Column, text: str) -> Understood | None:
    """A choice with a number before it, a ticked box, or a remark behind; None for no choice.

    A choice is never taken out of a text that says something else: "备案中" and "已备案(已注销)"
    are none. A remark that leaves the choice what it is makes it doubtful.
    """
    folded = fold(text)
    known = column.choice_by_text
    bare = _NUMBERING.sub("", folded).strip("。.;；,，")
    if bare in known:
        return _chosen(column, known[bare], text, "写法", sure=True)
    boxed = _boxed(folded)
    if boxed is not None:
        word, *others = (_NUMBERING.sub("", choice) for choice in (boxed[0], *boxed[1]))
        sure = all(other in known for other in others)
        return _chosen(column, known[word], text, "勾选", sure=sure) if word in known else None
    if _OPEN.search(folded):
        return None
    longest = max((word for word in known if bare.startswith(word)), key=len, default="")
    remark = bare[len(longest) :]
    if len(longest) < 2 or _names_another(remark, known, known[longest]):
        return None
    if _DATED.fullmatch(remark) or (remark[:1] in "(,;:、" and not _TURNS.search(remark)):
        return _chosen(column, known[longest], text, "带有说明", sure=False)
    return None


def _names_another(remark: str, known: Mapping[str, str], key: str) -> bool:
    """Whether a remark speaks of a choice other than the one before it."""
    return any(other != key and len(word) > 1 and word in remark for word, other in known.items())


def _chosen(column: Column, key: str, was: str, manner: str, *, sure: bool) -> Understood:
    label = column.choice_labels[key]
    check = "" if sure else "，请核对"
    return Understood(key, f"{manner}：“{shown(was)}”按“{label}”理解{check}", sure)


_CALLED = re.compile(r"^(?:联系)?(?:电话|手机|tel|手机号|号码):?", re.IGNORECASE)
_AREA_CODE = re.compile(r"\((0\d{2,3})\)[ -]*")
# Mobile, with its area code, or local: as many digits as each has.
_LINE = re.compile(r"(?:\+?86)?1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}")
_EXTENSION = re.compile(r"(?:-?转|-)\d{1,5}$")
_DAY = re.compile(r"(?:19|20)\d{2}-\d{1,2}-\d{1,2}")
# 12345, 95598, 400-820-8820: numbers of services.
_SERVICE = re.compile(r"(?:1\d{2}|1[02]\d{3}|9[56]\d{3,6}|[48]00\d{7})")


def is_dialled(text: str) -> bool:
    """Whether a text is nothing but telephone numbers of a length that can be dialled."""
    if _LINE.fullmatch(text):
        return True
    half = re.sub(r"[ ()]", "", unicodedata.normalize("NFKC", text))
    return all(_can_be_dialled(number) for number in re.split(r"[/、,;]", half))


def _can_be_dialled(number: str) -> bool:
    if _DAY.fullmatch(number):
        return False
    bare = _EXTENSION.sub("", number)
    forms = {form.replace("-", "") for form in (number, bare)}
    return any(_LINE.fullmatch(form) or _SERVICE.fullmatch(form) for form in forms)


_MOBILES = re.compile(r"1[3-9]\d{9}(?:[ \t]*1[3-9]\d{9})+")
_STAR = re.compile(r"(?<=\d)[*＊#](?=\d{1,5}$)")


def parted_mobiles(raw: object) -> object:
    """Mobile numbers that stand behind each other, parted; an extension after a star with 转."""
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else raw
    if text.__class__ is not str:
        return raw
    half = unicodedata.normalize("NFKC", str(text)).strip()
    if _MOBILES.fullmatch(half):
        return "、".join(re.findall(r"1[3-9]\d{9}", half))
    return _STAR.sub("转", half) if _STAR.search(half) else raw


def read_phone(text: str) -> Understood | None:
    """The numbers in a cell that also says whose they are; None when there are none."""
    half = re.sub(r"(?<=\d)[ ]+(?=\d)", "", unicodedata.normalize("NFKC", text).strip())
    half = _AREA_CODE.sub(r"\1-", _CALLED.sub("", half))
    numbers, rest = phones_in(half)
    if not numbers or len(numbers) > 3:
        return None
    joined = "、".join(numbers)
    sure = not rest.strip(" 、,;/()-:'")
    return Understood(joined, f"电话：“{shown(text)}”按“{joined}”理解", sure=sure)
