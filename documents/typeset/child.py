"""Makes one PDF in a process of its own: the content comes as JSON on standard input, the PDF goes
to standard output. Bounded in memory and time; ends with whoever started it.

``python -m documents.typeset.child TEMPLATE AT MEGABYTES SECONDS``
"""

from __future__ import annotations

import sys

import msgspec

from documents.bounds import bound_process
from documents.typeset.compiling import pdf_of


def main(template: str, at: int, megabytes: int, seconds: int) -> None:
    """``at``: ms, see ``pdf_of``."""
    bound_process(megabytes, seconds)
    content = msgspec.json.decode(sys.stdin.buffer.read())
    sys.stdout.buffer.write(pdf_of(template, content, at))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
