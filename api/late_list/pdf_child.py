"""Looks for what is active in a PDF, in a process of its own: the file comes on standard input, the
verdict goes to standard output as one word.

``python -m api.late_list.pdf_child MEGABYTES SECONDS``
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf

from documents.bounds import bound_process
from dossiers.wire.publications import MOST_FILE_BYTES

# Actions, annotations and trees that run, open or carry something. Names are compared as the parser
# gives them: "#" escapes are resolved by then.
ACTIVE = frozenset(
    f"/{name}"
    for name in (
        "JavaScript", "JS", "Launch", "EmbeddedFiles", "EmbeddedFile", "EF", "FileAttachment",
        "RichMedia", "RichMediaContent", "GoToE", "GoToR", "SubmitForm", "ImportData", "Rendition",
        "Movie", "Sound", "3D", "XFA", "Collection",
    )
)  # fmt: skip


def verdict_of(content: bytes) -> str:
    """ "fine", "encrypted", "active", or "damaged": a reader that mends a file may see another one
    than we have looked at."""
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                return "encrypted"
            active = any(_is_active(each) for each in _parts(pdf))
            damaged = bool(pdf.get_warnings()) or not len(pdf.pages)
    except pikepdf.PasswordError:
        return "encrypted"
    except Exception:  # whatever a parser meets in a made-up file
        return "damaged"
    return "active" if active else "damaged" if damaged else "fine"


def _parts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every object of the file, those within object streams and within other objects too."""
    left: list[Any] = [*pdf.objects, pdf.trailer]
    while left:
        found = left.pop()
        yield found
        if isinstance(found, pikepdf.Array):
            inner = list(found)
        elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            inner = [found[key] for key in found.keys()]  # noqa: SIM118 (no mapping)
        else:
            continue
        left += [each for each in inner if not getattr(each, "is_indirect", False)]


def _is_active(found: Any) -> bool:
    if isinstance(found, pikepdf.Name):
        return str(found) in ACTIVE
    if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        return not ACTIVE.isdisjoint(found.keys()) or _starts(found)
    return False


def _starts(found: Any) -> bool:
    """Whether something begins when it is opened, shown or left, such as a call of an address. To
    open at a place of the file itself is nothing."""
    first, others = found.get("/OpenAction"), found.get("/AA")
    opens = isinstance(first, pikepdf.Dictionary) and (
        first.get("/S") != pikepdf.Name.GoTo or "/Next" in first
    )
    return opens or (
        isinstance(others, pikepdf.Dictionary)
        and any(isinstance(others[key], pikepdf.Dictionary) for key in others.keys())  # noqa: SIM118
    )


if __name__ == "__main__":
    bound_process(int(sys.argv[1]), int(sys.argv[2]))
    print(verdict_of(sys.stdin.buffer.read(MOST_FILE_BYTES + 1)))
