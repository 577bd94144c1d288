"""The question that pages ask every second: open, light, and telling of a restart."""

from __future__ import annotations

import logging

import pytest

from tests.web.visiting import Browser


def test_the_beat_needs_no_session_no_database_and_leaves_no_line(
    client: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unusable() -> None:
        raise AssertionError("asked the database")

    monkeypatch.setattr("pages._web.gate.store", unusable)
    with caplog.at_level(logging.INFO):
        answers = [client.get("/beat") for _ in range(2)]
    assert [answer.status for answer in answers] == [204, 204]
    assert answers[0].headers["x-process"] == answers[1].headers["x-process"] != ""
    assert float(answers[0].headers["x-session-kept"]) > 0
    assert "/beat" not in caplog.text
