"""What pages show ↔ the parameters of their addresses; downloads read them too. No Streamlit."""
