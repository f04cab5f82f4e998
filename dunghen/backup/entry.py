"""One thing in a backup, as its manifest says it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

_Size = Annotated[int, msgspec.Meta(ge=0, le=2**60)]
_Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]


class BackupEntry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One file (``sha256``, ``size`` in bytes), symbolic link (``link``: where to) or folder
    (neither). ``path``: from the state folder on, parts separated by "/"."""

    path: str
    size: _Size = 0
    sha256: _Digest = ""
    link: str = ""

    @property
    def kind(self) -> Literal["file", "folder", "link"]:
        """What it is: a link has a target, a file a checksum."""
        return "link" if self.link else "file" if self.sha256 else "folder"
