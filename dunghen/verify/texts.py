"""Whether each text that the log names is where texts lie, or was erased."""

from __future__ import annotations

from collections.abc import Mapping

from api.desk.blobs import BlobStore
from oracle.checks.cut import CutPartition
from oracle.checks.report import Check


def check_texts(parts: Mapping[int, CutPartition], blobs: BlobStore) -> Check:
    """Of every action up to the cut. A machine without the folder, as one with servers may be, has
    none to look at, and the check says so."""
    check = Check("texts of what people did")
    named = {
        each.text: each.dossier_id for part in parts.values() for each in part.acted if each.text
    }
    if named and not blobs.folder.is_dir():
        check.left_out.append(f"{len(named)} of them: their folder is not on this machine")
        return check
    for digest, about in named.items():
        check.compared += 1
        state = blobs.state(digest)
        if state not in ("kept", "erased"):
            check.differ(f"text {digest} of {about} is {state}")
    return check
