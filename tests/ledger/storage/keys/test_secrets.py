"""Protected texts: masked, encrypted, found again, and lost without the key."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.errors import StorageError
from ledger.domain.masks import is_sealed, mask, mask_of
from ledger.records.scrubbing import without_numbers
from ledger.storage.keys.secrets import sealer_at


@pytest.mark.parametrize(
    ("plain", "masked"),
    [
        ("张测试", "张**"),
        ("张", "张**"),  # the length of a name tells something too
        ("13800001234", "138****1234"),
        ("138-0000-1234", "138****1234"),
        ("000-1234567", "00****"),
        ("99010119600101001X", "990****1001"),  # digits only: the check character is dropped
    ],
)
def test_mask(plain: str, masked: str) -> None:
    assert mask(plain) == masked


@given(st.text(min_size=1))
def test_sealed_text_opens_again_and_shows_only_its_mask(
    tmp_path_factory: pytest.TempPathFactory, plain: str
) -> None:
    sealer = sealer_at(tmp_path_factory.getbasetemp() / "one.key")
    sealed = sealer.seal(plain)
    assert is_sealed(sealed)
    assert sealer.open(sealed) == plain
    assert mask_of(sealed) == mask(plain)
    assert sealer.same(plain, sealed)


def test_two_sealings_differ_but_are_found_by_one_hash(tmp_path: Path) -> None:
    sealer = sealer_at(tmp_path / "k.key")
    one, two = sealer.seal("张测试"), sealer.seal("张测试")
    assert one != two
    assert sealer.fingerprint("138 0000-1234") == sealer.fingerprint("13800001234")


def test_key_file_is_readable_by_the_service_alone(tmp_path: Path) -> None:
    sealer_at(tmp_path / "k.key")
    assert stat.S_IMODE((tmp_path / "k.key").stat().st_mode) == 0o600


def test_another_key_file_is_named_as_the_cause(tmp_path: Path) -> None:
    sealed = sealer_at(tmp_path / "a.key").seal("张测试")
    with pytest.raises(StorageError, match="密钥文件与数据库不匹配"):
        sealer_at(tmp_path / "b.key").open(sealed)
    (tmp_path / "c.key").write_text("不是密钥")
    with pytest.raises(StorageError, match="无法使用"):
        sealer_at(tmp_path / "c.key")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("搜索：13800001234", "搜索：138****1234"),
        ("138-0000-1234回访", "138****1234回访"),
        ("0577-88001234", "057****1234"),
        ("99010119600101001X", "99010119600101001X"),
        ("11010119600101001X", "110****1001"),
        ("编号 XF-000012，区域 990101001001", "编号 XF-000012，区域 990101001001"),
        ("信用代码 91110000600037341L", "信用代码 91110000600037341L"),
    ],
)
def test_numbers_of_people_are_masked_in_what_is_noted(written: str, kept: str) -> None:
    assert without_numbers(written) == kept
