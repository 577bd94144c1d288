"""导入, step 2: which column of the file is which of the ledger, to be corrected and remembered."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo.crs import WGS84
from ledger.domain.columns import Column, Ledger
from ledger.domain.errors import LedgerError
from ledger.exchange.importing.first_look import (
    AREA,
    BOTH,
    Arrival,
    SourceColumn,
    settled_mapping,
)
from ledger.exchange.reading.header_rows import fold
from ledger.exchange.reading.mapping import FileMapping, read_mapping
from ledger.exchange.reading.mapping_text import mapping_text
from ledger.exchange.reading.own_words import add_word, own_words, remove_word
from ledger.exchange.reading.remembered import remember
from pages._text import plain, safe
from pages._ui import guard
from pages._ui.upload_file import on_disk
from pages.admin.exchange.import_file import SYSTEMS, ask_system, look
from pages.admin.exchange.import_run import Import, start_check
from pages.admin.exchange.import_state import Wizard

_MOST = 120
_LONGEST_WORD = 40
_UNSURE = "请核对"
_UNUSED = ""
_SERIALS = frozenset({"序号", "序", "no", "no."})


def show(page: Import) -> None:
    """The columns, those that need a look first; then on to the check."""
    wizard, ledger = page.wizard, page.ledger
    arrival = wizard.arrival
    if arrival is None:
        wizard.step = "file"
        st.rerun()
    if arrival.problem:
        st.warning(
            f"有的列分不清：{plain(arrival.problem, 400)} 也可以在下面直接选定。",
            icon=":material/help:",
        )
    if arrival.remembered is not None:
        st.info(
            f"这种表格以前对应过，用的是记住的“{plain(arrival.remembered.name)}”。",
            icon=":material/history:",
        )
    columns = [column for column in arrival.columns if column.extra is None][:_MOST]
    look_at = [c for c in columns if _needs_a_look(c)]
    sure = [column for column in columns if column not in look_at]
    if look_at:
        st.subheader(f"请看这 {len(look_at)} 列", anchor=False)
        st.caption("没有对上的列不会导入；要导入的，选它在台账里叫什么。")
        _choose(wizard, ledger, look_at)
    with st.expander(f"其余 {len(sure)} 列已对好(可更改)", expanded=not look_at):
        _choose(wizard, ledger, sure)
    _say_what_follows(wizard, ledger, arrival)
    known_area = _ask_area(wizard, arrival)
    known_system = ask_system(wizard)
    _go_on(page, arrival, known_area and known_system)
    _own_words(page)
    _mapping_file(page, arrival)


def _needs_a_look(column: SourceColumn) -> bool:
    """Not matched, or only by what stands in it; a serial number is nobody's business."""
    if column.key is None:
        return fold(column.name.rpartition("/")[2]) not in _SERIALS
    return column.why.endswith(_UNSURE)


def _choose(wizard: Wizard, ledger: Ledger, columns: Sequence[SourceColumn]) -> None:
    """One line a column: what it is called, examples and why; and what it is in the ledger."""
    labels = {column.key: column.label for column in ledger.incoming}
    if "lon" in labels:
        labels[BOTH] = "经纬度(写在一格)"
    required = {column.key for column in ledger.editable if column.required}

    def words(key: str) -> str:
        if key == _UNUSED:
            return "不使用"
        return labels.get(key, key) + ("(必填)" if key in required else "")

    for column in columns:
        key = f"import-column-{wizard.generation}-{column.position}"
        if key not in st.session_state:
            st.session_state[key] = wizard.chosen.get(column.position) or _UNUSED
        said, choice = st.columns([3, 2], vertical_alignment="center")
        examples = "、".join(column.examples) or "(没有内容)"
        why = f"　{safe(column.why)}" if column.why else ""
        said.html(
            f'<div class="source-column"><b>{safe(column.name)}</b>'
            f"<small>例：{safe(examples)}{why}</small></div>"
        )
        first = [name for name in column.candidates if name in labels]
        options = [_UNUSED, *first, *(name for name in labels if name not in first)]
        chosen = choice.selectbox(
            f"“{plain(column.name, 60)}”列在台账中是",
            options,
            format_func=words,
            key=key,
            label_visibility="collapsed",
        )
        wizard.chosen[column.position] = chosen or None


def _say_what_follows(wizard: Wizard, ledger: Ledger, arrival: Arrival) -> None:
    missing = arrival.missing(ledger, wizard.chosen)
    if missing:
        named = "、".join(f"“{label}”" for label in missing)
        st.warning(
            f"还没有对上必填的列：{named}。请在上面为它选一列；"
            "只更新已有记录(表中有编号)时可以没有。",
            icon=":material/warning:",
        )
    unused = [c.name for c in arrival.columns if c.extra is None and not wizard.chosen[c.position]]
    if unused:
        more = f" 等 {len(unused)} 列" if len(unused) > 20 else ""
        st.caption(f"不使用的列：{plain('、'.join(unused[:20]), 600)}{more}。")


def _ask_area(wizard: Wizard, arrival: Arrival) -> bool:
    """Where no column names an area but something around the table does: whether it is meant."""
    said = arrival.said
    if said is None or AREA in wizard.chosen.values():
        wizard.area = None
        return True
    answers = {said.code: f"全部归入{said.name}", "": "不归入，逐条核对"}
    chosen = st.radio(
        f"{said.where}写的是“{plain(said.name)}”，表中没有所属区域一列。各行是否都归入那里？",
        list(answers),
        format_func=answers.__getitem__,
        index=None,
        key=f"import-area-said-{wizard.generation}",
        horizontal=True,
    )
    wizard.area = chosen
    return chosen is not None


def _go_on(page: Import, arrival: Arrival, known_system: bool) -> None:
    wizard = page.wizard
    kept = arrival.remembered.name if arrival.remembered else ""
    name = st.text_input(
        "给这种表格起个名字，下次自动照此对应(可不填)",
        value=kept,
        max_chars=40,
        placeholder="例如：某某村民政月报",
        key=f"import-name-{wizard.generation}",
        autocomplete="off",
    )
    new = _newly_named(wizard, arrival)
    named = "、".join(f"“{_leaf(column.name)}”" for column in new[:6])
    teach = bool(new) and st.checkbox(
        f"把 {plain(named)} 记为常用的列名，以后各种表格都认",
        key=f"import-teach-{wizard.generation}",
    )
    with st.container(horizontal=True, key="import-ways"):
        if st.button("上一步", icon=":material/arrow_back:", key="import-back"):
            wizard.step = "file"
            st.rerun()
        forward = st.button(
            "下一步：检查", type="primary", key="import-next", disabled=not known_system
        )
    if not forward:
        return
    try:
        mapping = _settled(wizard, page.ledger, arrival)
        if name.strip():
            # The next file of this kind may be another village's.
            everywhere = _settled(wizard, page.ledger, arrival, everywhere=True)
            remember(page.store, page.actor, page.ledger, arrival.fingerprint, name, everywhere)
        for column in new if teach else ():
            key = str(wizard.chosen[column.position])
            add_word(page.store, page.actor, page.ledger, key, _leaf(column.name))
    except LedgerError as error:
        guard.refused(error)
        return
    wizard.mapping = mapping
    start_check(page)


def _newly_named(wizard: Wizard, arrival: Arrival) -> list[SourceColumn]:
    """The columns that were not recognised by their names and that somebody chose a key for."""
    keys = [key for key in wizard.chosen.values() if key]
    return [
        column
        for column in arrival.columns
        if column.key is None
        and (key := wizard.chosen.get(column.position)) not in (None, BOTH)
        and keys.count(key) == 1
        and 0 < len(_leaf(column.name)) <= _LONGEST_WORD
    ]


def _leaf(name: str) -> str:
    """A column's own name, without that of its group."""
    return name.rpartition("/")[2].strip()


def _own_words(page: Import) -> None:
    """The office's own words, each to be removed; one for a choice can be added."""
    words = own_words(page.store, page.actor, page.ledger)
    labels = {column.key: column for column in page.ledger.incoming}
    with st.expander(f"本单位的叫法({len(words)} 个)"):
        st.caption("除程序自带的以外，本单位添加的列名和写法；命令行导入也认。")
        for word in words:
            column = labels[word.column]
            meant = f" 的“{column.choice_labels.get(word.meant, word.meant)}”" if word.meant else ""
            said, press = st.columns([5, 1], vertical_alignment="center")
            said.markdown(f"“{plain(word.said)}” = {plain(column.label)}{plain(meant)}")
            if press.button("删除", key=f"own-word-{word.id}"):
                remove_word(page.store, page.actor, page.ledger, word.id)
                st.rerun()
        choosing = [column for column in labels.values() if column.choices]
        if choosing:
            _add_value(page, choosing)


def _add_value(page: Import, choosing: Sequence[Column]) -> None:
    """A word for a choice: what a cell says and what is meant."""
    column = st.selectbox(
        "为哪一列添加写法", choosing, format_func=lambda one: one.label, key="own-word-column"
    )
    with st.form("own-word", border=False):
        said = st.text_input("格中写的", max_chars=40, autocomplete="off")
        meant = st.selectbox(
            "意思是", list(column.choice_labels), format_func=column.choice_labels.__getitem__
        )
        if not st.form_submit_button("添加"):
            return
    try:
        add_word(page.store, page.actor, page.ledger, column.key, said, meant)
    except LedgerError as error:
        guard.refused(error)
        return
    st.rerun()


def _settled(
    wizard: Wizard, ledger: Ledger, arrival: Arrival, *, everywhere: bool = False
) -> FileMapping:
    crs = SYSTEMS[wizard.system] if wizard.system else WGS84
    area = None if everywhere else wizard.area
    return settled_mapping(arrival, ledger, wizard.chosen, crs, area)


def _mapping_file(page: Import, arrival: Arrival) -> None:
    """For those who keep mappings as files: what was settled goes out, a file comes in."""
    wizard = page.wizard
    with st.expander("映射文件(TOML)：下载或上传"):
        st.caption("映射文件还能写明取值对照、固定值、坐标系和要留作其他事实的列。")
        try:
            text = mapping_text(_settled(wizard, page.ledger, arrival))
        except LedgerError as error:
            st.caption(plain(error))
        else:
            st.download_button(
                "下载现在的对应关系",
                text,
                file_name=f"{page.ledger.label}映射.toml",
                mime="application/toml",
                icon=":material/download:",
                key="import-mapping-out",
                on_click="ignore",
            )
        upload = st.file_uploader("映射文件", type=["toml"], key="import-mapping")
        if upload is None or not st.button("按这个映射文件对应", key="import-mapping-use"):
            return
        try:
            with on_disk(upload) as path:
                wizard.given = read_mapping(path, page.ledger)
        except LedgerError as error:
            guard.refused(error)
            return
        look(page)
