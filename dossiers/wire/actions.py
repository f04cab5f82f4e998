"""What people do about alerts: the words of topics dossier-events and alerts."""

from __future__ import annotations

from typing import Literal

# Of the events that the API makes of what people do; no sender's.
DESK = "desk"

Action = Literal["acknowledge", "snooze", "explain", "apologise", "hand_over", "accept", "ask"]
# In what capacity somebody acted, as the API judged it when it happened: ``receiver``: of the level
# that the alert has; ``above``: supervises the unit, and is no receiver of this level.
Capacity = Literal["holder", "receiver", "above", "leader", "reform_office", "admin"]
