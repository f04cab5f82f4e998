"""``python -m dunghen``, and the script ``dunghen``."""

from __future__ import annotations

import os

from dunghen.terminal.interrupts import ending_at_once


def main() -> None:
    """Start the command line."""
    # Before anything can write: all that we make, and all our children make, is for this user only.
    os.umask(0o077)
    with ending_at_once():
        # Not before the umask counts and Ctrl-C ends us at once.
        from dunghen import cli  # noqa: PLC0415
    cli.main()


if __name__ == "__main__":
    main()
