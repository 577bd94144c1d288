"""Filters of a ledger page: what is typed goes with the click that follows it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.records.ledger.memory import Address
from pages.records.ledger.session import amended


def page(params: dict[str, list[str]] | None = None) -> AppTest:
    def script() -> None:
        from typing import Any, cast

        import streamlit as st

        from ledger.casework.keynumbers import KeyNumber
        from ledger.domain.access import SYSTEM
        from ledger.domain.ledgers import INSTITUTIONS
        from ledger.records.query import Condition
        from pages._views.address import read_address
        from pages.records.ledger.condition_picker import condition_picker
        from pages.records.ledger.filters import search_box
        from pages.records.ledger.keynumbers import show_key_numbers
        from pages.records.ledger.session import go, now_shown

        given = {key: st.query_params.get_all(key) for key in st.query_params}
        view, _ = read_address(INSTITUTIONS, cast("Any", None), SYSTEM, given)
        now_shown(view)
        search_box(view, go)
        condition_picker(INSTITUTIONS, view, go)
        worst = KeyNumber("tier-4", "四类", 1, (Condition("tier", "in", (4,)),))
        show_key_numbers([worst], view, go)

    shown = AppTest.from_function(script, default_timeout=30)
    for key, values in (params or {}).items():
        shown.query_params[key] = values
    return shown.run()


def test_the_first_click_on_apply_takes_what_was_typed() -> None:
    shown = page()
    shown.selectbox[0].set_value("beds").run()
    shown.text_input[1].set_value("100")
    shown.button(key="filter-apply-beds").click().run()
    assert shown.query_params == {"beds.ge": "100"}


def test_what_cannot_be_read_is_said_and_nothing_is_filtered() -> None:
    shown = page()
    shown.selectbox[0].set_value("beds").run()
    shown.text_input[1].set_value("许多")
    shown.button(key="filter-apply-beds").click().run()
    assert "beds.ge" not in shown.query_params
    assert "床位数" in shown.error[0].value
    shown.text_input[1].set_value("3")
    shown.button(key="filter-apply-beds").click().run()
    assert shown.query_params == {"beds.ge": "3"}
    assert not shown.error


def test_a_search_that_was_typed_before_another_click_is_not_lost() -> None:
    shown = page({"beds.ge": ["5"]})
    shown.text_input[0].set_value("松柏")
    shown.button(key="keynumber-tier-4").click().run()
    assert shown.query_params == {"q": "松柏", "tier.in": "4", "beds.ge": "5"}


@pytest.mark.parametrize(
    ("now", "target", "wanted"),
    [
        # the drawn address has page 3 of beds.ge=5
        ({"beds.ge": ["5"], "q": ["松"]}, {"beds.ge": ["5"], "tier.in": ["4"]},
         {"beds.ge": ["5"], "q": ["松"], "tier.in": ["4"]}),
        ({"q": ["松"]}, {"beds.ge": ["5"], "page": ["4"]}, {"q": ["松"], "page": ["4"]}),
        ({"beds.ge": ["5"], "q": ["松"]}, {"page": ["3"]}, {"q": ["松"]}),
    ],
)  # fmt: skip
def test_only_what_a_click_changes_is_changed(
    now: Address, target: Address, wanted: Address
) -> None:
    drawn = {"beds.ge": ["5"], "page": ["3"]}
    assert amended(now, drawn, target) == wanted
