"""Texts of ill will in every ledger, in a real browser: they stay letters, wherever they are shown.

Every payload writes one word to the console if anything of it runs: as a script, as the handler
of an event, in an attribute or as a link. One walk goes over table, record and form, map with
tooltip and panel, to-do list, bulletin and the pages of errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from ledger import options, records
from ledger.access import SYSTEM, Role
from ledger.bulletins import archive
from ledger.bulletins.model import Content, Field, Section, Table, Text
from ledger.storage.tables import LEDGER_TABLES, areas
from ledger.timing import clock
from tests.browser.conftest import sign_in_as, wait_until_idle
from tests.browser.serving import Server, running_server
from tests.browser.test_risk_map import painted
from tests.ledger.conftest import COUNTY, EAST, WEST_VILLAGE, path_of
from tests.pages.builders import PASSWORD, PEOPLE, Office, build_office

WORD = "OWNED"
RUN = f"console.log('{WORD}')"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'"><svg/onload={RUN}>',
    f"' onmouseover={RUN} x='",
    f'" autofocus onfocus={RUN} tabindex=1 x="',
    f'<iframe srcdoc="<script>{RUN.replace(chr(39), "&quot;")}</script>"></iframe>',
    f"<a href=javascript:{RUN}>点</a>",
    f"[点](javascript:{RUN})",
    f"<details open ontoggle={RUN}>",
    f"</script></style></textarea><script>{RUN}</script>",
    f"<math><style><!--</style><img title='--&gt;' src=1 onerror={RUN}>",
    f"${{{RUN}}}{{{{{RUN}}}}}`{RUN}`",
    f"<input onfocus={RUN} autofocus><body onload={RUN}>",
)
TEXTS = ("name", "operator", "legal_representative", "address", "marketing", "charging", "remarks")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Every text of every record is one of the payloads, past the services that refuse some."""
    folder = tmp_path_factory.mktemp("ill_will")
    built = build_office(f"sqlite:///{(folder / 'ledger.db').as_posix()}")
    for at in range(len(PAYLOADS)):
        lon = 127.01 + at * 0.006
        built.add(f"院{at}", lon=lon, lat=29.02 + at % 3 * 0.03, suspected_crime=True)
    today = clock.today()
    common = {"area_code": WEST_VILLAGE}
    for key, values in {
        "petitions": {"registered_on": today - timedelta(days=90), "matter": "事"},
        "leads": {"registered_at": clock.now(), "source": "report", "matter": "事", "major": True},
        "dispositions": {"measure": "warn", "opened_on": today, "institution": "院0"},
    }.items():
        built.ids[key] = records.create(built.store, SYSTEM, key, {**common, **values})
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
    table = LEDGER_TABLES["institutions"]
    with office.store.writing() as connection:
        for at in range(len(PAYLOADS)):
            texts = {
                key: PAYLOADS[(at + offset) % len(PAYLOADS)] for offset, key in enumerate(TEXTS)
            }
            where = table.c.id == office.ids[f"院{at}"]
            connection.execute(update(table).where(where).values(texts))
        for key in ("petitions", "leads"):
            other = LEDGER_TABLES[key]
            connection.execute(update(other).values(matter="".join(PAYLOADS)))
        disposition = LEDGER_TABLES["dispositions"]
        connection.execute(update(disposition).values(institution_name=PAYLOADS[1]))
        connection.execute(update(areas).where(areas.c.code == EAST).values(name=PAYLOADS[1]))
        connection.execute(
            update(areas).where(areas.c.code == WEST_VILLAGE).values(name=PAYLOADS[3])
        )
        options.bump(connection, "areas_revision")
        options.write(connection, "office", PAYLOADS[2])


@pytest.fixture(scope="module")
def server(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application on that office, in place of the demo."""
    with running_server(tmp_path_factory.mktemp("ill_will_server"), office.url) as running:
        yield running


def test_texts_of_ill_will_run_nowhere(page: Page, office: Office) -> None:
    ran: list[str] = []
    page.context.on(
        "console", lambda message: ran.append(page.url) if WORD in message.text else None
    )
    sign_in_as(page, PEOPLE[Role.LEADER][0], PASSWORD)
    _walk_the_map(page)
    record = office.ids["院0"]
    shown = {
        f"/institutions?record={record}": "<img src=x",
        f"/petitions?record={office.ids['petitions']}": "<svg onload",
        f"/bulletins?id={office.ids['bulletin']}": "<details open",
        "/todo": "<script>",
    }
    for address, letters in shown.items():
        page.goto(address)
        wait_until_idle(page)
        expect(page.locator('[data-testid="stMain"]')).to_contain_text(letters)
    _walk_the_errors(page)
    assert page.locator("img[src=x], img[src='1'], iframe[srcdoc*=script]").count() == 0
    assert ran == [], "a text of the ledger ran as a script"
    with page.expect_console_message():
        page.evaluate(RUN)
    assert len(ran) == 1, "the watch sees what runs"


def _walk_the_map(page: Page) -> None:
    """Tooltips of areas and points, and the panel of a point."""
    page.goto("/map")
    frame = painted(page)
    for mark in frame.locator(".leaflet-marker-icon").all()[:4]:
        mark.hover(force=True)
    frame.locator("canvas").first.hover(force=True)
    page.goto(f"/map?under={WEST_VILLAGE}")
    painted(page)


def _walk_the_errors(page: Page) -> None:
    """Addresses that say something wrong in the words of a payload."""
    for payload in PAYLOADS[1:3]:  # without a slash, so that they are one name in a path
        said = quote(payload, safe="")
        for address in (f"/download/{said}.csv", f"/download/institutions.csv?area={said}"):
            page.goto(address)
            expect(page.locator("body")).to_contain_text("下载")
    said = quote(PAYLOADS[1], safe="")
    page.goto(f"/institutions?record={said}&tier.in={said}&q={said}&sort={said}")
    wait_until_idle(page)
