"""我的账号: who I am here, where I am signed in, and the way to a new password."""

from __future__ import annotations

import streamlit as st

from pages._ui import guard

who = guard.visitor()
st.title("我的账号")
st.write(who.actor.name)
