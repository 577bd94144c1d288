"""later"""
from ledger.columns import Ledger
def template(ledger: Ledger) -> bytes:
    """Later."""
    raise NotImplementedError
