"""`python -m data.sample OUT_DIR [--seed N]` writes the sample as files."""

from __future__ import annotations

import argparse
from pathlib import Path

from data.sample.files import write_files
from data.sample.generate import DEFAULT_SEED, generate


def main() -> None:
    """Parse the command line, generate, write, and name the files."""
    parser = argparse.ArgumentParser(prog="python -m data.sample", description=__doc__)
    parser.add_argument("out_dir", type=Path, metavar="OUT_DIR")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    arguments = parser.parse_args()
    for path in write_files(generate(arguments.seed), arguments.out_dir):
        print(path)


if __name__ == "__main__":
    main()
