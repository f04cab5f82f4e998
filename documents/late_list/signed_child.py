"""Checks one signed PDF in a process of its own: the files come on standard input (MessagePack of a
Question), the answer goes to standard output (JSON of a SignedCheck).

``python -m documents.late_list.signed_child MEGABYTES SECONDS``
"""

from __future__ import annotations

import sys

import msgspec

from documents.bounds import bound_process
from documents.late_list.returned import Question
from documents.late_list.signed import check_signed


def main(megabytes: int, seconds: int) -> None:
    """Read, check, answer."""
    bound_process(megabytes, seconds)
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Question)
    found = check_signed(asked.published, asked.returned, asked.roots)
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
