"""Writers as processes of their own that are killed: forked, so that each begins at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from ledger.domain.errors import StorageError
from ledger.storage import open_store
from tests.durability.office import write_without_end


class Writer:
    """A process that writes until it is killed; what it confirmed comes through a pipe."""

    def __init__(self, url: str, seed: int) -> None:
        self.heard: list[str] = []
        reading, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(reading)
            _be_writer(url, seed, lambda line: _say(writing, line))
        os.close(writing)
        self._listener = threading.Thread(target=self._listen, args=(reading,))
        self._listener.start()

    def _listen(self, reading: int) -> None:
        with os.fdopen(reading, encoding="utf-8", newline="\n") as stream:
            for line in stream:
                self.heard.append(line)

    def at_work(self, seconds: float = 30) -> bool:
        """Wait until the first save is confirmed; False if that takes too long."""
        end = time.monotonic() + seconds
        while not self.heard and time.monotonic() < end:
            time.sleep(0.005)
        return bool(self.heard)

    def kill(self) -> list[str]:
        """SIGKILL; every line that it confirmed while it lived."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        self._listener.join()
        return self.heard


def _say(writing: int, line: str) -> None:
    os.write(writing, f"{line}\n".encode())


def _be_writer(url: str, seed: int, confirm: Callable[[str], None]) -> None:
    """The child: never returns. It ends quietly when its server goes away."""
    code = 0
    try:
        store = open_store(url)
        write_without_end(store, seed, confirm)
    except StorageError:
        code = 3
    except BaseException as error:
        os.write(2, f"a writer failed: {error!r}\n".encode())
        code = 4
    finally:
        os._exit(code)
