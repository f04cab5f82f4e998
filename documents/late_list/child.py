"""Makes the files of one list in a process of its own: the list comes on standard input
(MessagePack of a Paper), what was made goes to standard output (JSON of PublishedFile). Bounded in
memory and time; ends with whoever started it.

``python -m documents.late_list.child FOLDER MEGABYTES SECONDS FORMS``
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import msgspec

from documents.bounds import bound_process
from documents.late_list.data import FORMS, Form, Paper
from documents.late_list.files import MadeFile, files_of
from dossiers.wire.publications import PublishedFile


def main(folder: Path, megabytes: int, seconds: int, forms: str) -> None:
    """Write each file of ``forms`` (comma-separated), then say what there is."""
    bound_process(megabytes, seconds)
    os.nice(10)  # nobody waits for it at a page
    paper = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Paper)
    found = [_written(file, folder) for file in files_of(paper, _forms(forms))]
    sys.stdout.buffer.write(msgspec.json.encode(found))


def _forms(names: str) -> tuple[Form, ...]:
    return tuple(form for form in FORMS if form in names.split(","))


def _written(file: MadeFile, folder: Path) -> PublishedFile:
    (folder / file.name).write_bytes(file.content)
    return PublishedFile(
        name=file.name,
        media=file.media,
        sha256=hashlib.sha256(file.content).hexdigest(),
        size=len(file.content),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
