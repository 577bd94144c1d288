"""导入, step 1: templates to send out: empty, with what the ledger holds, one for each village."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from geo.atlas import Area
from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.exchange.writing.filled_templates import VILLAGE
from ledger.exchange.writing.templates import template
from ledger.exchange.writing.workbooks import MEDIA_TYPE
from ledger.people.users import WHOLE_TREE
from pages._text import markup
from pages._ui import guard
from pages._ui.area_picker import MOST_AREAS, choose_area
from pages._ui.stylesheet import stylesheet

# A zip holds no more workbooks than come back in one.
MOST_IN_A_ZIP = 500
_STYLE = Path(__file__).with_name("export.css")


@st.cache_data(show_spinner=False)
def template_of(ledger_key: str) -> bytes:
    """The empty template; the same for everybody."""
    return template(LEDGERS[ledger_key])


def show(ledger: Ledger, actor: Actor) -> None:
    """What can be sent to the villages to be filled in."""
    with st.expander("发模板给村里填", expanded=True):
        if "area_code" in ledger.by_key:
            _offer_filled(ledger, actor)
        st.download_button(
            "下载空白模板",
            template_of(ledger.key),
            file_name=f"{ledger.label}导入模板.xlsx",
            mime=MEDIA_TYPE,
            icon=":material/description:",
            key="template",
            on_click="ignore",
        )


def _offer_filled(ledger: Ledger, actor: Actor) -> None:
    """Links: the whole scope or one village as one workbook, all villages as a zip."""
    atlas = guard.atlas()
    villages = atlas.under(actor.scope_path, VILLAGE)
    st.caption(
        "带数据的模板里已有台账现在的内容、村(社区)和下拉选项，填好发回后在这里导入，"
        "逐格对照，不会盖掉这期间别人的修改。每村一份的，收回后一次选好，或打成一个压缩包，一起导入。"
    )
    chosen: Area | None = None
    if len(villages) > MOST_AREAS:  # level by level; not all of them are sent as options
        code = choose_area(atlas, actor, "template-area", deepest=VILLAGE)
        chosen = None if code in (None, WHOLE_TREE, actor.scope_code) else atlas[str(code)]
    elif len(villages) > 1:
        chosen = st.selectbox(
            "哪个村(社区)",
            villages,
            format_func=lambda one: f"{one.name}({one.code})",
            index=None,
            placeholder="全部",
            key="template-village",
        )
    links = [("带数据的模板(.xlsx)", _address(ledger, "xlsx", chosen))]
    within = villages if chosen is None else atlas.under(chosen.path, VILLAGE)
    if 1 < len(within) <= MOST_IN_A_ZIP:
        words = f"每个村(社区)一份，共 {len(within)} 份(.zip)"
        links.append((words, _address(ledger, "zip", chosen)))
    items = "".join(
        markup('<a href="{}" target="_blank" rel="noopener">{}</a>', address, words)
        for words, address in links
    )
    st.html(f'{stylesheet(_STYLE)}<div class="downloads">{items}</div>')


def _address(ledger: Ledger, suffix: str, area: Area | None) -> str:
    query = "" if area is None else f"?{urlencode({'area': area.code})}"
    return f"/download/template/{ledger.key}.{suffix}{query}"
