"""What keeps an installation from going on, and what is only a word of care."""

from __future__ import annotations

import shutil
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.installer import checks
from deploy.installer.stop import Stop
from deploy.installer.telling import tell
from tests.deploy.installer.packed import MACHINE, MANIFEST

# What is other on the machine → the check that says so, its level, a part of its words.
CASES: list[tuple[dict[str, Any], str, str, str]] = [
    ({}, "平台", "good", "需要 2.28"),
    ({"machine": "aarch64"}, "平台", "stop", "用于 Linux x86_64"),
    ({"system": "win32"}, "平台", "stop", "换用对应的安装包"),
    ({"glibc": (2, 17)}, "平台", "stop", "需要 glibc 2.28"),
    ({"glibc": None}, "平台", "stop", "本机没有"),
    ({"python": "3.10"}, "Python", "stop", "用于 Python 3.11、3.12"),
    ({"modules": frozenset({"venv"})}, "Python", "stop", "缺少 ctypes、sqlite3、ssl、zlib"),
    ({"memory_megabytes": 1000}, "内存", "stop", "至少需要"),
    ({"memory_megabytes": 2000}, "内存", "mind", "宜有 4 GB"),
    ({"now": 0.0}, "时钟", "stop", "1970-01-01"),
    ({"zone": "+0000"}, "时区", "mind", "不是东八区"),
    ({"fonts": ""}, "中文字体", "mind", "画不出来"),
    ({"fonts": "SimHei"}, "中文字体", "good", "SimHei"),
]


@pytest.mark.parametrize(("other", "label", "level", "words"), CASES)
def test_each_check(other: dict[str, Any], label: str, level: str, words: str) -> None:
    found = {one.label: one for one in checks.checks(MANIFEST, replace(MACHINE, **other))}
    assert (found[label].level, words in found[label].words) == (level, True), found[label]
    assert all(one.level == "good" for one in found.values() if one.label != label)


def test_this_machine_is_looked_at() -> None:
    assert checks.this_machine().system == "linux"


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("usage", (), {"free": 10 * checks.MEGABYTE})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert checks.disk(tmp_path / "not" / "yet", 5 * checks.MEGABYTE, "磁盘").level == "good"
    found = checks.disk(tmp_path, 20 * checks.MEGABYTE, "磁盘")
    assert (found.level, "剩余 10 MB，需要 20 MB" in found.words) == ("stop", True)


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert checks.port(number).level == "stop"
        assert checks.port(number, ours=True).level == "good"
    assert checks.port(number).level == "good"


def test_all_are_told_before_it_stops(capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        checks.Check("甲", "坏", "stop"),
        checks.Check("乙", "好"),
        checks.Check("丙", "坏", "stop"),
    ]
    with pytest.raises(Stop, match="甲、丙"):
        tell(found)
    assert capsys.readouterr().out.splitlines()[1] == "通过  乙：好"
