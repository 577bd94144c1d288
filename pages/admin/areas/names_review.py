"""A boundary file without codes: what the list of codes has for each name, to be looked over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from geo.code_lists import NameMatch
from geo.findings import FIRST_ROW
from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.exchange.importing.area_lists import match_names
from ledger.operations import apart
from ledger.storage import Store
from pages._text import plain
from pages._ui.import_work import while_here
from pages._ui.upload_file import fingerprint, on_disk
from pages.admin.areas.boundary_check import area_file
from pages.admin.areas.codes_asked import CodesAsked, ask_codes
from pages.admin.areas.file_answers import Answers

_ASKED = 50
_LEAVE_OUT = ""


MATCHES = "areas-matches"


def review_codes(
    store: Store, actor: Actor, upload, answers: Answers
) -> tuple[CodesAsked | None, Mapping[int, str] | None]:
    """The list that is asked for, and what was chosen for the names that it does not settle."""
    codes = ask_codes()
    if codes is None:
        st.caption("请上传区划代码表，并写明这些区域在哪个区域里。")
        return None, None
    mark = (fingerprint(upload, answers), codes.mark)
    kept = st.session_state.get(MATCHES)
    if kept is None or kept[0] != mark:
        found = _matches(store, actor, upload, answers, codes)
        if found is None:
            return None, None
        st.session_state[MATCHES] = kept = (mark, found)
    return codes, review(kept[1])


def _matches(
    store: Store, actor: Actor, upload, answers: Answers, codes: CodesAsked
) -> list[NameMatch] | None:
    """What the list has for each name of the file; what is refused is shown in place."""
    try:
        with (
            on_disk(upload) as path,
            codes.on_disk(answers) as names,
            st.spinner("正在按名称查代码……"),
            while_here() as progress,
        ):
            file = area_file(path, answers)
            return apart.call(match_names, store, actor, file, names, progress=progress)
    except LedgerError as error:
        st.error(plain(error, None), icon=":material/error:")
        return None


def review(matches: Sequence[NameMatch]) -> Mapping[int, str] | None:
    """What was chosen for the names that were not found: place → code, "" leaves the row out.

    None while a name is still open.
    """
    open_rows = [match for match in matches if match.found is None]
    loose = [match for match in matches if match.found is not None and not match.exact]
    found = len(matches) - len(open_rows)
    st.write(f"按名称查到代码 {found} 个，没有查到或不止一个的 {len(open_rows)} 个。")
    if loose:
        with st.expander(f"写法不同、按同一个区域理解的 {len(loose)} 个，请看一遍", expanded=True):
            st.dataframe(_table(loose), hide_index=True, key="names-loose")
    chosen: dict[int, str] = {}
    for match in open_rows[:_ASKED]:
        answer = _ask(match)
        if answer is None:
            continue
        chosen[match.place] = answer
    if len(open_rows) > _ASKED:
        st.caption(
            f"还有 {len(open_rows) - _ASKED} 个没有列出。这么多名称查不到，多半是代码表或"
            "“所在区域”不对，请先核对。"
        )
    return chosen if len(chosen) == len(open_rows) else None


def _ask(match: NameMatch) -> str | None:
    """The code for one name; the names that the list has nearby are proposed, none is chosen."""
    known = {one.code: one.name for one in match.proposed}
    place = f"，{match.parent}" if match.parent else ""
    return st.selectbox(
        f"第 {match.place + FIRST_ROW} 行“{plain(match.name or '(没有名称)')}”{plain(place)}",
        [*known, _LEAVE_OUT],
        index=None,
        format_func=lambda code: f"{known[code]}（{code}）" if code else "不载入这一行",
        placeholder="请选择，或不载入",
        key=f"area-name-{match.place}",
    )


def _table(matches: Sequence[NameMatch]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "行": match.place + FIRST_ROW,
                "文件里的名称": match.name,
                "代码表里的名称": match.found.name,
                "代码": match.found.code,
            }
            for match in matches
            if match.found is not None
        ]
    )
