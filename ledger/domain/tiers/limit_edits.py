"""Other limits in the text of a rule file: the lines of ``[limits]`` alone are written anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.rulefile import read

_HEAD = re.compile(r"\[\s*limits\s*\]\s*(#.*)?")
_VERSION = re.compile(r'(?m)^(version\s*=\s*)("[^"\n]*"|\'[^\'\n]*\')')


def with_limits(text: str, limits: Mapping[str, Decimal | None], version: str) -> str:
    """The text with these limits (None: not set) and this version; every other line as it was.

    A limit that is not named keeps its value. Remarks behind a value stay; a line with the limit
    as a remark (``# local_amount = …``) stays above the value that is set now.

    Raises
    ------
    RuleError
        If the text cannot be edited so, or is no valid rule file afterwards.
    """
    lines = text.split("\n")
    start = next((at for at, line in enumerate(lines) if _HEAD.fullmatch(line.strip())), None)
    if start is None or not _VERSION.search(text):
        raise RuleError("规则文件里没有 [limits] 或 version，请改文件后上传")
    end = next(
        (at for at in range(start + 1, len(lines)) if lines[at].lstrip().startswith("[")),
        len(lines),
    )
    changed = "\n".join([*lines[: start + 1], *_section(lines[start + 1 : end], limits)])
    rest = "\n".join(["", *lines[end:]]) if end < len(lines) else ""
    changed = _VERSION.sub(lambda found: f'{found[1]}"{version}"', changed + rest, count=1)
    wanted = {**read(text).limits, **limits}
    if read(changed).limits != {name: value for name, value in wanted.items() if value is not None}:
        raise RuleError("限额写在别处，不能在这里改，请改文件后上传")
    return changed


def _section(lines: list[str], limits: Mapping[str, Decimal | None]) -> list[str]:
    """The lines below ``[limits]``: values replaced, left out, or added at the end."""
    written, left = list[str](), dict(limits)
    for line in lines:
        name = line.partition("=")[0].strip()
        if name not in left or "=" not in line:
            written.append(line)
            continue
        value = left.pop(name)
        remark = line.partition("#")[2].strip()
        if value is not None:
            written.append(f"{name} = {value:f}" + (f" # {remark}" if remark else ""))
    # Below the last value or remark of one: what follows belongs to the next table.
    last = max((at for at, line in enumerate(written, 1) if "=" in line), default=0)
    added = [f"{name} = {value:f}" for name, value in left.items() if value is not None]
    return [*written[:last], *added, *written[last:]]
