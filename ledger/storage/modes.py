"""The execution option by which the engines tell a writing connection from a reading one.

It has a file of its own because `engine` and the two databases' modules all use it.
"""

WRITES = "ledger_writes"
