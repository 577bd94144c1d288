"""How a command ends: what is printed, and the exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DONE = 0
REFUSED = 1


@dataclass(frozen=True)
class Outcome:
    """How a command ended: the JSON object, the lines for people, complaints, the exit code."""

    result: Mapping[str, Any]
    lines: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    code: int = DONE


def show(outcome: Outcome, *, as_json: bool) -> int:
    """Print an outcome and return its exit code; as JSON nothing else goes to standard output."""
    lines = (json.dumps(outcome.result, ensure_ascii=False),) if as_json else outcome.lines
    for stream, texts in ((sys.stdout, lines), (sys.stderr, outcome.complaints)):
        for text in texts:
            print(text, file=stream)
        stream.flush()
    return outcome.code
