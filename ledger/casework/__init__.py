"""Following a case to its end: steps, to-dos, alerts, coverage."""
