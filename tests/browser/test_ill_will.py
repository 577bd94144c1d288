"""Texts of ill will in every ledger, in a real browser: they stay letters, wherever they are shown.

One walk a role goes over map with tooltips and panels, hotspots, charts, ratings, records with
their form, history and attachments, a bulletin, the import of a file whose every name and cell is
a payload, the administrator's pages, sign-in, filters from the address and pages of errors.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from urllib.parse import quote

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from ledger.domain.access import SYSTEM, Role
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.values import ColumnType
from ledger.records import attachments
from ledger.records import service as records
from ledger.records.history import audit
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.model import Content, Field, Section, Table, Text
from ledger.storage import options, own_tables
from ledger.storage.tables import LEDGER_TABLES, areas
from tests.browser.conftest import enter, move_to, wait_until_idle
from tests.browser.forks import Forks
from tests.browser.serving import Server, running_server
from tests.browser.test_risk_map import click_map, painted
from tests.browser.traps import CANARY, PAYLOADS, Traps
from tests.ledger.conftest import COUNTY, EAST, WEST, WEST_GRID, WEST_VILLAGE, path_of
from tests.pages.builders import PEOPLE, Office, build_office
from tests.thoroughly import THOROUGH

IMG, SVG = PAYLOADS[1], PAYLOADS[3]
# What is planted: one payload for those who read HTML, another for those who read Markdown.
TEXTS = tuple(text + f"![图](//{CANARY}/m.png)" for text in PAYLOADS)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)
IN_WEST, ON_A_POINT = (29.095, 127.05), (29.05, 127.0)
# Not planted: what records are called by.
KEPT = {"number"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Every text of every record is one of the payloads, past the services that refuse some."""
    folder = tmp_path_factory.mktemp("ill_will")
    built = build_office(f"sqlite:///{(folder / 'ledger.db').as_posix()}")
    for at in range(len(PAYLOADS)):
        lon = 127.01 + at * 0.004
        built.add(f"院{at}", lon=lon, lat=29.02 + at % 3 * 0.03, suspected_crime=True)
    today, here = clock.today(), {"area_code": WEST_VILLAGE}
    past = today - timedelta(days=90)
    for key, values in {
        "petitions": {"registered_on": past, "matter": "事"},
        "leads": {"registered_at": clock.now(), "source": "report", "matter": "事", "major": True},
        "dispositions": {"measure": "warn", "opened_on": past, "institution": "院0"},
        "outreach": {"held_on": today, "kind": "lecture"},
        "entities": {"name": "体"},
        "measures": {"kind": "talk", "matter": "事", "proposed_on": today},
    }.items():
        built.ids[key] = records.create(built.store, SYSTEM, key, {**here, **values})
    for key in ("院0", "leads"):
        ledger = "institutions" if key == "院0" else key
        attachments.attach(built.store, SYSTEM, ledger, built.ids[key], "门.png", PICTURE)
    built.ids["bulletin"] = archive.keep(built.store, SYSTEM, _bulletin(), path_of(COUNTY), {})
    _plant(built)
    yield built
    built.close()


def _bulletin() -> Content:
    """A paper all of whose texts are payloads."""
    day = clock.today() - timedelta(days=1)
    rows = tuple((text, text) for text in PAYLOADS)
    fields = (Field(PAYLOADS[0]), Field(PAYLOADS[1]))
    blocks = (*(Text(text) for text in PAYLOADS), Table("t", PAYLOADS[2], fields, rows))
    section = Section("one", PAYLOADS[3], blocks)
    title = PAYLOADS[1]
    return Content("daily", COUNTY, PAYLOADS[2], day, day, clock.now(), title, title, (section,))


def _plant(office: Office) -> None:
    """Into every text of every ledger, into names of areas, people and files, and the history."""
    turn = count()
    number = office.get("院0")["number"]
    edits = [
        audit.Change(
            action="update",
            ledger="institutions",
            record_id=office.ids["院0"],
            number=number,
            version=at + 2,
            reason=text,
            before={"operator": text},
            after={"operator": TEXTS[at - 1]},
        )
        for at, text in enumerate(TEXTS)
    ]
    with office.store.writing() as connection:
        audit.append(connection, SYSTEM, edits)
        for key, ledger in LEDGERS.items():
            texts = [
                column.key
                for column in ledger.columns
                if column.type in {ColumnType.TEXT, ColumnType.LONG_TEXT}
                and column.sensitivity == "public"
                and column.key not in KEPT
            ]
            if key == "areas":
                continue
            table = LEDGER_TABLES[key]
            for (row,) in connection.execute(table.select().with_only_columns(table.c.id)).all():
                start = next(turn)
                planted = {name: TEXTS[(start + n) % len(TEXTS)] for n, name in enumerate(texts)}
                connection.execute(update(table).where(table.c.id == row).values(planted))
        named = {WEST: TEXTS[14], EAST: TEXTS[1], WEST_VILLAGE: TEXTS[3], WEST_GRID: TEXTS[9]}
        for code, name in named.items():
            connection.execute(update(areas).where(areas.c.code == code).values(name=name))
        connection.execute(update(own_tables.users).values(display_name=TEXTS[1]))
        connection.execute(update(own_tables.attachments).values(name=TEXTS[2]))
        options.bump(connection, "areas_revision")
        options.write(connection, "office", TEXTS[2])


@pytest.fixture(scope="module")
def server(
    office: Office, tmp_path_factory: pytest.TempPathFactory, forks: Forks
) -> Iterator[Server]:
    """The application on that office, in place of the demo."""
    folder = tmp_path_factory.mktemp("ill_will_server")
    with running_server(folder, office.url, forks=forks) as running:
        yield running


@pytest.fixture
def traps(page: Page) -> Iterator[Traps]:
    """The page with traps; none may spring before the test is over."""
    set_up = Traps(page)
    yield set_up
    assert set_up.sprung == [], "a text of the ledger was more than letters"
    page.close()  # the next test's page has no traps


def _see(traps: Traps, address: str, letters: str = "", *, load: bool = False) -> None:
    """Go to an address, see the payload's letters there, look for anything that grew of it.

    With ``load`` the browser loads it, as what is sent to somebody is opened.
    """
    page = traps.page
    if load:
        page.goto(address)
        wait_until_idle(page)
    else:
        move_to(page, address)
    if letters:
        expect(page.locator('[data-testid="stMain"]')).to_contain_text(letters)
    traps.look(address)


def test_the_traps_spring_at_every_payload_that_is_let_loose(chromium: Browser) -> None:
    page = chromium.new_page()
    traps = Traps(page)
    page.goto("about:blank")
    quiet = []
    for payload in PAYLOADS:
        traps.sprung.clear()
        page.set_content(_loose(payload), wait_until="domcontentloaded")
        page.wait_for_timeout(50)  # until what runs has run
        traps.look("let loose")
        if not traps.sprung:
            quiet.append(payload)
    page.close()
    assert quiet == []


def _loose(payload: str) -> str:
    """The payload on a page that takes it for what it would be."""
    if payload[0] in "\"'":
        return f"<i title={payload[0]}{payload}{payload[0]}>here</i>"
    return _rendered(payload) if payload.startswith(("[", "!", "$")) else payload


def _rendered(payload: str) -> str:
    """What a careless program makes of the payloads that are no HTML."""
    if payload.startswith("$"):
        return f"<script>`{payload[: payload.index('}') + 1]}`</script>"
    target = payload[payload.index("(") + 1 : -1]
    return f"<img src={target}>" if payload.startswith("!") else f"<a href={target}>点</a>"


@pytest.mark.thorough
def test_on_the_map_and_other_pictures(traps: Traps, server: Server, office: Office) -> None:
    page = traps.page
    enter(page, server, PEOPLE[Role.LEADER][0], "/map")
    frame = painted(page)
    for mark in frame.locator(".leaflet-marker-icon").all()[:4]:
        mark.hover(force=True)
    frame.locator("canvas").first.hover(force=True)
    traps.look("tooltips")
    click_map(page, IN_WEST)
    panel = page.locator(".st-key-map-panel")
    expect(panel.locator("h2")).to_contain_text("<img src=y")
    panel.locator("summary").first.click()
    traps.look("panel of an area")
    for layer in ("线索", "处置", "宣传覆盖"):
        page.locator(".st-key-map-layers").get_by_role("button", name=layer).click()
        wait_until_idle(page)
        traps.look(layer)
    _see(traps, f"/map?under={WEST_VILLAGE}&at={office.ids['院0']}", "为什么是这个等级", load=True)
    painted(page)
    _see(traps, f"/hotspots?area={WEST_VILLAGE}", "<svg/onload")
    _see(traps, "/figures", "<img src=x")
    _see(traps, f"/rating?village={WEST_VILLAGE}", "<svg/onload")
    _see(traps, "/coverage", "<svg/onload")
    _see(traps, f"/bulletins?id={office.ids['bulletin']}", "<details open")


OPENED = ("institutions", "leads", "dispositions", "petitions", "measures", "entities")


@pytest.mark.sampled
def test_in_records_lists_and_addresses(traps: Traps, server: Server, office: Office) -> None:
    page = traps.page
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], "/todo")
    expect(page.locator('[data-testid="stMain"]')).to_contain_text("<")
    traps.look("todo")
    for ledger in OPENED if THOROUGH else OPENED[:2]:
        record = office.ids["院0" if ledger == "institutions" else ledger]
        _see(traps, f"/{ledger}?record={record}")
        sections = page.locator('.st-key-record [data-testid="stButtonGroup"]').first
        for button in sections.get_by_role("radio").all():
            button.click()
            wait_until_idle(page)
            traps.look(f"{ledger} {button.inner_text()}")
            file = page.locator(".file-look").first
            if file.count():
                file.click()
                expect(page.locator(".look-box h2")).to_contain_text("<")
                expect(page.locator(".look-body")).to_contain_text("已损坏")
                traps.look(f"{ledger} a file")
                page.keyboard.press("Escape")
    said = quote(IMG, safe="")
    _see(
        traps,
        f"/institutions?record={said}&tier.in={said}&q={said}&sort={said}",
        "<img src=x",
        load=True,
    )
    _see(traps, f"/outreach?area={said}&{said}={said}", load=True)
    _see(traps, f"/figures?period={said}&figure={said}&area={said}", load=True)
    for payload in PAYLOADS[1:3]:  # without a slash, so that they are one name in a path
        said = quote(payload, safe="")
        for address in (f"/download/{said}.csv", f"/download/institutions.csv?area={said}"):
            page.goto(address)
            expect(page.locator("body")).to_contain_text("下载")
            traps.look(address)


def _hostile_file() -> bytes:
    """A table with two columns that are known; all else that can be named is a payload."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SVG.replace("/", " ")[:31]
    sheet.append(["机构名称", "所属村", "床位数(张)", *PAYLOADS])
    for text in PAYLOADS:
        sheet.append([text, text, text, *PAYLOADS])
    other = book.create_sheet(IMG[:31])
    other.append(["机构名称", "所属村", IMG])
    other.append([IMG, IMG, IMG])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.thorough
def test_in_a_file_that_is_imported(traps: Traps, server: Server) -> None:
    page = traps.page
    enter(page, server, PEOPLE[Role.OFFICE_STAFF][0], "/exchange")
    file = {
        "name": f"{IMG}![](b.png).xlsx",
        "mimeType": "application/zip",
        "buffer": _hostile_file(),
    }
    page.locator('.st-key-import-file input[type="file"]').set_input_files([file])  # type: ignore[list-item]
    following = page.locator(".st-key-import-next button")
    expect(following).to_be_visible()
    wait_until_idle(page)
    main = page.locator('[data-testid="stMain"]')
    expect(main).to_contain_text(IMG)
    traps.look("file")
    following.click()
    expect(main).to_contain_text("<details open")
    wait_until_idle(page)
    traps.look("columns")
    following.click()
    expect(main).to_contain_text("有问题")
    wait_until_idle(page)
    for fold in page.locator('[data-testid="stExpander"] summary').all():
        fold.click()
    wait_until_idle(page)
    traps.look("findings")


@pytest.mark.thorough
def test_on_the_pages_of_the_administrator_and_of_the_grid(
    traps: Traps, server: Server, office: Office
) -> None:
    page = traps.page
    enter(page, server, PEOPLE[Role.ADMIN][0], "/users")
    expect(page.locator(".office-line")).to_contain_text(PAYLOADS[2])
    traps.look("users")
    for path in ("area-admin", "settings", "status"):
        _see(traps, f"/{path}")
    enter(page, server, PEOPLE[Role.AUDITOR][0], "/log")
    for fold in page.locator(".log summary").all()[:8]:
        fold.click()
    traps.look("log")
    said = quote(IMG, safe="")
    _see(traps, f"/log?person={said}&kind={said}&from={said}&before={said}", load=True)
    enter(page, server, PEOPLE[Role.GRID_WORKER][0], "/my-grid")
    traps.look("my-grid")
    number = office.get("院0")["number"]
    _see(traps, f"/inspect?institution={number}", "<")
    page.context.clear_cookies()
    page.goto(f"/signin?next={said}&notice={said}")
    expect(page.locator("body")).to_contain_text(PAYLOADS[2])
    traps.look("sign-in")
