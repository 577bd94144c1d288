"""规则: the rules in force in words, and how others take their place: check, preview, 启用.

An administrator reads no ledger: the preview tells numbers of moves and 编号, nothing else.
"""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from ledger.records.rulebook import read_rules, unfairness
from pages._text import plain
from pages._ui import guard, notices
from pages.admin.rules.changing import change_section
from pages.admin.rules.file_upload import upload_section
from pages.admin.rules.limit_form import limit_section
from pages.admin.rules.rule_files import show_rule_files
from pages.admin.rules.rule_words import show_rules

who = guard.visitor(Action.MANAGE_RULES)
store, actor = guard.store(), who.actor

st.title("规则", anchor=False)
notices.show_kept()
show_rule_files()
current = read_rules(store, actor)
st.header("风险分级规则", anchor=False)
show_rules(current)
unfair = unfairness(current)
if unfair is not None:
    st.warning(
        f"现行规则按新的要求不能再启用，仍按它办理，直到启用别的规则。{plain(unfair, 900)}",
        icon=":material/balance:",
    )
st.header("改限额", anchor=False)
limit_section(current)
st.header("更换规则", anchor=False)
change_section(current)
st.header("更换其他规则文件", anchor=False)
upload_section()
