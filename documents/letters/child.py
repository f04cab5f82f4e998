"""Makes one letter in a process of its own: it comes as JSON on standard input, the file goes to
standard output.

``python -m documents.letters.child control|apology pdf|docx MEGABYTES SECONDS``
"""

from __future__ import annotations

import sys

import msgspec

from documents.bounds import bound_process
from documents.letters.apology import apology_docx, apology_pdf
from documents.letters.slip import slip_docx, slip_pdf
from documents.letters.told import Apology, ControlSlip


def main(letter: str, form: str, megabytes: int, seconds: int) -> None:
    """Read, make, write."""
    bound_process(megabytes, seconds)
    told = sys.stdin.buffer.read()
    if letter == "control":
        slip = msgspec.json.decode(told, type=ControlSlip)
        made = slip_pdf(slip) if form == "pdf" else slip_docx(slip)
    else:
        apology = msgspec.json.decode(told, type=Apology)
        made = apology_pdf(apology) if form == "pdf" else apology_docx(apology)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5]))
