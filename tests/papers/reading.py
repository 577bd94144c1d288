"""Commands and sections of the papers that people of an office follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.conftest import PROJECT_ROOT

README, GUIDE, DEPLOY = "README.md", "docs/guide.md", "deploy/README.md"
_BLOCK = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
# What a command begins with; `LEDGER_…=` before one, and in a sentence the verbs of ours alone.
_BEGINS = re.compile(
    r"(?:(?:sudo|echo|printf|\.venv/bin/|\.venv\\Scripts\\|LEDGER_\w+=\S+ )\S*.*|"
    r"(?:make|python|python3|py|ledger|mkdir|apt|apt-get|sha256sum|useradd|install|systemctl|nginx|"
    r"docker|openssl|sed|tail|age|pg_basebackup|pg_dump|\./install\.sh|\./uninstall\.sh)(?: .*)?)$"
)


@dataclass(frozen=True)
class Command:
    """One command as it is written, and where."""

    paper: str
    text: str

    @property
    def ledger(self) -> str | None:
        """The words after ``ledger`` or ``python -m ledger``, if it is one of ours."""
        found = re.search(r"(?:-m ledger|^(?:sudo )?ledger)(?: (.*))?$", self.text)
        return None if found is None else (found[1] or "")


def text_of(paper: str) -> str:
    """A paper as it stands in the project."""
    return (PROJECT_ROOT / paper).read_text(encoding="utf-8")


def section(paper: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its rank or above."""
    text = text_of(paper)
    found = re.search(rf"^(#+) {re.escape(heading)}.*$", text, re.MULTILINE)
    assert found is not None, f"{paper} has no heading “{heading}”"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest if end is None else rest[: end.start()]


def blocks(text: str) -> Iterator[str]:
    """The lines of the blocks of commands, without the remarks behind them."""
    for kind, body in _BLOCK.findall(text):
        if kind in ("", "sh", "powershell"):
            for line in body.splitlines():
                command = re.sub(r"\s+# ?.*$", "", line).strip()
                if command and _BEGINS.match(command):
                    yield command


def commands(paper: str) -> list[Command]:
    """Every command of a paper: of its blocks, then of its sentences."""
    text = text_of(paper)
    sentences = (found for found in _INLINE.findall(_BLOCK.sub("", text)))
    every = [*blocks(text), *(one for one in sentences if _BEGINS.match(one))]
    return [Command(paper, one) for one in dict.fromkeys(every)]
