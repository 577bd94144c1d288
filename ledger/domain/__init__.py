"""What things are, without database or Streamlit: values, columns, access, ledgers, rules, days."""
