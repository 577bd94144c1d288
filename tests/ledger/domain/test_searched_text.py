"""What is searched of a record, and the grams that stand for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.ledgers import INSTITUTIONS, LEDGERS, PETITIONS
from ledger.domain.searched_text import (
    SearchedText,
    columns_searched,
    contains,
    grams,
    grams_asked,
    place_key,
    searched_text,
    surely_within,
    written_alike,
)

SIGNS = st.text(st.sampled_from("张三丰aB1-0\"'%_* ():^🙂𠮷\u3000Ｘ①\tNEAR"), max_size=12)


def record(**values: Any) -> dict[str, Any]:
    blank = dict.fromkeys(columns_searched(PETITIONS))
    return {**blank, "number": "XF-0001", **values}


def test_grams_of_both_kinds() -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in "x-01")
    assert grams("张三x-01") == ["张三", f"三{wide[0]}", wide, *(
        f"{wide[at:]}\ufdef" for at in (1, 2, 3)
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "how_many", "begins"),
    [
        ("张", 1, True),
        ("张三", 1, False),
        ("张三丰", 2, False),
        ("ab", 1, True),
        ("abcd", 1, False),
    ],
)
def test_a_word_asks_for_as_few_grams_as_tell_it(word: str, how_many: int, begins: bool) -> None:
    asked, last = grams_asked(word)
    assert (len(asked), last) == (how_many, begins)


@given(st.lists(SIGNS, max_size=3), SIGNS)
def test_grams_in_a_row_are_there_where_the_word_is(fields: list[str], typed: str) -> None:
    """What an index answers that keeps the places of grams, worked out by hand."""
    alike = [written_alike(field) for field in fields]
    word = written_alike(typed)
    if not word:
        return
    kept = grams("\n".join(one for one in alike if one))
    asked, begins = grams_asked(word)
    size = len(asked)
    stretches = [kept[at : at + size] for at in range(len(kept) - size + 1)]
    last = [one[-1].startswith(asked[-1]) if begins else one[-1] == asked[-1] for one in stretches]
    rows = [one[:-1] == asked[:-1] for one in stretches]
    found = any(a and b for a, b in zip(rows, last, strict=True))
    assert found == any(word in field for field in alike)


def test_a_record_is_searched_by_what_is_not_protected() -> None:
    sealed = '{"m":"张**","h":"' + "a" * 64 + '","c":"gAAAAA' + "x" * 90 + '"}'
    found = searched_text(
        PETITIONS,
        record(matter="反映  押金", petitioner=sealed, petitioner_phone=sealed, area_path="/9/91/"),
    )
    assert found == SearchedText(
        "xf-0001\n反映押金", "", f"{place_key('9')} {place_key('91')} h{'a' * 64}"
    )
    assert contains(found, "映 押")
    assert not contains(found, "张")


def test_a_name_is_found_by_its_initials_a_matter_is_not() -> None:
    home = {**dict.fromkeys(columns_searched(INSTITUTIONS)), "number": "YL-1", "name": "松鹤养老院"}
    assert contains(searched_text(INSTITUTIONS, home), "SHY")
    assert not contains(searched_text(PETITIONS, record(matter="松鹤养老院")), "shy")


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=lambda one: one.key)
def test_no_protected_column_is_searched(ledger: Any) -> None:
    assert not set(ledger.searched) & {one.key for one in ledger.protected}


# Signs that meet in odd ways: joined with marks behind them, wide, unseen, or lower as two signs.
_ODD = "aBeıİKΣſ\u0301\u0307\u200d \t１Ａ①㎏か\u3099가ᅡ葛\udb40\udd00一二三，,.-<=\u0338%_'\""
_parts = st.text(alphabet=_ODD, max_size=6)


@given(before=_parts, part=_parts, behind=_parts)
def test_a_text_that_holds_a_part_holds_the_word_that_is_surely_within(
    before: str, part: str, behind: str
) -> None:
    assert surely_within(part) in written_alike(before + part + behind)


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("松柏", "松柏"),
        ("松 柏院", "松柏院"),
        ("XF-0001", "xf-0001"),
        ("abc", "ab"),  # an accent may follow
        ("松", ""),
        ("é松柏", ""),
        ("", ""),
    ],
)
def test_words_that_are_surely_within(part: str, word: str) -> None:
    assert surely_within(part) == word
