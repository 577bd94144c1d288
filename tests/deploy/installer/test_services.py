"""With systemd: every process of a city is stopped before its database is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.installer import layout, services
from deploy.installer.office import Office
from deploy.installer.services import Service


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What systemctl is told; ledger@8501 was enabled by the installer, ledger@8502 by a person."""
    wanted = tmp_path / "multi-user.target.wants"
    wanted.mkdir()
    for port in (8501, 8502):
        (wanted / f"ledger@{port}.service").touch()
    (wanted / "nginx.service").touch()
    done: list[tuple[str, ...]] = []
    monkeypatch.setattr(services, "_UNITS", tmp_path)
    monkeypatch.setattr(services, "systemd", lambda: True)
    monkeypatch.setattr(services, "_systemctl", lambda *words: done.append(words))
    monkeypatch.setattr(Service, "wait_until_ready", lambda _: None)
    return done


def test_all_processes_are_stopped_and_started(told: list[tuple[str, ...]]) -> None:
    service = Service(layout.of_machine(), Office(8501, 443, ("ledger.test",), nginx=True))
    service.stop()
    service.start()
    both = ("ledger@8501.service", "ledger@8502.service")
    assert told[0][:3] == ("stop", *both)
    assert "ledger-backup.service" in told[0]
    assert told[1] == ("restart", *both)
    assert service.ports == [8501, 8502]


def test_before_the_first_start_there_is_one(told: list[tuple[str, ...]], tmp_path: Path) -> None:
    for file in (tmp_path / "multi-user.target.wants").iterdir():
        file.unlink()
    Service(layout.of_machine(), Office(443, 443, ("ledger.test",), nginx=False)).stop()
    assert told[0][:3] == ("stop", "ledger@443.service", "ledger-backup.timer")
