"""What the importer says about a log as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from sources.importer.counts import RowCounts
from sources.importer.letters import WHAT_TO_DO
from sources.importer.reading import ReadingTally
from sources.importer.seen import SeenNames
from sources.mapping import Mapping
from sources.names import nearest


def log_warnings(
    name: str, mapping: Mapping, counts: RowCounts, seen: SeenNames, tally: ReadingTally
) -> list[str]:
    """What was not read, and what is allowed but most likely a mistake, as sentences."""
    found = []
    if tally.broken:
        found.append(
            f"{tally.broken} Before it, {counts.read:,} rows were read and {counts.taken:,} of "
            "them taken."
        )
    if not seen.dossiers:
        return found  # nothing_taken says it
    if tally.strange:
        found.append(
            f"{name}: its lifecycle transitions ({', '.join(map(repr, tally.strange))}) are none "
            "of XES (complete, start, schedule, …), so no row of these is a reception or an end. "
            'Map the right column to lifecycle, or "" to pass over it.'
        )
    if mapping.ends_by in ("column", "activity") and not seen.ended:
        hint = _hint(mapping.end_activities, seen)
        found.append(
            f"{name}: no dossier ends; check finished in the mapping ({mapping.finished!r}{hint})."
        )
    known = seen.activities
    if mapping.reopen and not known.full and known.names.isdisjoint(mapping.reopen):
        found.append(
            f"{name}: no row has an activity of reopen in the mapping ({mapping.reopen!r}"
            f"{_hint(mapping.reopen, seen)})."
        )
    if seen.unnamed:
        found.append(
            f"{name}: has more units and officers than reference data can hold; {seen.unnamed:,} "
            "times one was named that is not in it. Is the right column mapped?"
        )
    return found


def nothing_taken(name: str, tally: ReadingTally) -> str:
    """Why no row of a log could be taken: the commonest reason."""
    if not tally.read:
        return f"{name}: holds no rows, so there is nothing to replay."
    if not tally.reasons:
        return f"{name}: none of its {tally.read:,} rows can be used."
    (reason, count) = tally.reasons.most_common(1)[0]
    example = tally.first[reason].removesuffix(f". {WHAT_TO_DO}.")
    return (
        f"{name}: none of its {tally.read:,} rows can be used; the commonest reason, in {count:,} "
        f"of them, is {reason}, as in {example}."
    )


def _hint(named: Iterable[str], seen: SeenNames) -> str:
    """The right name, if one is near to an activity that the mapping names."""
    hints = (nearest(activity, seen.activities.names) for activity in sorted(named))
    return next(filter(None, hints), "")
