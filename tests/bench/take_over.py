"""Take one workbook over in a process of its own: `python -m tests.bench.take_over DB FILE`.

Prints one JSON object: seconds, the report's counts, and the most memory the process ever held.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from ledger.domain.access import SYSTEM
from ledger.exchange.importing.imports import import_file
from ledger.storage import open_store


def main(database: str, file: str) -> None:
    """Read, check and take over, with history."""
    store = open_store(f"sqlite:///{Path(database).as_posix()}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, used = time.perf_counter(), time.process_time()
    report = import_file(store, SYSTEM, "institutions", Path(file))
    found = {
        "seconds": time.perf_counter() - start,
        "process": time.process_time() - used,
        "created": report.created,
        "rejected": report.rejected,
        "before_bytes": before * 1024,
        "most_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    store.dispose()
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
