"""The floor: a page of twelve widgets and a table of 50 rows, as cheap as Streamlit can be."""

import pandas as pd
import streamlit as st

st.set_page_config(page_title="底价", layout="wide")
st.title("底价")
columns = st.columns(3)
for number in range(4):
    columns[0].text_input(f"文字{number}")
    columns[1].selectbox(f"选择{number}", ["甲", "乙", "丙"])
    columns[2].button(f"按钮{number}")
st.dataframe(
    pd.DataFrame(
        {f"列{column}": [f"{row}行{column}列" for row in range(50)] for column in range(8)}
    )
)
