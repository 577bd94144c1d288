"""``python -m tests.access.walk``: everybody to every door and every place, and one summary.

The tests of this folder walk the same way, but let one person stand for others with the same area
and the same rights; here nobody stands for anybody. Exit code 1 if anything leaked.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.access.walking import WHOLE_WALK


def main() -> int:
    """Run the tests of this folder as a whole walk, in one process."""
    os.environ[WHOLE_WALK] = "1"
    return int(
        pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(Path(__file__).parent)])
    )


if __name__ == "__main__":
    sys.exit(main())
