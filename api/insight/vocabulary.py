"""The words of a filter, as they stand in URLs."""

from __future__ import annotations

from typing import Literal

Standing = Literal[
    "pending", "within", "waiting", "overdue", "early", "on_time", "late", "no_due",
    "refused", "withdrawn", "unreceived",
]  # fmt: skip
OPEN = ("overdue", "waiting", "within")
FINISHED = ("early", "late", "no_due", "on_time")
TOTAL = (*OPEN, *FINISHED)

# What happened in a window, each with its instant: a measure of dossiers.tallies.vector, or all
# ends (``finished``), or those judged by a due time (``judged``: early, on_time and late). What may
# happen again (``resumed``, ``extended``, ``rewritten``) counts by the last time.
# ``handled``: open at some time in it. ``behind``: late in it or overdue at its end, as in the late
# list (dossiers.publication.counting).
What = Literal[
    "received", "finished", "judged", "early", "on_time", "late", "no_due", "newly_overdue",
    "late_receptions", "submitted", "resumed", "extended", "rewritten", "changed", "handled",
    "behind",
]  # fmt: skip

# Of an open dossier's working hours to its due time; ``soon`` as the rules say, usually 8.
Left = Literal["soon", "to16", "to40", "upto40", "over40", "none"]
# Of an overdue one's working hours since.
Age = Literal["under8", "to24", "over24"]

# What is so now: gauges of dossiers.tallies.vector that are no standing. ``unended``: no end ever.
# ``no_procedure``: no source named one.
Mark = Literal[
    "due_soon", "suspended", "late_reception", "step_overdue", "extended", "reopened", "flagged",
    "unended", "unassigned", "no_procedure",
]  # fmt: skip
