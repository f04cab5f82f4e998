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
HANDED_OVER = (
    "handed_over"  # somebody has acted to whom an owner handed it (dossiers.admission.ownership)
)
REOPENED = "reopened"  # went on after its end; the first verdict stays
BACKDATED = "backdated"  # late or not, by dates that a snapshot contradicted while they passed
AFTER_END = "after_end"  # something happened after the end; shown, not counted in ``flagged``
STEP_UNKNOWN = "step_unknown"  # a fact names a step that the procedure does not know


def with_backdated(flags: tuple[str, ...], backdated: bool) -> tuple[str, ...]:
    """``flags`` with ``backdated`` or without it: time alone may change whether it decides between
    late and not late."""
    if backdated == (BACKDATED in flags):
        return flags
    return tuple(sorted({*flags} ^ {BACKDATED}))


ALL_FLAGS = frozenset(
    {
        BEFORE_RECEPTION, FINISHED_BEFORE_RECEPTION, DUE_BEFORE_RECEPTION, NEVER_RECEIVED,
        REWRITTEN, EXTENDED_TOO_OFTEN, VOIDED, OFFICER_UNMATCHED, HANDED_OVER, REOPENED, BACKDATED,
        AFTER_END, STEP_UNKNOWN,
    }
)  # fmt: skip
