"""Which states this version reads: those of its own format, whole. All others are refused.

The format (dossiers.wire.records.FORMAT) stands in ``state.json`` of a state folder and, for
servers too, in the timeline's record of topic ``reference``.
"""

from __future__ import annotations

from pathlib import Path

from dossiers.errors import UserError
from dossiers.wire.records import FORMAT
from dossiers.wire.timeline import Timeline

REFOLDING = "refold"  # folder in a state folder: the new timeline, while it grows
DONE = "done.json"  # in that folder: it is whole and takes its place


class OtherFormat(UserError):
    """A state that this version does not read, or not yet."""


def refuse_other_format(found: int, what: str, old_hint: str = "") -> None:
    """Raises OtherFormat unless ``found`` is the format of this version. ``what``: the state, as a
    sentence begins; ``old_hint``: what to do with an old one, else to fold it again."""
    if found < FORMAT:
        raise OtherFormat(
            f"{what} was made by an older version of Đúng Hẹn: it has format {found}, and this "
            f"version reads format {FORMAT}.",
            old_hint
            or "Run `dunghen refold`: it folds the log into a new timeline and keeps the old one "
            "until that is whole.",
        )
    if found > FORMAT:
        raise OtherFormat(
            f"{what} was made by a newer version of Đúng Hẹn: it has format {found}, and this "
            f"version reads format {FORMAT}.",
            "Use that version, or another state folder with --state DIR.",
        )


def refuse_unready(timeline: Timeline, bootstrap: str, *, folding: bool = False) -> None:
    """Raises OtherFormat if this version does not read the timeline of this Kafka, or if a refold
    of it is not finished. ``folding``: the caller takes part in the refold, which may be under way.
    """
    refuse_other_format(timeline.format, f"The timeline at Kafka {bootstrap}")
    if timeline.refold and not (folding and timeline.refold == "folding"):
        raise OtherFormat(
            f"The timeline at Kafka {bootstrap} is not whole: a refold of it goes on or was "
            "interrupted.",
            "Run `dunghen refold` again: it goes on from where it was.",
        )


def refuse_half_refolded(folder: Path) -> None:
    """Raises OtherFormat if a refold was killed while its result took the old state's place."""
    if (folder / REFOLDING / DONE).exists():
        raise OtherFormat(
            f"A refold of {folder} was interrupted just before its end.",
            f"Run `dunghen refold --state {folder}` again: it ends what is left, in moments.",
        )
