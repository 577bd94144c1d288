"""The command line: one module per command, each with ``add`` (its arguments) and ``run``.

A contract that others script against: names, options, JSON keys and exit codes stand in
``docs/`` and must not change. 0 done, 1 refused, 2 wrong usage.
"""
