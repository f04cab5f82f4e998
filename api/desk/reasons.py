"""Why something is late or waits, as one chooses it; the words are the pages'."""

from __future__ import annotations

OTHER = "other"  # says nothing without a text
REASONS = (
    "in_hand",  # is being worked on
    "waiting_unit",  # another unit has to answer
    "waiting_citizen",  # the citizen has to complete it, or to pay
    "verifying",  # has to be looked into
    "inherited",  # came late from the step before
    "workload",
    "absent",  # whoever has it is away
    "system",  # a system failed, or the data does not fit
    OTHER,
)
