"""The order in which a dossier's facts are folded."""

from __future__ import annotations

from operator import attrgetter

fact_order = attrgetter("occurred_at", "source", "source_seq", "event_id", "madonvi")
# What a state remembers of its last fact's place. Two of one place are told apart by madonvi, and
# only by looking at the facts.
tail_of = attrgetter("occurred_at", "source", "source_seq", "event_id")
identity_of = attrgetter("madonvi", "event_id")  # no two facts of a dossier have the same
