"""What the server says of a row that it refused holds no value of it."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from ledger.storage import Store
from ledger.storage.tables import leads

pytestmark = pytest.mark.postgres

NAME = "司马举报"


@pytest.mark.parametrize(
    "statement",
    [
        insert(leads).values(informant=NAME),
        text("INSERT INTO options (key, value) VALUES (:name, '1'), (:name, '2')"),
        text(
            "INSERT INTO drafts (user_id, form, values, updated_at) VALUES (7, :name, '{}', '今')"
        ),
        text("SELECT CAST(extra AS json) FROM (SELECT :name AS extra) AS a"),
    ],
)
def test_refused_rows_are_not_quoted(city: Store, statement: object) -> None:
    with pytest.raises(DBAPIError) as refused, city.writing() as connection:
        connection.execute(statement, {"name": NAME})  # type: ignore[call-overload]
    said = "".join(traceback.format_exception(refused.value))
    assert NAME not in said.replace("SELECT :name", "")
    assert "[SQL: " in said


def test_what_went_wrong_is_still_said(city: Store) -> None:
    with pytest.raises(IntegrityError) as refused, city.writing() as connection:
        connection.execute(insert(leads).values(informant=NAME))
    assert 'null value in column "number"' in str(refused.value)
    assert "Failing row" not in str(refused.value)
