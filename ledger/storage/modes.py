"""The execution option by which the engines tell a writing connection from a reading one.

A file of its own because `engine` imports both `sqlite` and `postgres`, which ask for it.
"""

WRITES = "ledger_writes"
