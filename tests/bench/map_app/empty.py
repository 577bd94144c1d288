"""Nothing but a sign that the page was drawn."""

import streamlit as st

st.html('<p id="drawn">空页</p>')
