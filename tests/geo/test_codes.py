"""Codes: form, padding, parents, paths."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import codes
from geo.errors import UnknownLevelError


@pytest.mark.parametrize(
    ("code", "level", "scheme", "part"),
    [
        ("110101", "county", "cn", None),
        ("110101001", "township", "cn", None),
        ("110101001001", "village", "cn", None),
        ("110101001001003", "grid", "cn", None),
        ("11010100100", "village", "cn", "是 11 位"),
        ("11010100100A", "village", "cn", "数字以外"),
        ("010101001001", "village", "cn", "以 0 开头"),
        ("", "village", "cn", "代码为空"),
        ("１１０１０１", "county", "cn", "数字以外"),
        ("DX-1-3", "grid", "prefix", None),
        ("DX/1", "grid", "prefix", "斜杠"),
        ("D X", "grid", "prefix", "空格"),
        ("", "grid", "prefix", "代码为空"),
        ("X" * 65, "grid", "prefix", "65 个字符"),
    ],
)
def test_form_of_codes(code, level, scheme, part):
    (message,) = codes.check_codes(pd.Series([code], dtype="str"), level, scheme)
    assert (message is None) if part is None else (part in message)


@pytest.mark.parametrize(
    ("code", "level", "scheme", "kept"),
    [
        ("110101000000", "county", "cn", "110101"),
        ("110101001000", "township", "cn", "110101001"),
        ("110101001001", "township", "cn", "110101001001"),
        ("110101001000", "village", "cn", "110101001000"),
        ("110101001000", "township", "prefix", "110101001000"),
    ],
)
def test_padding_is_cut_from_county_and_township_codes_only(code, level, scheme, kept):
    assert codes.normalise_codes([code], level, scheme).tolist() == [kept]


def test_numbers_from_spreadsheets_become_text():
    values = pd.Series([110101.0, None, 110102.0])
    assert codes.normalise_codes(values, "county", "cn").tolist() == ["110101", "", "110102"]


@pytest.mark.parametrize(
    ("code", "candidates", "parent"),
    [
        ("DX-1-3", ["DX-1", "DX-10", "DX"], "DX-1"),
        ("DX-10-3", ["DX-1", "DX-10"], "DX-10"),
        ("DX-10", ["DX-1"], None),  # DX-1 is not above DX-10
        ("DX-1", ["DX", "D"], "DX"),
        ("DX1-3", ["DX", "DX1"], "DX1"),
        ("04013", ["04", "0"], "04"),  # FIPS: no separator, plain prefix
        ("04", ["04"], None),  # nothing is above itself
        ("XY-1", ["DX"], None),
        ("G12-3", ["G1"], None),
        ("GA-3", ["G"], "G"),  # no candidate ends at the separator, no number is torn
    ],
)
def test_parent_by_prefix(code, candidates, parent):
    assert codes.parents_of([code], "grid", "prefix", candidates).tolist() == [parent]


def test_parent_by_statistical_code():
    townships = ["110101001", "110101002"]
    found = codes.parents_of(
        ["110101002007", "110101009001", "110101001001"], "village", "cn", townships
    )
    assert found.tolist() == ["110101002", None, "110101001"]


def test_counties_have_no_parent():
    assert codes.parents_of(["110101"], "county", "cn", ["11"]).tolist() == [None]


def test_paths_tell_what_is_under():
    path = codes.path_of(codes.path_of(codes.path_of(None, "DX"), "DX-10"), "DX-10-3")
    assert path == "/DX/DX-10/DX-10-3/"
    assert codes.is_under(path, "/DX/DX-10/")
    assert codes.is_under(path, "/DX/DX-10")
    assert codes.is_under(path, "/")
    assert not codes.is_under(path, "/DX/DX-1/")
    assert not codes.is_under(path, "/DX/DX-1")


def test_unknown_level_and_scheme_are_named():
    with pytest.raises(UnknownLevelError, match="province"):
        codes.check_codes(pd.Series(["11"]), "province", "cn")
    with pytest.raises(UnknownLevelError, match="fips"):
        codes.check_codes(pd.Series(["11"]), "county", "fips")


word = st.text("ABC01", min_size=1, max_size=3)


@given(st.lists(word, min_size=1, max_size=4), st.lists(word, max_size=6))
def test_a_prefix_parent_is_a_proper_prefix(parts, others):
    code = "-".join(parts)
    candidates = ["-".join(parts[:n]) for n in range(1, len(parts))] + others
    (parent,) = codes.parents_of([code], "grid", "prefix", candidates)
    if len(parts) > 1:
        assert parent == "-".join(parts[:-1])
    elif parent is not None:
        assert code.startswith(parent)
        assert len(parent) < len(code)


def test_all_village_codes_of_china_find_their_township(shared_data):
    villages = pd.read_parquet(shared_data / "cn_villages.parquet").code
    townships = pd.read_parquet(shared_data / "cn_townships.parquet").code
    normal = codes.normalise_codes(villages, "village", "cn")
    wrong = codes.check_codes(normal, "village", "cn")
    parents = codes.parents_of(normal, "village", "cn", townships)
    assert len(villages) == 620_573
    assert wrong.isna().all()
    assert (pd.Series(parents) == villages.str[:9]).all()
