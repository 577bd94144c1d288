"""The command line is a contract: names, options, JSON keys and exit codes."""
