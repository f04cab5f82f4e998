"""``python -m dunghen``, and the script ``dunghen``."""

from __future__ import annotations

import os
import signal


def main() -> None:
    """Start the command line; Ctrl-C while its modules are loaded ends it without a word."""
    # Before anything can write: all that we make, and all our children make, is for this user only.
    os.umask(0o077)
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from dunghen import cli

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()
