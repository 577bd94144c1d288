"""An office's own words: used by it, by those below, and by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS
from ledger.domain.values import fold
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.own_words import add_word, own_words, remove_word, with_own_words
from ledger.exchange.reading.reading import read_file
from ledger.exchange.reading.remembered import recall, remember
from ledger.exchange.reading.words import FOLDER, shipped_words
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, actor
from tests.ledger.sheets import workbook

ROWS = [["机构名称", "床铺总张数"], ["甲院", 3]]


def test_a_word_is_known_from_then_on_here_and_on_the_command_line(
    store: Store, tmp_path: Path
) -> None:
    west, east = (actor(Role.OFFICE_STAFF, code) for code in (WEST, EAST))
    path = workbook(tmp_path / "a.xlsx", [*ROWS])
    assert read_file(store, west, INSTITUTIONS, path).layout.ignored == ("床铺总张数",)
    add_word(store, west, INSTITUTIONS, "beds", "床铺总张数")
    add_word(store, west, INSTITUTIONS, "beds", "床铺总张数")
    add_word(store, west, INSTITUTIONS, "filing", "红本在手", "已备案")
    for who, beds in ((west, [3]), (SYSTEM, [3]), (east, [None])):
        rows = read_file(store, who, INSTITUTIONS, path).rows.rows
        assert [row.values.get("beds") for row in rows] == beds
    taught = with_own_words(store, west, INSTITUTIONS).by_key["filing"]
    assert taught.parse("红本在手") == "filed"
    words = own_words(store, west, INSTITUTIONS)
    assert [(word.column, word.said, word.meant) for word in words] == [
        ("beds", "床铺总张数", ""),
        ("filing", "红本在手", "filed"),
    ]
    with pytest.raises(NotFound):
        remove_word(store, east, INSTITUTIONS, words[0].id)
    remove_word(store, west, INSTITUTIONS, words[0].id)
    assert len(own_words(store, west, INSTITUTIONS)) == 1


@pytest.mark.parametrize(
    ("column", "said", "meant", "words"),
    [
        ("tier", "红黄蓝", "", "不是养老服务机构"),
        ("beds", " ", "", "1 至 40 个字"),
        ("beds", "很多", "3", "没有选项"),
        ("filing", "红本", "红的", "不在可选项内"),
    ],
)
def test_a_word_that_means_nothing_is_refused(
    store: Store, column: str, said: str, meant: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        add_word(store, SYSTEM, INSTITUTIONS, column, said, meant)


def test_the_command_line_uses_the_mappings_of_the_whole_tree(store: Store) -> None:
    west, east = (actor(Role.OFFICE_STAFF, code) for code in (WEST, EAST))
    remember(store, west, INSTITUTIONS, "f1", "村表", FileMapping())
    assert set(recall(store, SYSTEM, INSTITUTIONS)) == {"f1"}
    assert recall(store, east, INSTITUTIONS) == {}


def test_the_words_that_ship_name_columns_and_choices_and_each_names_one() -> None:
    for path in FOLDER.glob("*.toml"):
        if path.stem == "any":
            continue
        ledger, words = LEDGERS[path.stem], shipped_words(path.stem)
        keys = {column.key for column in ledger.incoming}
        assert set(words.columns) <= keys
        assert set(words.values) <= keys
        said = [fold(word) for listed in words.columns.values() for word in listed]
        assert sorted({one for one in said if said.count(one) > 1}) == [], path.stem
        for key, meanings in words.values.items():
            for word, meant in meanings.items():
                assert ledger.by_key[key].parse(meant.text) is not None, word
