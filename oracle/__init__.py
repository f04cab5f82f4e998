"""The witness: every figure counted again from the raw events, in plain batch code and in SQL, and
compared with what the stream and ClickHouse hold (``dunghen verify``). It never repairs."""

from __future__ import annotations

# All that the recount shares with the product, by modules of ``dossiers``.
SHARED = {
    "the working calendar": ("time.calendar", "time.local_time", "time.day_table", "time.hours"),
    "limits and the due times that follow from them": ("time.limits",),
    "reference data, which version counts when, and names of units, officers and steps": (
        "wire.reference", "wire.calendar_spec", "reference.context", "reference.in_force",
        "reference.matching", "reference.policies", "reference.codes", "reference.succession",
        "reference.unlisted", "text.identity", "text.keyed", "wire.alert_policy",
    ),
    "the reading of records": (
        "wire.events", "wire.facts", "wire.archived", "wire.records", "wire.reading",
        "wire.kept_events", "wire.spelling", "wire.timeline", "wire.course", "wire.standing",
        "wire.flags", "wire.topics", "wire.keys", "wire.alerts", "wire.tallies",
        "wire.traits", "wire.dead_letters", "tallies.vector", "wire.dossier_event", "wire.acted",
        "wire.actions", "text.ids",
    ),
    "the shapes of the records of late lists": ("wire.publications", "wire.late_lists"),
}  # fmt: skip
