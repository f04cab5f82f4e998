"""The topics: the only place in which the rooms meet."""

from __future__ import annotations

EVENTS = "dossier-events"  # key = dossier id; ticks and activations: no key, one in every partition
REFERENCE = "reference"  # compacted; key = content hash, or TIMELINE_KEY; one partition
DOSSIERS = "dossiers"  # compacted changelog; same partition number as the events; key = dossier id
PARTIALS = "partial-tallies"  # compacted; key = scope + SEPARATOR + source partition
TALLIES = "tallies"  # compacted; key = scope
ALERTS = "alerts"  # key = dossier id; of one about a unit, an officer or a source: its scope
DEAD_LETTERS = "dead-letters"  # kept for ever; one partition
VERIFICATIONS = "verifications"  # compacted; key = night and occasion; one partition
RECONCILIATIONS = "reconciliations"  # compacted; key = month, what and scope; one partition
AUDIT = "audit"  # who looked and who changed; kept for two years; key = subject; one partition
SETTINGS = "settings"  # compacted; how walls look; key = wall:NAME; one partition
TRAITS = "traits"  # compacted; same partition number as the events; key = dossier id
SYNC_ERRORS = "sync-errors"  # kept for 400 days; key = dossier id; one partition
ROSTER = "roster"  # compacted; absences and ways to be told; key = officer id; one partition
NOTICES = "notices"  # compacted; what the notifier remembers and has to send; one partition
PUBLICATIONS = "publications"  # kept for ever, a hash chain; of the installation; one partition
