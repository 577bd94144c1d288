"""The domain, without database or Streamlit: values, columns, access, ledgers, rules, time."""
