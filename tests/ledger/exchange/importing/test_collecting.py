"""Full collections stop while an import runs, and come back after it, however it ends."""

from __future__ import annotations

import gc

import pytest

from ledger.exchange.importing.collecting import without_full_collections


def test_the_usual_collection_comes_back_after_the_last_import() -> None:
    usual = gc.get_threshold()
    with without_full_collections():
        assert gc.get_threshold()[2] > usual[2]
        with pytest.raises(ValueError, match="stopped"), without_full_collections():
            raise ValueError("stopped")
        assert gc.get_threshold()[2] > usual[2]
    assert gc.get_threshold() == usual
