"""What an upgrade asks of a server: with no rights but those of the database's owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.installer import postgres
from tests.postgres.cluster import Cluster


@pytest.fixture
def cluster(server: Cluster) -> Iterator[Cluster]:
    """With the database of an office, whose owner may make no others."""
    server.sql("CREATE ROLE clerk LOGIN")
    server.sql("CREATE DATABASE office OWNER clerk")
    yield server
    for name in ("office", "office_rehearsal"):
        server.drop(name)
    server.sql("DROP ROLE clerk")


@pytest.fixture
def url(cluster: Cluster) -> sa.URL:
    return sa.make_url(cluster.url("office")).set(username="clerk")


pytestmark = pytest.mark.postgres
Ask = Callable[[str], list[Any]]


@pytest.fixture
def ask(url: sa.URL) -> Ask:
    def asked(statement: str) -> list[Any]:
        with postgres.engine_of(url).begin() as connection:
            result = connection.execute(sa.text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

    return asked


def test_without_the_right_the_command_is_told_and_does(cluster: Cluster, url: sa.URL) -> None:
    with pytest.raises(postgres.Refused) as refused:
        postgres.scratch(url)
    told = str(refused.value).partition('psql -c "')[2].rstrip('"')
    cluster.sql(told)
    place = sa.make_url(postgres.scratch(url)["url"])
    assert place.database == "office_rehearsal"
    with postgres.engine_of(place).begin() as connection:
        connection.execute(sa.text("CREATE TABLE tried (id serial)"))
    postgres.clear(url)
    with postgres.engine_of(place).connect() as connection:
        assert postgres._own(connection) == []


def test_who_may_make_databases_needs_no_administrator(cluster: Cluster) -> None:
    own = sa.make_url(cluster.url("office"))  # as the administrator
    assert sa.make_url(postgres.scratch(own)["url"]).database == "office_rehearsal"
    postgres.clear(own)
    postgres.clear(own)
    assert cluster.sql("SELECT 1 FROM pg_database WHERE datname = 'office_rehearsal'") == []


def test_what_the_new_program_made_goes_aside_and_away(url: sa.URL, ask: Ask) -> None:
    made = "CREATE TABLE kept (id serial, words text)"
    ask(made)
    ask("CREATE FUNCTION tally() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$")
    ask("CREATE TRIGGER t AFTER INSERT ON kept FOR EACH ROW EXECUTE FUNCTION tally()")
    ask("INSERT INTO kept (words) VALUES ('new')")
    postgres.aside(url)
    assert ask("SELECT words FROM ledger_failed.kept") == [("new",)]
    ask(made)  # the place is free
    ask("INSERT INTO kept (words) VALUES ('half')")
    postgres.aside(url)  # once more, after putting back was cut off
    assert ask("SELECT words FROM ledger_failed.kept") == [("new",)]
    ask(made)
    ask("INSERT INTO kept (words) VALUES ('old')")
    postgres.settle(url)
    assert ask("SELECT words FROM kept") == [("old",)]
    assert ask("SELECT 1 FROM pg_namespace WHERE nspname = 'ledger_failed'") == []
    assert ask("SELECT 1 FROM pg_proc WHERE proname = 'tally'") == []
