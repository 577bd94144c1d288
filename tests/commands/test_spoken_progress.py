"""Long work says on standard error how far it is, and short work nothing."""

from __future__ import annotations

import pytest

from ledger.commands.spoken_progress import spoken


def test_lines_come_only_so_often(capsys: pytest.CaptureFixture[str]) -> None:
    short, long = spoken(every=60), spoken(every=0)
    short("读取文件", 1, 2)
    long("已处理 20 行", 30, 60)
    long("核对", 0, 0)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["已处理 20 行 50%，已用 0 分 0 秒", "核对，已用 0 分 0 秒"]
