"""Flags: what is odd about a dossier's data. They never change a count, only make it visible."""

from __future__ import annotations

BEFORE_RECEPTION = "before_reception"
FINISHED_BEFORE_RECEPTION = "finished_before_reception"
DUE_BEFORE_RECEPTION = "due_before_reception"
NEVER_RECEIVED = "never_received"
REWRITTEN = "rewritten"
EXTENDED_TOO_OFTEN = "extended_too_often"
VOIDED = "voided"
OFFICER_UNMATCHED = "officer_unmatched"
# Somebody has acted to whom an owner handed it (dossiers.admission.ownership).
HANDED_OVER = "handed_over"
REOPENED = "reopened"  # went on after its end; the first verdict stays
BACKDATED = "backdated"  # late or not, by dates that a snapshot contradicted while they passed
AFTER_END = "after_end"  # something happened after the end; shown, not counted in ``flagged``
STEP_UNKNOWN = "step_unknown"  # a fact names a step that the procedure does not know


def present_flags(
    of_facts: tuple[str, ...], backdated: bool, handed: bool = False
) -> tuple[str, ...]:
    """All flags of a dossier, sorted: those of its facts, and those that do not follow from the
    facts alone, since time and owners have a say in them."""
    if not backdated and not handed:
        return of_facts  # nearly always
    more = {BACKDATED: backdated, HANDED_OVER: handed}
    return tuple(sorted({*of_facts, *(flag for flag, holds in more.items() if holds)}))


ALL_FLAGS = frozenset(
    {
        BEFORE_RECEPTION, FINISHED_BEFORE_RECEPTION, DUE_BEFORE_RECEPTION, NEVER_RECEIVED,
        REWRITTEN, EXTENDED_TOO_OFTEN, VOIDED, OFFICER_UNMATCHED, HANDED_OVER, REOPENED, BACKDATED,
        AFTER_END, STEP_UNKNOWN,
    }
)  # fmt: skip
