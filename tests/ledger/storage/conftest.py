"""Tests of the storage run the migrations themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.quick_schema import real_migrations


@pytest.fixture(autouse=True)
def migrations() -> Iterator[None]:
    """Every one, in every test of this folder."""
    with real_migrations():
        yield
