"""An area is found while typing as every other reference: by name, number or initials."""

from __future__ import annotations

from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from pages._ui.area_picker import area_option
from tests.ledger.conftest import WEST_GRID, WEST_VILLAGE, path_of
from tests.ledger.conftest import store as store


def test_an_area_is_offered_with_the_village_its_code_and_the_initials(store: Store) -> None:
    atlas = current_atlas(store)
    assert area_option(atlas, WEST_GRID, "/") == f"演示一村 一村第一网格 · {WEST_GRID} · ycdywg"
    inside = path_of(WEST_VILLAGE)
    assert area_option(atlas, WEST_VILLAGE, inside) == f"演示一村 · {WEST_VILLAGE} · ysyc"
    assert area_option(atlas, "已撤销", "/") == "已撤销"
