"""The user interface: pages, their shared pieces (`_ui`) and plain HTTP endpoints (`_web`)."""
