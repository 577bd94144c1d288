"""The walk through the pages, opened as the browser would get them.

Whoever may not open a page hears why and nothing else. Whoever may is shown nothing of others: the
page is opened by the person with the smallest scope that may, as it opens by itself and at the
addresses that name what lies outside. The whole walk opens each for everybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import guard
from pages.navigation import PAGES, Entry, entries_for
from tests.access.walking import Walk
from tests.access.world import PEOPLE, SECRET, WHOLE, Planted, World
from tests.menu import app_test

KIND = "pages"
FOLDERS = ("situation", "records", "field", "admin")
# No script: the shell calls it for each ledger.
OF_A_LEDGER = "records/ledger/page.py"
# The smallest scope first.
ORDER = ("wangge", "cun", "jingban", "lingdao", "shenji", "guanli", *WHOLE)
# What an address of a page says of a target: views that a colleague may send.
ADDRESSES: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "map": (
        {"layer": "leads", "under": "{code}", "area": "{code}"},
        {"layer": "dispositions", "under": "{code}"},
        {"layer": "outreach", "under": "{code}"},
        {"at": "{institutions}"},
    ),
    "institutions": ({"record": "{institutions}", "area": "{code}", "q": SECRET},),
    "petitions": ({"record": "{petitions}", "area": "{code}"},),
    "leads": ({"record": "{leads}"},),
    "bulletins": ({"number": "{bulletin}", "bulletin": "{bulletin}"},),
    "figures": ({"area": "{code}"},),
    "hotspots": ({"area": "{code}", "ledger": "inspections"},),
    "rating": ({"area": "{code}", "village": "{code}"},),
    "coverage": ({"area": "{code}"},),
    "forms": ({"form": "{form}"},),
    "consistency": (
        {"rule": "residents_over_beds", "area": "{code}", "record": "{institutions}"},
        {"rule": "licensed_without_code", "settled": "1", "record": "{institutions}"},
    ),
    "log": ({"who": "{user}", "q": SECRET},),
}
# On a tablet a refusal leads back to where one came from.
WAY_BACK = "返回"
# Every ledger's page is the same page, so in CI a few open at an address; the whole walk opens all.
QUICK = {"map", "institutions"}


def files() -> set[str]:
    """Every file that is a page: the scripts in the folders of the menu items."""
    return {
        path.relative_to(PAGES).as_posix()
        for folder in FOLDERS
        for path in (PAGES / folder).rglob("page.py")
    } - {OF_A_LEDGER}


def opened(
    walk: Walk, world: World, name: str, entry: Entry, address: Mapping[str, str], where: str
) -> AppTest:
    """The page as somebody gets it in one database, which is put back as it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "session_token", lambda: walk.worlds.tokens[name])
        patch.setattr(guard, "store", lambda: world.store)
        before = world.stamp
        page = app_test(entry, timeout=120)
        for key, value in address.items():
            page.query_params[key] = value
        page.run()
    walk.tally.count(KIND, entry.url_path, name, where)
    if world.stamp != before:
        world.restore()
    return page


def walk_shown(walk: Walk, entry: Entry) -> list[str]:
    """What a page shows of others to those who may open it."""
    able = [name for name in PEOPLE if entry in entries_for(walk.worlds.actors[name])]
    able.sort(key=ORDER.index)
    leaks = [] if able else _of_the_whole(walk, entry)
    for name in able if walk.whole else able[:1]:
        world, targets = walk.beyond(name, entry.url_path)
        views: list[tuple[Mapping[str, str], str]] = [({}, walk.worlds.inside.where)]
        if walk.whole or entry.url_path in QUICK:
            addresses = ADDRESSES.get(entry.url_path, ())
            views += [(_filled(one, t), t.where) for t in targets for one in addresses]
        for address, where in views:
            page = opened(walk, world, name, entry, address, where)
            given = "".join(address.values())
            text = shown(page)
            if page.exception or (says(text, SECRET) and SECRET not in given):
                leaks.append(f"{entry.url_path}{address} shows {name} something of others")
            elif says(text, f"{SECRET}机构"):
                leaks.append(f"{entry.url_path}{address} names {name} something of others")
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def _of_the_whole(walk: Walk, entry: Entry) -> list[str]:
    """A page for the whole tree's administrator, who sees no contents of any ledger."""
    page = opened(walk, walk.worlds.theirs, "quanju", entry, {}, walk.worlds.inside.where)
    if page.exception or says(shown(page), f"{SECRET}机构") or says(shown(page), "王小明"):
        return [f"{entry.url_path} shows the administrator contents, or fails"]
    return []


def walk_closed(walk: Walk, entry: Entry) -> list[str]:
    """What a page says to those who may not open it, beyond why not."""
    unable = [name for name in PEOPLE if entry not in entries_for(walk.worlds.actors[name])]
    leaks = []
    for name in unable if walk.whole else unable[-1:]:
        page = opened(walk, walk.worlds.theirs, name, entry, {}, "inside")
        why = [one.value for one in page.warning]
        refused = len(why) == 1 and "不能" in why[0]
        buttons = [one for one in page.button if one.label != WAY_BACK]
        more = page.exception or page.dataframe or buttons or says(shown(page), "甲")
        if not refused or more:
            leaks.append(f"{entry.url_path} opens to {name}: {why}")
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def shown(page: AppTest) -> str:
    """All that is sent to the browser."""
    return "\n".join(str(getattr(one, "proto", "")) for one in page)


def says(text: str, word: str) -> bool:
    """Whether a page's text holds a word; Streamlit writes Chinese as octal escapes, JSON as its
    own."""
    octal = "".join(f"\\{byte:03o}" for byte in word.encode())
    as_json = json.dumps(word).strip('"')
    return any(one in text for one in (word, octal, as_json, as_json.replace("\\", "\\\\")))


def _filled(address: Mapping[str, str], target: Planted) -> dict[str, str]:
    known = {key: str(value) for key, value in target.ids.items()} | {"code": str(target.code)}
    return {
        key: known.get(value.strip("{}"), "") if value.startswith("{") else value
        for key, value in address.items()
    }
