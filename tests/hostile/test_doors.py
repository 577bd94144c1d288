"""No file that somebody sends reads the server or makes it call out (issue: A1, A2).

Every variant of `doors` goes the way an upload goes, in the process that reads uploads; then the
canary was never opened, the listener never called, and the canary's word is nowhere.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from geo.errors import GeoError
from geo.gdal import pyogrio
from geo.validation import Fields
from ledger.domain.access import SYSTEM
from ledger.domain.errors import LedgerError
from ledger.exchange.importing.imports import import_file
from ledger.operations import apart
from ledger.records.area_layers import AreaFile, columns_of
from ledger.records.area_loading import load_areas
from ledger.storage import Store
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES
from tests.hostile import doors
from tests.hostile.doors import Case
from tests.hostile.outside import WORD, Watch, watched
from tests.ledger.conftest import store  # noqa: F401 - the fixture
from tests.ledger.sheets import fingerprint
from tests.people import PASSWORD, make_user
from tests.web.visiting import Browser

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the watch is Linux's inotify")


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    with watched(tmp_path_factory.mktemp("outside")) as watch:
        yield watch


@pytest.fixture(scope="module")
def cases(outside: Watch) -> dict[str, Case]:
    """Every boundary file of the corpus, by its name."""
    made = list(doors.boundary_files(outside.outside))
    found = {case[0]: case for case in made}
    assert len(found) == len(made) > 90
    return found


def answer_of(call, *arguments: object, **named: object) -> str:  # type: ignore[no-untyped-def]
    """What somebody is told: the refusal, or what was read."""
    try:
        return str(call(*arguments, **named))
    except (LedgerError, GeoError) as error:
        return f"refused: {error}"


def assert_untouched(watch: Watch, *, told: str) -> None:
    assert watch.opened() == 0, "the canary was opened"
    assert watch.calls == [], "the listener was called"
    assert WORD not in told


def test_the_watch_sees_what_it_is_there_for(tmp_path: Path) -> None:
    with watched(tmp_path) as watch:
        assert watch.opened() == 0
        watch.outside.file.read_text(encoding="utf-8")
        assert watch.opened() >= 1
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{watch.outside.address}/x")  # noqa: S310 - this machine
        assert len(watch.calls) == 1


def test_no_boundary_file_reads_or_calls(
    store: Store,  # noqa: F811
    outside: Watch,
    cases: dict[str, Case],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    before = fingerprint(store)
    outside.opened()
    wrong = []
    for name, content, words in cases.values():
        path = tmp_path / name
        path.write_bytes(content)
        file = AreaFile(path, "grid", Fields("code", "name"), "wgs84")
        answers = [answer_of(columns_of, path), answer_of(load_areas, store, SYSTEM, [file])]
        assert_untouched(outside, told="".join(answers))
        if not all(answer.startswith("refused: ") and words in answer for answer in answers):
            wrong.append((name, words, answers))
        path.unlink()
    readable = ("crs-", "kml-", "esri-next")  # may be read, as nothing that they name is followed
    assert [case for case in wrong if case[1] or not case[0].startswith(readable)] == []
    assert fingerprint(store) == before
    assert WORD not in caplog.text


def test_no_table_reads_or_calls(
    store: Store,  # noqa: F811
    outside: Watch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    cases = list(doors.tables(outside.outside))
    outside.opened()
    for name, content, words in cases:
        path = tmp_path / name
        path.write_bytes(content)
        told = answer_of(import_file, store, SYSTEM, "institutions", path, dry_run=True)
        assert_untouched(outside, told=told.replace(str(outside.outside.file), ""))
        assert words in told, name
    assert WORD not in caplog.text


def test_an_upload_goes_through_the_same_doors_apart(
    outside: Watch, cases: dict[str, Case], tmp_path: Path
) -> None:
    """A handful, in the process that the server has for it; all of them above."""
    outside.opened()
    for name in ("gdalg-0.geojson", "gdalg-1.geojson", "crs-link-deep.geojson", "view.gpkg"):
        _, content, words = cases[name]
        (tmp_path / name).write_bytes(content)
        told = answer_of(apart.call, columns_of, tmp_path / name)
        assert_untouched(outside, told=told)
        assert words in told


def test_what_is_left_of_gdal_cannot_call_out_either(outside: Watch) -> None:
    """Past every check of ours: the driver itself, told to fetch."""
    outside.opened()
    for source in outside.outside.sources:
        for path in (source, f"GeoJSON:{source}", f"TopoJSON:{source}"):
            with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it says, nothing happens
                pyogrio.read_info(path)
    assert outside.calls == []


@pytest.mark.thorough
def test_another_persons_sign_in_stays_quick_while_files_are_read(
    store: Store,  # noqa: F811
    cases: dict[str, Case],
    tmp_path: Path,
) -> None:
    """The server does nothing but the sign-in meanwhile: reading takes no time of its process.

    Processor time tells that on a busy machine too; tests/tools/sign_in_while_uploading.py takes
    the seconds that somebody waits, on a running server and for every file.
    """
    make_user(store, "lisi")
    apart.call(columns_of, _good(tmp_path))  # the process beside the server stands
    browser, over = Browser(Starlette(routes=ROUTES, middleware=MIDDLEWARE)), threading.Event()
    alone = sorted(_sign_in(browser) for _ in range(5))[2]

    def read_on() -> None:
        for name in ("bomb.zip", "many.zip"):
            (tmp_path / name).write_bytes(cases[name][1])
            file = AreaFile(tmp_path / name, "grid", Fields("code", "name"), "wgs84")
            answer_of(apart.call, load_areas, store, SYSTEM, [file], dry_run=True)
        over.set()

    reading = threading.Thread(target=read_on)
    reading.start()
    meanwhile = []
    while not over.is_set():
        meanwhile.append(_sign_in(browser))
    reading.join()
    assert sorted(meanwhile)[len(meanwhile) // 2] < 1.4 * alone + 0.02


def _sign_in(browser: Browser) -> float:
    """Seconds of this process that somebody's sign-in takes, hashing and all."""
    browser.cookies.clear()
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/signin").text)
    assert token is not None
    fields = {"username": "lisi", "password": PASSWORD, "csrf": token[1]}
    begun = time.process_time()
    assert browser.post("/signin", fields).status == 303
    return time.process_time() - begun


def _good(folder: Path) -> Path:
    path = folder / "good.geojson"
    path.write_bytes(doors._json({"type": "FeatureCollection", "features": [doors._square()]}))
    return path
