"""Pages for those who keep the system: files in and out, areas, rules, users, the log."""
