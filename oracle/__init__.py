"""The witness: every figure counted again from the raw events, in plain batch code and in SQL, and
compared with what the stream and ClickHouse hold (``dunghen verify``). It never repairs."""

from __future__ import annotations

# All that the recount shares with the product, by modules of ``dossiers``.
SHARED = {
    "the working calendar": ("calendar", "day_table", "hours"),
    "limits and the due times that follow from them": ("deadlines",),
    "reference data, which version counts when, and names of units, officers and steps": (
        "context", "reference", "in_force", "matching", "codes", "succession", "text", "keyed",
        "unlisted",
    ),
    "the reading of records": (
        "events", "facts", "records", "reading", "kept_events", "spelling", "timeline", "vector",
    ),
}  # fmt: skip
