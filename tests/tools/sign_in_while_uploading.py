"""How long somebody waits for a sign-in while somebody else uploads the files of `tests.hostile`.

A server with a small office is started; in Chromium an administrator uploads every boundary file
of the corpus on 区域, and a clerk every table on 导入导出 (and the workbook of 900 million letters
first). Meanwhile another person signs in again and again::

    python -m tests.tools.sign_in_while_uploading [--only WORD …]

Printed: per file the worst sign-in and what the page said; then the worst of all, the median
without any upload, and whether canary and listener were left alone.
"""

from __future__ import annotations

import argparse
import http.client
import io
import os
import re
import statistics
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page, sync_playwright

from ledger.domain.access import Role
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.serving import Server, running_server
from tests.hostile import doors
from tests.hostile.doors import Case, Outside
from tests.hostile.outside import WORD, Watch, watched
from tests.ledger.sheets import HEADER, ROWS, workbook
from tests.pages.builders import PASSWORD, PEOPLE, build_office

WHO = PEOPLE[Role.LEADER][0]
AREAS = (".geojson", ".json", ".topojson", ".gpkg", ".zip", ".parquet")
TABLES = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv", ".tsv", ".txt")


def main(only: list[str]) -> int:
    """Upload everything, print, return 1 if a sign-in took a second or something was touched."""
    with tempfile.TemporaryDirectory() as name, watched(Path(name)) as watch:
        folder = Path(name)
        office = build_office(f"sqlite:///{(folder / 'ledger.db').as_posix()}")
        plan = [case for case in _plan(watch.outside) if _is_wanted(case[1][0], only)]
        watch.opened()
        with running_server(folder, office.url) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_patient(folder), args=FLAGS)
            pages = {}
            for page, role in (("area-admin", Role.ADMIN), ("exchange", Role.OFFICE_STAFF)):
                pages[page] = browser.new_context(base_url=server.url).new_page()
                enter(pages[page], server, PEOPLE[role][0], f"/{page}")
            alone = sorted(sign_in(server) for _ in range(10))
            worst = {case[0]: _while(server, pages[page], page, case) for page, case in plan}
            browser.close()
        office.close()
        return _tell(alone, worst, watch, _texts(folder))


def _patient(folder: Path) -> Path:
    """Chromium with the lowest priority: in an office it runs on somebody else's machine."""
    script = folder / "chromium"
    script.write_text(f'#!/bin/sh\nexec nice -n 19 "{find_chromium()}" "$@"\n', encoding="utf-8")
    script.chmod(0o700)
    return script


def _is_wanted(name: str, only: list[str]) -> bool:
    return not only or any(word in name for word in only)


def _plan(outside: Outside) -> Iterator[tuple[str, Case]]:
    yield "exchange", ("900-million-letters.xlsx", letters(), "个字")
    for name, content, words in doors.tables(outside):
        yield "exchange", (_ending(name, TABLES, ".xlsx"), content, words)
    for name, content, words in doors.boundary_files(outside):
        yield "area-admin", (_ending(name, AREAS, ".geojson"), content, words)


def _ending(name: str, taken: tuple[str, ...], other: str) -> str:
    """The page takes files by their ending; what is inside is another matter."""
    return name if name.endswith(taken) else name + other


def letters() -> bytes:
    """A workbook with one cell of 900 million letters, in less than a megabyte."""
    with tempfile.TemporaryDirectory() as folder:
        path = workbook(Path(folder) / "x.xlsx", [HEADER, *ROWS])
        with zipfile.ZipFile(path) as source:
            parts = {name: source.read(name) for name in source.namelist()}
    before, after = parts.pop("xl/sharedStrings.xml").split("甲院".encode())
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
        with target.open("xl/sharedStrings.xml", "w", force_zip64=True) as stream:
            stream.write(before)
            for _ in range(900):
                stream.write(b"A" * 1_000_000)
            stream.write(after)
    return made.getvalue()


def sign_in(server: Server) -> float:
    """Seconds from sending the form to the answer that lets somebody in."""
    place = urlsplit(server.url)
    link = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    link.request("GET", "/signin")
    form = link.getresponse()
    said = form.read().decode()
    cookies = "; ".join(
        value.split(";")[0] for key, value in form.getheaders() if key.lower() == "set-cookie"
    )
    fields = dict(re.findall(r'type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', said))
    body = urlencode({**fields, "username": WHO, "password": PASSWORD})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    begun = time.perf_counter()
    link.request("POST", "/signin", body, kind | {"Origin": server.url})
    answer = link.getresponse()
    answer.read()
    took = time.perf_counter() - begun
    link.close()
    assert answer.status == http.HTTPStatus.SEE_OTHER, answer.status
    return took


def _while(server: Server, page: Page, where: str, case: Case) -> float:
    """Upload one file; the worst sign-in until the page has said what it thinks of it."""
    name, content, _ = case
    over, times = threading.Event(), [sign_in(server)]

    def go_on() -> None:
        while not over.is_set():
            times.append(sign_in(server))

    others = threading.Thread(target=go_on)
    others.start()
    key = "area-file" if where == "area-admin" else "import-file"
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator(f'.st-key-{key} input[type="file"]').set_input_files([file])  # type: ignore[arg-type]
    page.wait_for_timeout(1500)
    wait_until_idle(page)
    over.set()
    others.join()
    said = page.locator('[data-testid="stAlert"]').all_inner_texts()
    print(f"{max(times):6.2f} s  {name}: {' '.join(' '.join(said).split())[:90]}", flush=True)
    assert WORD not in page.content()
    page.goto(f"/{where}")
    wait_until_idle(page)
    return max(times)


def _texts(folder: Path) -> str:
    """Everything that the server wrote: its log, and the database as bytes."""
    files = [file for file in folder.rglob("*") if file.name.startswith(("server.log", "ledger"))]
    return "".join(file.read_bytes().decode("latin-1") for file in files if file.is_file())


def _tell(alone: list[float], worst: dict[str, float], watch: Watch, texts: str) -> int:
    slowest = max(worst, key=lambda name: worst[name])
    opened, written = watch.opened(), WORD in texts
    print(f"files uploaded: {len(worst)}; load of the machine: {os.getloadavg()[0]:.1f}")
    print(f"sign-in alone: median {statistics.median(alone):.2f} s, worst {alone[-1]:.2f} s")
    print(f"worst sign-in meanwhile: {worst[slowest]:.2f} s ({slowest})")
    print(f"canary opened: {opened}; listener called: {len(watch.calls)}; word written: {written}")
    return int(worst[slowest] >= 1.0 or opened > 0 or bool(watch.calls) or written)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", default=[], help="files whose name holds a word")
    raise SystemExit(main(parser.parse_args().only))
