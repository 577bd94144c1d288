"""Signs that nobody sees: taken out of a cell, unless they turn what is seen around."""

from __future__ import annotations

import pytest

from ledger.domain.columns import ValueRefused
from ledger.exchange.reading.raw_cells import guarded


def plain(raw: object) -> object:
    return raw


@pytest.mark.parametrize(
    "written", ["\u202d13800000000\u202c", "\ufeff13800000000", "138\u200b00000000"]
)
def test_what_changes_nothing_is_taken_out(written: str) -> None:
    """A telephone puts marks of direction around a number that is copied from it."""
    read = guarded(plain)(written)
    assert getattr(read, "value", read) == "13800000000"


@pytest.mark.parametrize("mark", ["\u202b", "\u202e", "\u2067"])
def test_what_turns_the_text_around_is_refused(mark: str) -> None:
    with pytest.raises(ValueRefused, match="倒着显示"):
        guarded(plain)(f"{mark}01")
