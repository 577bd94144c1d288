"""The service's log is one JSON object a line and quotes nobody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.domain.errors import Invalid
from ledger.operations import logs
from tests.written_log import written_log

PHONE = "13800001234"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What our modules log, in place of standard error."""
    with written_log() as stream:
        yield stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_note_is_one_line_with_its_fields(written: io.StringIO) -> None:
    logs.note(logging.getLogger("pages.x"), "request", {"status": 200, "ms": 1.5})
    (line,) = lines(written)
    assert (line["message"], line["status"], line["ms"], line["level"]) == (
        "request",
        200,
        1.5,
        "info",
    )
    assert line["at"].endswith("+00:00")


def test_of_an_error_the_way_is_kept_and_not_the_words(written: io.StringIO) -> None:
    def reading(cell: str) -> None:
        try:
            raise KeyError(cell)
        except KeyError as error:
            raise Invalid(f"举报人“{cell}”无法识别") from error

    try:
        reading(PHONE)
    except Invalid as error:
        logging.getLogger("ledger.x").error("script error", exc_info=error)
    (line,) = lines(written)
    assert PHONE not in written.getvalue()
    assert (line["error"]["kind"], line["error"]["after"]) == ("Invalid", "KeyError")
    assert any("reading" in frame for frame in line["error"]["at"])


def test_configuring_twice_does_not_log_twice(written: io.StringIO) -> None:
    logs.configure(written)
    logging.getLogger("geo.x").warning("once")
    assert len(lines(written)) == 1
