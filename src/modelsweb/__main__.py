"""Runs the command line: ``python -m modelsweb``."""

import sys

from modelsweb.cli import run


def main() -> None:
    """The entry point of the ``modelsweb`` command."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
