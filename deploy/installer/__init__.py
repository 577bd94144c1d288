"""Install, repair, upgrade and remove the program on a machine without internet.

Runs with the machine's own Python before there is any environment, so it imports the standard
library alone; `signature` and `certificates` need the cryptography package and are run with the
Python of an installed version. It knows nothing of ledger, pages and geo: it starts them.
"""
