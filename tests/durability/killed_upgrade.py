"""The installer of a new version, killed with its children at one step of an upgrade.

    PYTHONPATH=BUNDLE/app:PROJECT python -P -m tests.durability.killed_upgrade OFFICE STEP WHEN

WHEN is ``begun`` (the step is in the journal), ``amid`` (a moment later) or ``through`` (its work
is done, the next step not yet written).
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from deploy.installer import journal
from deploy.installer.__main__ import main
from deploy.installer.journal import STEPS, Upgrade

# Seconds after which a step is in the middle of its work.
AMID = {
    "environment": 5.0, "backup": 1.5, "rehearse": 4.0, "halt": 0.3, "copy": 0.005,
    "migrate": 1.5, "try": 5.0, "switch": 0.001, "start": 1.0, "done": 0.002,
}  # fmt: skip


def kill(*_: object) -> None:
    """All that was started goes with it, as when the power goes."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def run(office: Path, step: str, when: str) -> int:
    enter = journal.enter
    following = STEPS[STEPS.index(step) + 1] if when == "through" else None

    def watched(program: Path, going: Upgrade) -> Upgrade:
        if going.step == following:
            kill()
        entered = enter(program, going)
        if going.step == step and when == "begun":
            kill()
        if going.step == step and when == "amid":
            signal.signal(signal.SIGALRM, kill)
            signal.setitimer(signal.ITIMER_REAL, AMID[step])
        return entered

    journal.enter = watched
    return main(["install", "--into", str(office)])


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
