"""New firms against known institutions: what is the same, what is alike, what is not."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.records.matching import (
    NAME_ONLY_MOST,
    OTHER_CODE_MOST,
    POSSIBLE_FROM,
    SAME_FROM,
    Firm,
    Match,
    address_score,
    concerns_elder_care,
    match,
    name_score,
    normal_address,
    normal_name,
    place_names,
    valid_code,
)

PLACES = ("示例县", "甲云镇", "乙岚镇")
NAMES = place_names(PLACES)
CODE = "91110000600037341L"  # valid (DOMAIN §5)


def one(new: Firm, *known: Firm) -> Match:
    return match([new], known, PLACES)[0]


@pytest.mark.parametrize(
    ("scope", "concerned"),
    [
        # plain and in a list
        ("养老服务", True),
        ("一般项目：机构养老服务；家政服务", True),
        ("许可项目：餐饮服务；居家养老", True),  # full width
        ("养 老 服 务", True),
        ("社区养老、托老所", True),
        ("老年人照料", True),
        # taken out again
        ("家政服务(不含养老服务)", False),
        ("家政服务（不含医疗，养老服务）", False),
        ("家政服务，不含养老服务", False),
        ("除养老服务外的家政服务", False),
        ("家政服务(养老服务除外)", False),
        # taken out in one place, held in another
        ("不含养老服务；机构养老服务", True),
        ("养老服务(不含医疗服务)", True),
        ("养老服务；除依法须经批准的项目外，凭营业执照开展经营", True),
        # another business
        ("养老保险代理", False),
        ("健康咨询服务", False),
        ("", False),
        (None, False),
    ],
)
def test_scope_concerns_elder_care(scope: str | None, concerned: bool) -> None:
    assert concerns_elder_care(scope) is concerned


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("示例县甲云镇阳光养老服务有限公司", "阳光养老服务"),
        ("示例县阳光养老服务有限责任公司", "阳光养老服务"),
        ("阳光(示例县)养老服务有限公司", "阳光养老服务"),
        ("甲云阳光养老服务中心（普通合伙）", "阳光养老服务中心"),  # the town without its kind
        ("阳光・养老院", "阳光养老院"),
        ("ＡＢ养老院", "ab养老院"),
        # nothing but a place and a trade: the nearest place stays
        ("示例县甲云镇敬老院", "甲云镇敬老院"),
        ("有限公司", "有限公司"),
        ("", ""),
    ],
)
def test_normal_name(name: str, normal: str) -> None:
    assert normal_name(name, NAMES) == normal


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("示例县甲云镇长江路12号", "长江路12号"),
        ("示例县 甲云镇 长江路１２号。", "长江路12号"),
        ("甲云镇", "甲云镇"),
    ],
)
def test_normal_address(address: str, normal: str) -> None:
    assert normal_address(address, NAMES) == normal


def test_a_place_of_signs_alone_is_no_place() -> None:
    assert place_names(("——", "", "甲云镇")) == ("甲云镇", "甲云")


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # own words alike, trade words not
        ("阳光养老服务中心", "阳光养老院", 80, 95),
        # trade words alike, own words not: strangers in spite of seven equal characters
        ("阳光养老服务中心", "月光养老服务中心", 50, 65),
        # no own words at all prove little
        ("养老服务中心", "养老服务中心", 60, 60),
        ("阳光养老院", "福寿敬老院", 0, 30),
    ],
)
def test_name_score_rests_on_the_own_words(
    first: str, second: str, low: float, high: float
) -> None:
    assert low <= name_score(first, second) <= high
    assert name_score(first, second) == name_score(second, first)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ("长江路12号", "长江路12号", 100, 100),
        ("长江路12号", "长江路12号3幢201室", 100, 100),  # a room more
        ("长江路12号", "演示一村长江路12号", 100, 100),  # a village more
        ("长江路12号", "长江路120号", 0, 40),  # another house
        ("演示一村", "演示二村", 0, 40),
    ],
)
def test_address_score(first: str, second: str, low: float, high: float) -> None:
    assert low <= address_score(first, second) <= high


def test_same_valid_code_is_the_same_whatever_the_name() -> None:
    found = one(Firm(("新名称",), credit_code=CODE), Firm(("旧名称",), credit_code=CODE.lower()))
    assert found.best is not None
    assert (found.best.score, found.best.why) == (100, "统一社会信用代码相同")


def test_same_invalid_code_is_no_proof() -> None:
    wrong = "91110000600037342L"
    assert valid_code(wrong) == ""
    assert not one(Firm(("甲",), credit_code=wrong), Firm(("乙",), credit_code=wrong)).candidates


def test_name_and_address_make_it_the_same() -> None:
    found = one(
        Firm(("示例县阳光养老服务有限公司",), "示例县甲云镇长江路12号"),
        Firm(("福寿敬老院",), "甲云镇长江路1号"),
        Firm(("阳光养老服务中心",), "长江路12号2楼"),
    )
    assert found.best is not None
    assert found.best.index == 1
    assert "地址相同" in found.best.why


def test_an_institution_goes_by_its_operators_name_too() -> None:
    home = Firm(("松鹤老年公寓", "示例县松柏养老服务有限公司"))
    found = one(Firm(("松柏养老服务有限公司",)), home)
    assert found.best is not None
    assert found.best.score == NAME_ONLY_MOST


def test_branch_of_the_same_name_elsewhere_is_only_possible() -> None:
    found = one(
        Firm(("阳光养老服务中心",), "甲云镇长江路12号"),
        Firm(("阳光养老服务中心",), "乙岚镇黄河街7号"),
    )
    assert found.best is None
    assert [c.index for c in found.candidates] == [0]


def test_two_valid_codes_are_two_legal_entities() -> None:
    other = "91350211M000100Y46"
    assert valid_code(other)
    found = one(
        Firm(("阳光养老院",), "长江路12号", CODE), Firm(("阳光养老院",), "长江路12号", other)
    )
    assert found.best is None
    assert found.candidates[0].score == OTHER_CODE_MOST
    assert "信用代码不同" in found.candidates[0].why


def test_nearly_the_same_name_without_an_address_is_only_possible() -> None:
    found = one(Firm(("阳光颐和养老院",)), Firm(("阳光颐养养老院",)))
    assert found.best is None
    assert POSSIBLE_FROM <= found.candidates[0].score < SAME_FROM


def test_candidates_are_ranked_and_strangers_left_out() -> None:
    found = one(
        Firm(("阳光颐和养老院",), "长江路12号"),
        Firm(("福寿敬老院",), "黄河街7号"),
        Firm(("阳光颐养养老院",), "长江路14号"),
        Firm(("阳光颐和养老院",), "长江路12号"),
    )
    assert found.best is not None
    assert [c.index for c in found.candidates] == [2, 1]


@pytest.mark.parametrize(
    ("new", "known"), [((), ()), ((Firm(("甲",)),), ()), ((), (Firm(("甲",)),))]
)
def test_nothing_to_compare(new: tuple[Firm, ...], known: tuple[Firm, ...]) -> None:
    assert match(new, known) == [Match(())] * len(new)


def test_firm_without_a_name_matches_nothing() -> None:
    assert match([Firm(("",))], [Firm(("阳光养老院",)), Firm(("", ""))]) == [Match(())]


TEXTS = st.text(st.sampled_from("阳光福寿养老院服务中心示例县甲云镇()（） 1一𠮷㙍-"), max_size=12)


@given(TEXTS, TEXTS)
def test_scores_are_within_bounds_and_normalising_is_stable(first: str, second: str) -> None:
    assert normal_name(normal_name(first, NAMES), NAMES) == normal_name(first, NAMES)
    found = one(Firm((first,), second), Firm((second,), first))
    assert all(POSSIBLE_FROM <= candidate.score <= 100 for candidate in found.candidates)


@given(TEXTS.filter(lambda text: "光" in text), TEXTS)
def test_a_firm_with_own_words_is_found_as_itself(name: str, address: str) -> None:
    firm = Firm((f"{name}松鹤",), address)  # 松鹤: never only places and trade words
    found = one(firm, Firm(("别的单位",)), firm)
    assert found.best is not None
    assert found.best.index == 1


def test_a_thousand_against_ten_thousand_take_seconds() -> None:
    draw = random.Random(20260501)

    def firm() -> Firm:
        own = "".join(draw.choices("阳光夕照福寿康宁安乐颐和松鹤长青仁爱慈恩", k=4))
        return Firm((f"示例县{own}养老服务有限公司",), f"甲云镇长江路{draw.randrange(999)}号")

    known = [firm() for _ in range(10_000)]
    new = [firm() for _ in range(990)] + known[:10]
    began = time.perf_counter()
    found = match(new, known, PLACES)
    assert time.perf_counter() - began < 15  # a shared machine; alone about three seconds
    assert all(one.best for one in found[-10:])
