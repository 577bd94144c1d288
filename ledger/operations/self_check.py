"""The self-check of an installation: everything an office needs, tried where it leaves nothing.

The office's own database is only asked whether it can be used. Signing in, saving, exporting,
backing up and restoring are tried in a scratch office with its own database and keys
(`ledger.operations.scratch_office`), in a temporary folder and a process of its own.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from ledger.domain.settings import PROJECT
from ledger.operations.readiness import readiness
from ledger.operations.scratch_office import Finding, tried
from ledger.storage import Store

_ANSWER_SECONDS = 60.0
_OWN = ("LEDGER_", "STREAMLIT_")


def self_check(
    store: Store, url: str | None = None, authority: Path | None = None
) -> Iterator[Finding]:
    """Every check as soon as it is through; raises nothing.

    Parameters
    ----------
    url
        Where the office's service answers, such as ``https://localhost:8443``; not asked if None.
    authority
        The certificate of the local authority that has to vouch for it.
    """
    for check in readiness(store):
        yield Finding(check.key, check.label, check.well, check.words, 0.0)
    yield from _in_scratch()
    if url is not None:
        yield tried("service", "正在运行的服务", lambda: _answers(url, authority))


def _in_scratch() -> Iterator[Finding]:
    with tempfile.TemporaryDirectory(prefix="ledger-self-check-") as folder:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "ledger.operations.scratch_office", folder],
            cwd=PROJECT,
            env=_environment(Path(folder)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for line in process.stdout or ():
            yield Finding(**json.loads(line))
        code = process.wait()
        if code:
            yield Finding("scratch", "试用", False, f"自检程序意外结束(代码 {code})", 0.0)


def _environment(folder: Path) -> dict[str, str]:
    """The environment of the scratch office: nothing of the real one's settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_OWN)}
    return kept | {
        "LEDGER_DATABASE_URL": f"sqlite:///{(folder / 'scratch.db').as_posix()}",
        "LEDGER_BACKUP_FOLDER": str(folder / "backups"),
        "LEDGER_SECURE_COOKIES": "false",
        "PYTHONUTF8": "1",
    }


def _answers(url: str, authority: Path | None) -> str:
    """Sign-in page and readiness over a connection whose certificate is checked."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if url.startswith("https:"):
        context = ssl.create_default_context(cafile=None if authority is None else str(authority))
        handlers.append(urllib.request.HTTPSHandler(context=context))
    opener = urllib.request.build_opener(*handlers)
    for path in ("/readyz", "/signin"):
        with opener.open(url.rstrip("/") + path, timeout=_ANSWER_SECONDS) as answer:
            answer.read()
    return f"{url} 有应答" + ("，证书由本机构签发，核对无误" if authority else "")
