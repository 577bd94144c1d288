"""Records: declarations, rules, storage and one service per user action. Knows no Streamlit."""
